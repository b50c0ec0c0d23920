"""SQLite: one file, WAL, one writer at a time."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from timeline.database import directly
from timeline.database.directly import driver_of, errors_of, tell
from timeline.database.questions import Readable

INLINE = True  # short reads cost less than a change of threads
ARRAYS = False  # there are none
ONE_WRITER = True  # the file has one lock
MIGRATED_WHEN_OPENED = True  # there is no server, of which somebody takes care
SNAPSHOT = "BEGIN"
# What a statement that failed did is undone with its transaction or savepoint. To undo it alone, SQLite would copy each
# page before it changes it.
INSERT = "INSERT OR FAIL"
RECORDS_AT_ONCE = 10_000  # rows that are sorted are the cheaper the more they are
_LOOK = 0.02  # seconds between two looks at what other processes committed
_PATIENCE = 10  # seconds that a statement waits for another process's lock
# A deferred transaction that reads and then writes fails at once, whatever its timeout, if another committed between.
_BEGIN = "BEGIN IMMEDIATE"
# A connection of pysqlite3 that has a hundred forgets the one that it was asked least often, which is a new one.
_STATEMENTS = 500

# What is derived is written all over the file, and a group of appends or a batch of a rebuild changes more pages than
# SQLite usually keeps, or lets the WAL have: pages were spilled before the commit, and copied back after each one.
_WRITING = ("query_only=OFF", "cache_size=-65536", "wal_autocheckpoint=16384")  # KiB, as needed; pages, 64 MiB

# https://sqlite.org/wal.html#walresetbug: before these, two connections that write or checkpoint at the same instant
# can lose a commit. The fix was carried back to two older series.
_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def has_wal_reset_fix(version: tuple[int, ...]) -> bool:
    return version >= _FIXED[-1] or any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED)


def driver() -> ModuleType:
    """A `sqlite3` module whose SQLite is safe for several connections; RuntimeError if there is none."""
    if has_wal_reset_fix(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415
    except ImportError:
        dbapi2 = None
    if dbapi2 is None or not has_wal_reset_fix(dbapi2.sqlite_version_info):
        raise RuntimeError(
            f"SQLite {sqlite3.sqlite_version} can lose commits (https://sqlite.org/wal.html#walresetbug);"
            " install pysqlite3 0.6.1 or later, or a Python with SQLite 3.51.3 or later"
        )
    return dbapi2  # type: ignore[no-any-return]


def is_there(url: URL) -> bool:
    return not url.database or Path(url.database).exists()


def engines(url: URL, pool_size: int) -> tuple[Engine, Engine]:
    """An engine for reads, in autocommit, and one of a single connection whose transactions begin with the lock."""
    if not url.database or url.database == ":memory:":
        raise ValueError("a SQLite database is a file: sqlite:///timeline.db (an in-memory one cannot be shared)")
    connect = {"check_same_thread": False, "timeout": _PATIENCE, "cached_statements": _STATEMENTS}
    options: dict[str, Any] = {"module": driver(), "connect_args": connect}
    read = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=pool_size, max_overflow=pool_size, **options)
    write = create_engine(url, pool_size=1, max_overflow=0, **options)
    event.listen(read, "connect", lambda connection, _: _configure(connection, query_only=True))
    event.listen(write, "connect", lambda connection, _: _configure(connection, query_only=False))
    event.listen(write, "begin", _begin_immediate)
    return read, write


rows = directly.rows


def send(connection: Connection, statement: str, parameters: Any) -> None:
    if (direct := driver_of(connection)) is None:
        connection.exec_driver_sql(statement, parameters)
        return
    execute = direct.executemany if isinstance(parameters, list) else direct.execute
    try:
        execute(statement, parameters).close()
    except errors_of(connection) as error:
        tell(connection, statement, parameters, error)


def pipelined(connection: Connection) -> AbstractContextManager[None]:
    """There is no server to wait for."""
    return nullcontext()


class _Growth:
    """SQLite tells nobody: a counter that changes with each commit of another connection is looked at."""

    def announce(self, connection: Connection) -> None:
        """The commit itself moves the counter."""

    @contextmanager
    def counting(self, engine: Engine) -> Iterator[Callable[[], int]]:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            connection.detach()  # it is not one of the pool's: a commit of its own would not count

            def version() -> int:
                return int(driver.execute("PRAGMA data_version").fetchone()[0])

            yield version

    @contextmanager
    def listening(self, engine: Engine) -> Iterator[Callable[[float], bool]]:
        with self.counting(engine) as version:
            seen = version()

            def wait(seconds: float) -> bool:
                nonlocal seen
                deadline = time.monotonic() + seconds
                while (now := version()) == seen:
                    if time.monotonic() >= deadline:
                        return False
                    time.sleep(_LOOK)
                seen = now
                return True

            yield wait


growth = _Growth()


def questions(engine: Engine, readable: Readable) -> None:
    """There is nobody to wait for."""


def alone(connection: Connection) -> None:
    """Whoever writes has the file's lock already."""


