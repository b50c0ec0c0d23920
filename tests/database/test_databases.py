"""The seam: what is promised of each database is in force in it."""

import sqlite3
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from tests.making import moved
from timeline.database import Database, sqlite
from timeline.database.migrate import migrate, require_migrated
from timeline.database.sqlite import driver, has_wal_reset_fix
from timeline.database.tables import DISPOSABLE
from timeline.errors import Unavailable
from timeline.timelines import Timelines

PRECIOUS = {"timeline", "head", "record", "redaction"}


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_is_safe(version: tuple[int, ...], fixed: bool) -> None:
    assert has_wal_reset_fix(version) is fixed


def test_the_driver_in_use_is_safe() -> None:
    assert has_wal_reset_fix(driver().sqlite_version_info)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = Database.open(address)
    yield opened
    opened.close()


def test_sqlite_is_set_to_be_durable(sqlite_address: str) -> None:
    database = Database.open(sqlite_address)
    migrate(database)
    for engine, query_only in ((database.read, 1), (database.write, 0)):
        with engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "query_only")
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "mmap_size": 0,
            "query_only": query_only,
        }
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("DELETE FROM head"))
    database.close()


def test_postgres_is_left_durable(postgres_address: str) -> None:
    database = Database.open(postgres_address)
    with database.reading() as connection:
        for setting in ("fsync", "synchronous_commit"):
            assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == "on"
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "30s"
    database.close()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "nonsense"])
def test_other_databases_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///|SQLite and PostgreSQL"):
        Database.open(address)


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    migrate(database)
    assert migrate(database) == migrate(database)
    require_migrated(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    touched = [each for each in differences if any(name in repr(each) for name in PRECIOUS)]
    assert touched == []
    assert {table.name for table in DISPOSABLE} | PRECIOUS == set(SQLModel.metadata.tables)


def test_a_database_without_migrations_is_not_served(postgres_address: str) -> None:
    database = Database.open(postgres_address)
    with pytest.raises(Unavailable, match="timeline migrate"):
        require_migrated(database)
    database.close()


def test_the_database_itself_refuses_changes_to_the_log(timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds)])
    statements = ["UPDATE record SET content = NULL", "UPDATE record SET recorded_at = 0", "DELETE FROM record"]
    if timelines.database.backend is not sqlite:
        statements.append("TRUNCATE record, redaction")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), timelines.database.writing() as connection:
            connection.execute(text(statement))
    with timelines.reading() as connection:
        assert connection.execute(text("SELECT count(content) FROM record")).scalar() == 1


def test_python_s_own_sqlite_is_taken_only_if_it_is_safe() -> None:
    assert (driver() is sqlite3) is has_wal_reset_fix(sqlite3.sqlite_version_info)
