"""Clients that stall or vanish: nobody else notices, and nothing of them is left."""

import asyncio
import gc
import os
import socket
import struct
from pathlib import Path

import pytest

from tests.live.raw import settled, subscribed
from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, talking
from tests.making import fill, made
from timeline.api.sockets import Limits
from timeline.timelines import Timelines


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


needs_linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process uses is read from /proc")


@pytest.mark.slow
@needs_linux
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux drops a connection that is stuck")
async def test_a_client_that_reads_nothing_is_dropped(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite)
    heavy = [
        made(on_sqlite.kinds, "toy.moved", {"toy": "bear", "room": "attic"}, note="x" * 20_000) for _ in range(300)
    ]
    async with serving(app, stall_timeout=5) as port, talking(port) as talk:
        await talk.subscribe()
        await talk.batch()
        stalled = [await asyncio.to_thread(subscribed, port, receive=4096) for _ in range(20)]
        await asyncio.sleep(1)
        before = resident()
        for start in range(0, 300, 50):
            await asyncio.to_thread(on_sqlite.append, "toys", heavy[start : start + 50])
        received: list[int] = []
        async with asyncio.timeout(10):
            while len(received) < 300:
                received += [event["position"] for event in (await talk.batch())["events"]]
        assert received == list(range(1, 301))
        assert resident() - before < 60  # of 20 × 6 MB that nobody reads
        async with asyncio.timeout(30):
            while len(app.state.live.feeds) > 1:  # noqa: ASYNC110 nothing tells
                await asyncio.sleep(0.2)
        for one in stalled:
            one.close()


@needs_linux
async def test_a_thousand_that_vanish_leave_nothing(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite)
    fill(on_sqlite, 5)
    linger = struct.pack("ii", 1, 0)  # closing sends a reset

    async def vanish(port: int) -> None:
        one = await asyncio.to_thread(subscribed, port)
        await asyncio.to_thread(one.recv, 100)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        one.close()

    async with serving(app) as port:
        await asyncio.gather(*(vanish(port) for _ in range(50)))
        await settled(app)
        tasks, files, memory = len(asyncio.all_tasks()), descriptors(), resident()
        for _ in range(20):
            await asyncio.gather(*(vanish(port) for _ in range(50)))
        await settled(app)
        gc.collect()
        assert len(asyncio.all_tasks()) <= tasks
        assert descriptors() <= files + 2
        assert resident() - memory < 20


@pytest.mark.slow
async def test_a_client_that_is_too_slow_is_told_so(on_sqlite: Timelines) -> None:
    """Its connection is alive, and it takes a little now and then: TCP does not drop it."""
    heavy = [
        made(on_sqlite.kinds, "toy.moved", {"toy": "bear", "room": "attic"}, note="x" * 20_000) for _ in range(600)
    ]
    for start in range(0, 600, 50):
        await asyncio.to_thread(on_sqlite.append, "toys", heavy[start : start + 50])
    query = EVENTS.replace("position kind", "position kind note")
    app = app_for(on_sqlite, limits=Limits(operations=20, init_timeout=10, slow=2))
    async with serving(app) as port, talking(port, max_queue=1) as talk:
        await talk.subscribe("1", query, batch=20)
        for _ in range(5):
            await talk.batch()
            await asyncio.sleep(1)
        assert await talk.closed() == (4490, "Slow consumer")
        assert app.state.live.feeds == {}


async def test_streams_that_vanish_leave_nothing(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite)
    async with serving(app) as port:
        tasks = len(asyncio.all_tasks())
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            query = EVENTS.replace("\n", " ").replace(" ", "%20").replace('"', "%22")
            writer.write(
                f"GET /graphql?query={query} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode()
            )
            await reader.readuntil(b"event: next")
            writer.transport.abort()
        await settled(app)
        assert len(asyncio.all_tasks()) <= tasks
