"""Texts that go to the driver as they are: what SQLAlchemy promises of them holds, whoever executes them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlmodel import select

from timeline.database import Database, tables
from timeline.database.migrate import migrate
from timeline.database.plainly import plainly

INSERT = "INSERT INTO timeline (id, slug, title, created_at) VALUES (?, ?, ?, ?)"


def opened(address: str) -> Iterator[Database]:
    database = Database.open(address)
    migrate(database)
    yield database
    database.close()


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


def test_what_is_read_in_a_pipeline_waits_for_it(postgres: Database) -> None:
    with postgres.writing() as connection, postgres.backend.pipelined(connection):
        postgres.backend.send(connection, insert(postgres), (1, "a", "A", 0))
        assert postgres.backend.rows(connection, "SELECT slug FROM timeline", ()) == [("a",)]


@pytest.mark.parametrize("read", [True, False])
def test_a_connection_that_is_lost_is_told_to_everybody(postgres: Database, read: bool) -> None:
    engine, backend = postgres.read if read else postgres.write, postgres.backend
    ask: Any = backend.rows if read else backend.send
    heard: list[bool] = []
    event.listen(engine, "handle_error", lambda context: heard.append(context.is_disconnect))
    with engine.connect() as connection:
        ((number,),) = backend.rows(connection, "SELECT pg_backend_pid()", ())
        with postgres.reading() as other:
            backend.rows(other, "SELECT pg_terminate_backend(%s)", (number,))
        with pytest.raises(OperationalError) as lost:
            ask(connection, "SELECT 1", ())
        assert (lost.value.connection_invalidated, heard) == (True, [True])
        assert "somebody told it to" in plainly(lost.value)
    with engine.connect() as connection:
        assert backend.rows(connection, "SELECT count(*) FROM timeline", ()) == [(0,)]


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


def test_drivers_answer_without_sqlalchemy(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError

    with database.writing() as connection:
        monkeypatch.setattr(Connection, "exec_driver_sql", refuse)
        database.backend.send(connection, insert(database), (1, "a", "A", 0))
        rows = database.backend.rows(connection, "SELECT slug FROM timeline", ())
        assert [tuple(row) for row in rows] == [("a",)]
