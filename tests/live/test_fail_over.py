"""A fail-over that lost records: the database comes back with another history under the same positions."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from tests.live.servers import app_for, serving
from tests.live.talking import Talk, talking
from tests.making import fill
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError
from timeline.timelines import Timelines


@pytest.fixture
def admin(postgres_server: str) -> Iterator[Engine]:
    address = make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def filled(address: str, kinds: Kinds, count: int) -> None:
    timelines = Timelines(Database.open(address), kinds)
    migrate(timelines.database)
    timelines.create("toys", "Toys")
    fill(timelines, count)
    timelines.close()


def replace(admin: Engine, name: str, replica: str) -> None:
    """What the name leads to from now on is the replica; connections are cut."""
    quoted = ('"' + name + '"', '"' + replica + '"')
    with admin.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {quoted[0]} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        for _ in range(100):
            open_yet = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)
            ).scalar_one()
            if not open_yet:
                break
        connection.exec_driver_sql(f'ALTER DATABASE {quoted[0]} RENAME TO "{name}_old"')
        connection.exec_driver_sql(f"ALTER DATABASE {quoted[1]} RENAME TO {quoted[0]}")
        connection.exec_driver_sql(f'DROP DATABASE "{name}_old"')


async def end(talk: Talk) -> tuple[list[int], str]:
    """The positions that come until the subscription ends, and the code that it ends with."""
    seen: list[int] = []
    async with asyncio.timeout(40):
        while (message := await talk.hear(30))["type"] == "next":
            seen += [event["position"] for event in message["payload"]["data"]["events"]["events"]]
    return seen, message["payload"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("replicated", "appended"),
    [(7, 0), (3, 0), (3, 4)],
    ids=["longer already", "as long", "goes on here"],
)
async def test_two_histories_are_never_joined(
    postgres_address: str, admin: Engine, kinds: Kinds, replicated: int, appended: int
) -> None:
    """Five records are on both; three more here, and others there."""
    filled(postgres_address, kinds, 5)
    url = make_url(postgres_address)
    assert url.database is not None
    replica = f"{url.database}_replica"
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{replica}" TEMPLATE "{url.database}"')
    filled(url.set(database=replica).render_as_string(hide_password=False), kinds, replicated)
    timelines = Timelines(Database.open(postgres_address), kinds)
    try:
        async with serving(app_for(timelines, heartbeat=2)) as port, talking(port) as talk:
            await asyncio.to_thread(fill, timelines, 1)
            await talk.subscribe()
            await talk.batch()
            for position in (7, 8):
                await asyncio.to_thread(fill, timelines, 1)
                assert [event["position"] for event in (await talk.batch())["events"]] == [position]
            await asyncio.to_thread(replace, admin, url.database, replica)
            for _ in range(appended):
                await _again(timelines)
            assert await end(talk) == ([], "HISTORY_DIVERGED")
    finally:
        timelines.close()


async def _again(timelines: Timelines) -> Any:
    """Append one, as soon as there is a connection again."""
    for _ in range(50):
        try:
            return await asyncio.to_thread(fill, timelines, 1)
        except TimelineError:
            await asyncio.sleep(0.1)
    raise AssertionError("nothing could be appended")
