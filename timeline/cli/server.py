"""Serving: one process or several, on one listening socket, until a signal says stop."""

import gc
import multiprocessing
import signal
import socket
import time
from multiprocessing.process import BaseProcess

import uvicorn
from starlette.applications import Starlette

from timeline import main
from timeline.api.live import Live
from timeline.cli.console import SELDOM, opened
from timeline.cli.frames import FrameProtocol
from timeline.settings import Settings

GRACE = 10  # seconds that requests under way have to finish when the server is told to stop
BACKLOG = 2_048
_STOP = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """Tells the application when it begins to shut down: streams that go on for ever have to end first."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.close()
        await super().shutdown(sockets)


def bind(given: Settings) -> socket.socket:
    """A socket that has the address for itself, and does not listen yet. ValueError if another has it."""
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Connections inherit it. Nothing else ends one whose client has stopped to read: uvicorn waits until it has
        # sent what it has to send.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(given.stall_timeout * 1000))
    try:
        bound.bind((given.host, given.port))
    except OSError as error:
        bound.close()
        raise ValueError(
            f"cannot listen on {given.host} port {given.port}: {error.strerror}; --port 0 takes a free one"
        ) from None
    return bound


def run(given: Settings, application: Starlette, listening: socket.socket) -> None:
    server = server_of(given, application)
    # The schema is large and stays, and subscribers stay: looking through them all for garbage, again and again, took
    # half of the time that it takes to tell them something.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)  # a worker begins here
    server.run(sockets=[listening])


def server_of(given: Settings, application: Starlette) -> uvicorn.Server:
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,  # it would be worded for each request, and then not written
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        ws=FrameProtocol,
        ws_max_size=given.max_message,
        ws_per_message_deflate=False,  # it would be done again for each of those who get the same message
    )
    return _Server(config, application.state.live)


def run_workers(given: Settings, listening: socket.socket) -> None:
    """Serve from several processes. One that dies is replaced; told to stop, all are, and waited for."""
    spawn = multiprocessing.get_context("spawn")
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    def started() -> BaseProcess:
        process = spawn.Process(target=_work, args=(given, listening))
        process.start()
        return process

    for each in _STOP:
        signal.signal(each, stop)
    processes = [started() for _ in range(given.workers)]
    while not stopping:
        time.sleep(0.2)
        processes = [each if each.is_alive() or stopping else started() for each in processes]
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(2 * GRACE)
        if process.is_alive():
            process.kill()


def _work(given: Settings, listening: socket.socket) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of a terminal's processes: the first one tells us
    with opened(given, serving=True) as timelines:
        run(given, main.build_application(given, timelines), listening)
