"""A proxy that cuts each connection after a random number of bytes."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SIZES = (200, 30_000)  # bytes from the server until it cuts


class Cutter:
    def __init__(self, target: int, seed: int) -> None:
        self._target = target
        self._random = random.Random(seed)
        self.cut = 0
        self.calm = False
        self.connections: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._between(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._target)
        left = self._random.randint(*_SIZES)
        sending = asyncio.create_task(_copy(reader, forth))
        try:
            while data := await back.read(4096):
                if not self.calm and (left := left - len(data)) < 0:
                    self.cut += 1
                    writer.write(data[:left])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        finally:
            sending.cancel()
            forth.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass


@asynccontextmanager
async def cutting(target: int, seed: int) -> AsyncIterator[tuple[int, Cutter]]:
    cutter = Cutter(target, seed)
    server = await asyncio.start_server(cutter.accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], cutter
    finally:
        server.close()
        await asyncio.sleep(0)  # what was just accepted has to begin before it can be ended
        for task in tuple(cutter.connections):
            task.cancel()
        await asyncio.gather(*cutter.connections, return_exceptions=True)
