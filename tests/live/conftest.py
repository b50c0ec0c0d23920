"""Timelines to follow."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.live.following import CLIENTS
from tests.live.servers import Node, app_for, served_kinds, serving
from tests.npm import installed
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines


@pytest.fixture
def kinds() -> Kinds:
    """Those that a node of the tests serves: a server refuses what was derived by other kinds than it knows."""
    return served_kinds()


@pytest.fixture
def statements(timelines: Timelines) -> Iterator[list[str]]:
    """What the node asks its database about names and merges, as SQL, by whichever thread."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "FROM naming" in statement or "FROM merge" in statement:
            sent.append(statement)

    event.listen(timelines.database.read, "before_cursor_execute", note)
    yield sent
    event.remove(timelines.database.read, "before_cursor_execute", note)


@pytest.fixture
async def port(timelines: Timelines) -> AsyncIterator[int]:
    """Of a server in this process, over either database."""
    async with serving(app_for(timelines)) as port:
        yield port


@pytest.fixture
async def sqlite_port(on_sqlite: Timelines) -> AsyncIterator[int]:
    async with serving(app_for(on_sqlite)) as port:
        yield port


@pytest.fixture
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test that leaves a warning or an error in the log."""
    yield
    records = caplog.get_records("call")  # those of the test; `caplog.records` has none of them any more
    assert [record.getMessage() for record in records if record.levelno >= logging.WARNING] == []


@pytest.fixture
def other_history(tmp_path: Path, kinds: Kinds) -> Iterator[Timelines]:
    """Another timeline `toys`, in a database of its own: as after a fail-over that lost records."""
    database = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(database)
    timelines = Timelines(database, kinds)
    timelines.create("toys", "Toys")
    yield timelines
    timelines.close()


@pytest.fixture
def nodes(address: str, timelines: Timelines) -> Iterator[Callable[..., Node]]:
    """Starts servers over the test's database, as processes."""
    started: list[Node] = []

    def start(*arguments: str, **environment: str) -> Node:
        node = Node(address, *arguments, **environment)
        started.append(node)
        node.start()
        return node

    yield start
    for node in started:
        node.end()


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(CLIENTS, tmp_path_factory.mktemp("clients"))
