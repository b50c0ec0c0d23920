"""A TCP proxy before PostgreSQL that understands enough of its protocol to do something to a COMMIT.

A message is a letter, a length of four bytes that counts itself, and a body; only the first one of a client has no
letter (https://www.postgresql.org/docs/current/protocol-message-formats.html).
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from sqlalchemy.engine import make_url


class Mischief(Enum):
    """What becomes of a COMMIT."""

    NONE = "nothing"
    BEFORE = "cut before it was forwarded"
    HALF = "cut after half of it was forwarded"
    AFTER = "cut after it was forwarded, before its answer"
    WARNED = "answered with the warning 01000"


def _notice() -> bytes:
    fields = b"SWARNING\0VWARNING\0C01000\0Mcommitted locally, but might not have been replicated\0\0"
    return b"N" + (len(fields) + 4).to_bytes(4, "big") + fields


class Proxy:
    """`choose` is asked at each COMMIT what is to become of it; `done` is what was done."""

    def __init__(self, server: Path, choose: Callable[[], Mischief]) -> None:
        self._server = server
        self.choose = choose
        self.done: list[Mischief] = []

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            await self._between(client, answers)
        finally:  # also if it is stopped while it has yet to reach the server
            answers.transport.abort()

    async def _between(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        replies, server = await asyncio.open_unix_connection(self._server)
        current = [Mischief.NONE]
        both = [
            asyncio.create_task(self._ask(client, server, current)),
            asyncio.create_task(self._reply(replies, answers, current)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            server.transport.abort()

    async def _ask(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, current: list[Mischief]) -> None:
        length = await client.readexactly(4)
        server.write(length + await client.readexactly(int.from_bytes(length, "big") - 4))
        async for kind, message in _messages(client):
            if kind in b"QP" and b"COMMIT\0" in message:
                current[0] = self.choose()
                self.done.append(current[0])
                if current[0] is Mischief.BEFORE:
                    return
                if current[0] is Mischief.HALF:
                    server.write(message[: len(message) // 2])
                    await server.drain()
                    return
            server.write(message)
            await server.drain()

    async def _reply(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, current: list[Mischief]) -> None:
        async for kind, message in _messages(server):
            if kind in b"C" and message[5:] == b"COMMIT\0":
                if current[0] is Mischief.AFTER:
                    return
                if current[0] is Mischief.WARNED:
                    client.write(_notice())
                current[0] = Mischief.NONE
            client.write(message)
            await client.drain()


async def _messages(stream: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, bytes]]:
    while True:
        start = await stream.readexactly(5)
        yield start[:1], start + await stream.readexactly(int.from_bytes(start[1:], "big") - 4)


@contextmanager
def between(address: str, choose: Callable[[], Mischief] = lambda: Mischief.NONE) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server that listens on a Unix socket, and the address that leads through it."""
    url = make_url(address)
    proxy = Proxy(Path(str(url.query["host"]), f".s.PGSQL.{url.port or 5432}"), choose)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="proxy", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(proxy.serve, "127.0.0.1", 0), loop).result(10)
    port = server.sockets[0].getsockname()[1]
    through = url.set(host="127.0.0.1", port=port, query={"sslmode": "disable", "gssencmode": "disable"})
    try:
        yield proxy, through.render_as_string(hide_password=False)
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    await asyncio.sleep(0)  # what was just accepted has to begin before it can be ended
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.sleep(0)  # transports that were aborted close in the next turn of the loop
    await asyncio.sleep(0)
