"""Texts that go to the driver as they are: what SQLAlchemy promises of them holds, whoever executes them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, ResourceClosedError, SQLAlchemyError
from sqlmodel import select

from timeline.database import Database, tables
from timeline.database.migrate import migrate

INSERT = "INSERT INTO timeline (id, slug, title, created_at) VALUES (?, ?, ?, ?)"


def opened(address: str) -> Iterator[Database]:
    database = Database.open(address)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def sqlite(sqlite_address: str) -> Iterator[Database]:
    yield from opened(sqlite_address)


@pytest.fixture
def postgres(postgres_address: str) -> Iterator[Database]:
    yield from opened(postgres_address)


def insert(database: Database) -> str:
    return INSERT.replace("?", "%s") if database.backend.ARRAYS else INSERT


def slugs(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(tables.timeline.c.slug).order_by(tables.timeline.c.slug)).scalars())


def test_one_row_or_several_are_sent_and_read(database: Database) -> None:
    with database.writing() as connection:
        database.backend.send(connection, insert(database), (1, "a", "A", 0))
        database.backend.send(connection, insert(database), [(2, "b", "B", 0), (3, "c", "C", 0)])
        rows = database.backend.rows(connection, "SELECT id, slug FROM timeline ORDER BY id", ())
        assert [tuple(row) for row in rows] == [(1, "a"), (2, "b"), (3, "c")]
    assert slugs(database) == ["a", "b", "c"]


def test_nothing_stays_without_a_commit(database: Database) -> None:
    with database.write.connect() as connection:
        database.backend.send(connection, insert(database), (1, "a", "A", 0))
        assert connection.in_transaction()
    assert slugs(database) == []


@pytest.mark.parametrize("several", [False, True])
def test_what_fails_is_told_as_sqlalchemy_tells_it(database: Database, several: bool) -> None:
    again: Any = (1, "a", "A", 0)
    with database.write.connect() as connection:
        with connection.begin():
            database.backend.send(connection, insert(database), again)
        with pytest.raises(IntegrityError) as failed, connection.begin():
            database.backend.send(connection, insert(database), [again] * 100 if several else again)
        assert failed.value.statement == insert(database)
        assert failed.value.orig is failed.value.__cause__
        assert not failed.value.connection_invalidated
        assert str(failed.value).count("'a'") < 20  # not all hundred
        with connection.begin():
            database.backend.send(connection, insert(database), (2, "b", "B", 0))
    assert slugs(database) == ["a", "b"]


def test_what_fails_in_a_savepoint_is_undone_with_it(database: Database) -> None:
    with database.writing() as connection:
        database.backend.send(connection, insert(database), (1, "a", "A", 0))
        with pytest.raises(IntegrityError), connection.begin_nested():
            database.backend.send(connection, insert(database), [(2, "b", "B", 0), (1, "a", "A", 0)])
        database.backend.send(connection, insert(database), (3, "c", "C", 0))
    assert slugs(database) == ["a", "c"]


def test_a_mistake_in_the_text_is_told_too(database: Database) -> None:
    with database.reading() as connection, pytest.raises(SQLAlchemyError) as failed:
        database.backend.rows(connection, "SELECT 1 FROM nowhere", ())
    assert "nowhere" in str(getattr(failed.value, "orig", None))
    with database.reading() as connection, pytest.raises(SQLAlchemyError):
        database.backend.rows(connection, "SELECT 1", (1,))


def test_what_gives_no_rows_is_not_read(postgres: Database) -> None:
    """In a pipeline the driver does not know yet what there is."""
    with (
        postgres.writing() as connection,
        postgres.backend.pipelined(connection),
        pytest.raises(ResourceClosedError),
    ):
        postgres.backend.rows(connection, "SELECT 1", ())


def test_who_listens_hears_each(database: Database) -> None:
    heard: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    for name in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(database.read, name, hear)
        with database.reading() as connection:
            database.backend.rows(connection, "SELECT 1", ())
        event.remove(database.read, name, hear)
    with database.reading() as connection:
        event.listen(connection, "before_cursor_execute", hear)
        database.backend.rows(connection, "SELECT 2", ())
    with database.reading() as connection:
        database.backend.rows(connection, "SELECT 3", ())
    assert heard == ["SELECT 1", "SELECT 1", "SELECT 2"]


def test_sqlite_answers_without_sqlalchemy(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError

    with sqlite.writing() as connection:
        monkeypatch.setattr(Connection, "exec_driver_sql", refuse)
        sqlite.backend.send(connection, INSERT, (1, "a", "A", 0))
        assert [tuple(row) for row in sqlite.backend.rows(connection, "SELECT slug FROM timeline", ())] == [("a",)]
