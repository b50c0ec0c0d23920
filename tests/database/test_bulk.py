"""Rows that are inserted as they are come back as they were, in their order."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import insert

from timeline.database import Database, tables
from timeline.database.bulk import insert_rows

TEXTS = [
    "",
    "NULL",
    "{}",
    '"',
    "\\",
    "'",
    ",",
    '\\"',
    "\n\t ",
    "%s",
    "a,b",
    "{a,{b}}",
    "新闻 é 🙂",
    "\\x00",
    "x" * 9_000,
]


def found(database: Database, table: Table, *order: str) -> list[tuple[Any, ...]]:
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    with database.reading() as connection:
        rows = connection.execute(select(*columns).order_by(*(table.c[name] for name in order)))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("shared", [0, 1, 2])
@pytest.mark.parametrize("count", [1, 2, 33, 2_500])
def test_rows_come_back_as_they_were(database: Database, count: int, shared: int) -> None:
    rows = [
        (1, 1, text, "a", "", -(1 << 63), (1 << 63) - 1, number, -number, 1, 2, 3, 4, "set", text, text, None, None)
        for number in range(count)
        for text in [TEXTS[number % len(TEXTS)]]
    ]
    with database.writing() as connection:
        insert_rows(connection, tables.fact, [row[shared:] for row in rows], shared=rows[0][:shared])
    assert found(database, tables.fact, "id") == rows


def test_ids_and_bytes_come_back_as_they_were(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(insert(tables.timeline).values(id=1, slug="a", title="A", created_at=0))
        several = [b"", b"\\x", bytes(range(256)), None] * 20  # on SQLite 32 go in one statement
        rows = [
            (1, place, UUID(int=place), 0, None if salt is None else "{}", salt, b"\x00", b'"')
            for place, salt in enumerate(several, 1)
        ]
        insert_rows(connection, tables.record, rows)
    assert found(database, tables.record, "position") == rows


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_there_already_stays(database: Database, count: int) -> None:
    rows = [(1, 1, "app:a", "rank", str(number)) for number in range(count)]
    with database.writing() as connection:
        insert_rows(connection, tables.slot, rows[:1], once=True)
        insert_rows(connection, tables.slot, rows * 2, once=True)
        insert_rows(connection, tables.slot, [row[2:] for row in rows * 2], shared=(1, 1), once=True)
    assert found(database, tables.slot, "key") == rows


def test_nothing_is_no_statement(database: Database) -> None:
    with database.writing() as connection:
        insert_rows(connection, tables.slot, [])
    assert found(database, tables.slot, "key") == []


def test_of_rows_of_which_one_is_refused_none_stays(database: Database) -> None:
    """Also where those before it went in one statement with it, which is not undone alone."""

    def slots(*numbers: int) -> list[tuple[Any, ...]]:
        return [(1, 1, f"a:{number:03}", "a", "") for number in numbers]

    with database.writing() as connection:
        insert_rows(connection, tables.slot, slots(39))
        with pytest.raises(IntegrityError), connection.begin_nested():
            insert_rows(connection, tables.slot, slots(*range(50)))
        insert_rows(connection, tables.slot, slots(70))
    with pytest.raises(IntegrityError), database.writing() as connection:
        insert_rows(connection, tables.slot, slots(*range(50)))
    assert found(database, tables.slot, "entity") == slots(39, 70)


def test_rows_that_are_there_stay_and_the_others_come(database: Database) -> None:
    rows = [(1, 1, f"a:{number:03}", "a", "") for number in range(50)]
    with database.writing() as connection:
        insert_rows(connection, tables.slot, [rows[7], rows[39]])
        insert_rows(connection, tables.slot, rows, once=True)
    assert found(database, tables.slot, "entity") == rows