def append_only(table: str, *unique: str) -> list[str]:
    """Statements that make the database refuse UPDATE and DELETE on a table, and REPLACE of a row that shares one of
    the columns `unique` in its timeline: what REPLACE deletes runs no trigger unless the connection asks for it.
    """
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE timeline_id = NEW.timeline_id AND {column} = NEW.{column})"  # noqa: S608
        for column in unique
    )
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {when}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END"
        for verb, when in (
            ("UPDATE", f"UPDATE ON {table}"),
            ("DELETE", f"DELETE ON {table}"),
            ("REPLACE", f"INSERT ON {table} WHEN {taken}"),
        )
    ]


def redactable() -> list[str]:
    """Statements that let an UPDATE of `record` through if it blanks content and salt, and a redaction is recorded."""
    kept = " AND ".join(
        f"NEW.{column} = OLD.{column}"
        for column in ("timeline_id", "position", "event_id", "recorded_at", "commitment", "hash")
    )
    return [
        "CREATE TRIGGER redaction_recorded BEFORE INSERT ON redaction"
        " WHEN NOT EXISTS (SELECT 1 FROM record said, record target"
        " WHERE said.timeline_id = NEW.timeline_id AND said.position = NEW.redaction"
        " AND target.timeline_id = NEW.timeline_id AND target.position = NEW.position"
        " AND json_extract(said.content, '$.kind') = 'redaction'"
        " AND replace(json_extract(said.content, '$.data.target'), '-', '') = target.event_id)"
        " BEGIN SELECT RAISE(ABORT, 'no redaction of this record is recorded'); END",
        "DROP TRIGGER record_no_update",
        "CREATE TRIGGER record_no_update BEFORE UPDATE ON record"  # noqa: S608
        f" WHEN NEW.content IS NOT NULL OR NEW.salt IS NOT NULL OR NOT ({kept}) OR NOT EXISTS"
        " (SELECT 1 FROM redaction WHERE timeline_id = OLD.timeline_id AND position = OLD.position)"
        " BEGIN SELECT RAISE(ABORT, 'record is append-only: UPDATE is refused'); END",
    ]


def scrub(connection: Connection) -> bool:
    """Empty the WAL, which holds pages as they were before; a reader that stays busy prevents it."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=500").close()
    try:
        (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE * 1_000}").close()
    return bool(busy == 0)


def _configure(connection: Any, *, query_only: bool) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: BEGIN IMMEDIATE is ours to say
    for pragma in (
        "journal_mode=WAL",
        "secure_delete=ON",  # what is redacted leaves no bytes in freed pages
        "synchronous=FULL",  # NORMAL loses the last commits in a power cut
        "mmap_size=0",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        *(("query_only=ON",) if query_only else _WRITING),
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(_BEGIN).close()
    except errors_of(connection) as error:
        tell(connection, _BEGIN, (), error)
