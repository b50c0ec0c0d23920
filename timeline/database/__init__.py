"""The seam between the two databases: what differs is in `sqlite` and `postgres`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError

from timeline.database import postgres, sqlite
from timeline.database.away import watch
from timeline.database.questions import Questions, Readable


class Growth(Protocol):
    """Has a log grown? What it says carries nothing and may be lost: whoever cares reads, and reads again by and by."""

    def announce(self, connection: Connection) -> None:
        """In the transaction of an append: once it is committed, whoever listens anywhere hears of it."""

    def listening(self, engine: Engine) -> AbstractContextManager[Callable[[float], bool]]:
        """On a connection of its own; what is committed from here on is heard. What it gives waits for so many seconds,
        and says whether it heard something. Raises when the connection is lost.
        """

    def counting(self, engine: Engine) -> AbstractContextManager[Callable[[], int] | None]:
        """On a connection of its own: what tells a number that is another one after each commit, whoever's, without a
        statement. None where there is no such thing.
        """


class Backend(Protocol):
    """What differs. The modules `sqlite` and `postgres` are two of these."""

    INLINE: bool  # whether short reads run in the caller's thread
    ARRAYS: bool  # whether a list of parameters, or a column of rows, is sent as one array
    ONE_WRITER: bool  # whether who writes to one timeline keeps those from writing who write to others
    MIGRATED_WHEN_OPENED: bool  # else by `timeline migrate`, before
    SNAPSHOT: str  # begins a transaction whose statements all see the same
    INSERT: str  # begins a statement that inserts many rows; if it fails, its transaction or savepoint is undone
    RECORDS_AT_ONCE: int  # whose rows are made before they are sent

    @property
    def growth(self) -> Growth: ...

    def engines(self, url: URL, pool_size: int) -> tuple[Engine, Engine]:
        """An engine for reads and one for writes. A write transaction on SQLite begins with the lock on the file; on
        PostgreSQL whoever writes locks the head row. Readers never wait for either.
        """

    def is_there(self, url: URL) -> bool:
        """Whether opening it makes no new database."""

    def questions(self, engine: Engine, readable: Readable) -> Questions | None:
        """From an event loop, which goes on while the database answers. None where that cannot be."""

    def rows(self, connection: Connection, statement: str, parameters: Any) -> Sequence[Any]:
        """What a text gives that goes to the driver as it is: rows as the driver makes them. Fails as SQLAlchemy does;
        so does `send`.
        """

    def send(self, connection: Connection, statement: str, parameters: Any) -> None:
        """Execute a text as it is, which gives nothing: once, or once for each of a list of parameters."""

    def pipelined(self, connection: Connection) -> AbstractContextManager[None]:
        """Statements inside need no answer, and on PostgreSQL do not wait for one each."""

    def alone(self, connection: Connection) -> None:
        """From here to the end of the transaction nobody else migrates."""

    def append_only(self, table: str, *unique: str) -> list[str]:
        """Statements that make the database refuse every change of the rows of `table`. `unique`: columns of which no
        two rows of a timeline have the same value.
        """

    def redactable(self) -> list[str]:
        """Statements that let content and salt of a record be blanked, once its redaction is recorded."""

    def scrub(self, connection: Connection) -> bool:
        """After a commit that blanked something, outside a transaction: leave nothing of it in files beside the
        database. False if that must be tried again.
        """


UNSURE = postgres.UNSURE
_MADE_BY = "--database names another one; `serve`, `migrate`, `append --create` and `import --create` make one"
_BACKENDS: Mapping[str, Backend] = {"sqlite": sqlite, "postgresql": postgres}


def backend_of(dialect: Dialect) -> Backend:
    """Of a connection's dialect, as SQLAlchemy calls what it compiles for."""
    return _BACKENDS[dialect.name]


def _named(address: str) -> tuple[Backend, URL]:
    try:
        url = make_url(address)
    except ArgumentError:
        raise ValueError("a database is named by sqlite:///FILE or postgresql://USER@HOST/NAME") from None
    backend = _BACKENDS.get(name := url.get_backend_name())
    if backend is None:
        raise ValueError(f"{name} is not supported; SQLite and PostgreSQL are")
    return backend, url


@dataclass(frozen=True)
class Database:
    """A database that is open: an engine for reads, which see what is committed, and one for writes."""

    backend: Backend
    read: Engine
    write: Engine

    @classmethod
    def open(cls, address: str, pool_size: int = 8, *, create: bool = True) -> Self:
        """`sqlite:///timeline.db` or `postgresql://…`. ValueError, saying what is accepted, for anything else.

        `create`: whether a file that is not there yet is made, or a ValueError names it.
        """
        backend, url = _named(address)
        if not create and not backend.is_there(url):
            raise ValueError(f"there is no database {url.database}: {_MADE_BY}")
        read, write = backend.engines(url, pool_size)
        watch(read, write)
        return cls(backend, read, write)

    @staticmethod
    def is_there(address: str) -> bool:
        """Whether opening it makes no new database. ValueError as `open`."""
        backend, url = _named(address)
        return backend.is_there(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in autocommit. Each statement sees what is committed by then; a basis makes several agree."""
        with self.read.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose statements all see the same, for reads so long that a redaction may come in between."""
        with self.read.connect() as connection:
            connection.exec_driver_sql(self.backend.SNAPSHOT)
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end and rolled back on an exception."""
        with self.write.begin() as connection:
            yield connection

    def scrub(self) -> bool:
        """Leave nothing of what was blanked in files beside the database; False if a reader was in the way."""
        with self.write.connect() as connection:
            return self.backend.scrub(connection)

    def close(self) -> None:
        self.read.dispose()
        self.write.dispose()
