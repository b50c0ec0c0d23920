"""Servers for the tests of what is live: one in this process, and nodes of their own that can be killed."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from timeline.api.app import application
from timeline.api.schema import Schema, schema_for
from timeline.api.sockets import LIMITS, Limits
from timeline.cli import server
from timeline.cli.console import settings
from timeline.domain.kinds import Kinds
from timeline.main import load_kinds
from timeline.settings import Settings
from timeline.timelines import Timelines

TOYS = Path(__file__).parents[1] / "toys.py"
_schemas: dict[str, Schema] = {}  # by what they depend on: making one takes longer than most tests


@cache
def served_kinds() -> Kinds:
    return load_kinds(settings(kinds=str(TOYS)))


def app_for(timelines: Timelines, *, heartbeat: float = 15, limits: Limits = LIMITS) -> Starlette:
    kinds = timelines.kinds
    if kinds.fingerprint not in _schemas:
        _schemas[kinds.fingerprint] = schema_for(kinds)
    schema = _schemas[kinds.fingerprint]
    return application(schema, timelines, max_body=1_000_000, heartbeat=heartbeat, limits=limits)


@asynccontextmanager
async def serving(app: Starlette, config: Mapping[str, Any] | None = None, **given: float) -> AsyncIterator[int]:
    """The port of a server on the loopback, set up as `timeline serve` sets it up; it shuts down at the end.

    `config` is what of uvicorn's own settings is to be another one.
    """
    chosen = Settings(port=0, **given)  # type: ignore[arg-type]
    listening = server.bind(chosen)
    listening.listen(server.BACKLOG)
    one = server.server_of(chosen, app)
    one.config.lifespan = "off"  # the test closes its own timelines
    one.config.timeout_graceful_shutdown = 3
    for name, value in (config or {}).items():
        setattr(one.config, name, value)
    task = asyncio.create_task(one._serve(sockets=[listening]))
    while not one.started:  # noqa: ASYNC110 uvicorn has nothing else to wait for
        await asyncio.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        one.should_exit = True
        await asyncio.wait_for(task, 10)


class Node:
    """`timeline serve` as a process of its own, on one port however often it is killed."""

    def __init__(self, database: str, *arguments: str, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._command = [
            *(sys.executable, "-m", "timeline", "serve", "--database", database, "--port", str(self.port)),
            *("--kinds", str(TOYS), *arguments),
        ]
        self._environment = os.environ | environment
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True, env=self._environment)
        assert self.process.stderr is not None
        said = ""
        while not re.search(r"http://\S+/graphql", said):
            line = self.process.stderr.readline()
            assert line, said
            said += line

    def stop(self, how: signal.Signals = signal.SIGTERM, wait: float = 30) -> int:
        """Sends a signal and waits for the end; what was said meanwhile is in `said`."""
        assert self.process is not None
        self.process.send_signal(how)
        try:
            _, self.said = self.process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    def end(self) -> None:
        if self.process is not None and self.process.stderr is not None and not self.process.stderr.closed:
            self.process.kill()
            self.process.communicate(timeout=10)

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"
