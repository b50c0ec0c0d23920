"""Clients that follow `toys` as processes, whatever happens to the servers, and what they got."""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tests.making import moved
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError
from timeline.timelines import Timelines

CLIENTS = Path(__file__).parent / "clients"
SCRIPTS = {"graphql-ws": "ws.mjs", "graphql-sse": "sse.mjs"}


class Follower:
    """A client as a process that prints the positions it gets, a batch a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.positions: list[int] = []
        self.connections = 0

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            said = json.loads(line)
            self.positions += said["positions"]
            self.connections = said.get("connections", 0)

    async def until(self, position: int, wait: float) -> None:
        """Waits until it has got so far; fails with what it said if it ends before."""
        deadline = time.monotonic() + wait
        while not self.positions or self.positions[-1] < position:
            assert time.monotonic() < deadline, f"{self.positions[-3:]} after {self.connections} connections"
            if self.process.returncode is not None:
                assert self.process.stderr is not None
                raise AssertionError((await self.process.stderr.read()).decode())
            await asyncio.sleep(0.02)

    def is_contiguous(self, until: int) -> bool:
        """Whether it got each record once, in order: no gap and no repeat."""
        return self.positions == list(range(1, until + 1))


@asynccontextmanager
async def follower(*command: str | Path, cwd: Path | None = None) -> AsyncIterator[Follower]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, limit=2**24
    )
    one = Follower(process)
    reading = asyncio.create_task(one.read())
    try:
        yield one
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        process._transport.close()  # type: ignore[attr-defined]


async def append_slowly(timelines: Timelines, kinds: Kinds, count: int, pause: float) -> None:
    """Append one event at a time, as people do; what is refused for a while is sent again."""
    for _ in range(count):
        event = moved(kinds)
        for _ in range(200):
            try:
                await asyncio.to_thread(timelines.append, "toys", [event])
                break
            except (TimelineError, SQLAlchemyError):
                await asyncio.sleep(0.1)
        else:
            raise AssertionError("nothing could be appended")
        await asyncio.sleep(pause)
