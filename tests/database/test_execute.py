"""Texts that go to the driver as they are: what SQLAlchemy promises of them holds, whoever executes them."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import select

from timeline.database import Database, tables

INSERT = "INSERT INTO timeline (id, slug, title, created_at) VALUES (?, ?, ?, ?)"


def insert(database: Database) -> str:
    return INSERT.replace("?", "%s") if database.backend.ARRAYS else INSERT


def slugs(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(tables.timeline.c.slug).order_by(tables.timeline.c.slug)).scalars())


def test_rows_of_one_time_and_none_of_several(database: Database) -> None:
    with database.writing() as connection:
        execute = database.backend.execute
        assert list(execute(connection, insert(database), (1, "a", "A", 0))) == []
        assert list(execute(connection, insert(database), [(2, "b", "B", 0), (3, "c", "C", 0)])) == []
        rows = execute(connection, "SELECT id, slug FROM timeline ORDER BY id", ())
        assert [tuple(row) for row in rows] == [(1, "a"), (2, "b"), (3, "c")]
    assert slugs(database) == ["a", "b", "c"]


def test_nothing_stays_without_a_commit(database: Database) -> None:
    with database.write.connect() as connection:
        database.backend.execute(connection, insert(database), (1, "a", "A", 0))
        assert connection.in_transaction()
    assert slugs(database) == []


@pytest.mark.parametrize("several", [False, True])
def test_what_fails_is_told_as_sqlalchemy_tells_it(database: Database, several: bool) -> None:
    again: Any = (1, "a", "A", 0)
    with database.write.connect() as connection:
        with connection.begin():
            database.backend.execute(connection, insert(database), again)
        with pytest.raises(IntegrityError) as failed, connection.begin():
            database.backend.execute(connection, insert(database), [again, again] if several else again)
        assert failed.value.statement == insert(database)
        assert failed.value.orig is failed.value.__cause__
        assert not failed.value.connection_invalidated
        with connection.begin():
            database.backend.execute(connection, insert(database), (2, "b", "B", 0))
    assert slugs(database) == ["a", "b"]


def test_a_mistake_in_the_text_is_told_too(database: Database) -> None:
    with database.reading() as connection, pytest.raises(SQLAlchemyError) as failed:
        database.backend.execute(connection, "SELECT nothing FROM nowhere", ())
    assert "nowhere" in str(failed.value)
    with database.reading() as connection, pytest.raises(SQLAlchemyError):
        database.backend.execute(connection, "SELECT 1", (1,))


def test_who_listens_hears_each(database: Database) -> None:
    heard: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    for name in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(database.read, name, hear)
        with database.reading() as connection:
            database.backend.execute(connection, "SELECT 1", ())
        event.remove(database.read, name, hear)
    with database.reading() as connection:
        database.backend.execute(connection, "SELECT 2", ())
    assert heard == ["SELECT 1"] * 2
