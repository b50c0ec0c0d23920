"""Lists of parameters find what is in them, whatever it is and however many there are."""

from uuid import UUID

import pytest
from sqlalchemy import bindparam, select
from sqlmodel import insert

from tests.database.test_bulk import TEXTS
from timeline.database import Database, tables
from timeline.database.bulk import insert_rows
from timeline.database.prepared import Prepared

_KEYS = Prepared(select(tables.slot.c.key).where(tables.slot.c.key.in_(bindparam("keys", expanding=True))))
_EVENTS = Prepared(
    select(tables.record.c.event_id).where(tables.record.c.event_id.in_(bindparam("ids", expanding=True)))
)


@pytest.mark.parametrize("count", [0, 1, 2, 3, len(TEXTS)])
@pytest.mark.parametrize("more", [0, 1_500])
def test_texts_are_found(database: Database, count: int, more: int) -> None:
    with database.writing() as connection:
        insert_rows(connection, tables.slot, [(1, 1, "app:a", "rank", text) for text in TEXTS])
    keys = [*TEXTS[:count], *(f"other {number}" for number in range(more))]
    with database.reading() as connection:
        found = [row.key for row in _KEYS.rows(connection, {"keys": keys})]
    assert sorted(found) == sorted(TEXTS[:count])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_ids_are_found(database: Database, count: int) -> None:
    with database.writing() as connection:
        connection.execute(insert(tables.timeline).values(id=1, slug="a", title="A", created_at=0))
        rows = [(1, place, UUID(int=place), 0, "{}", b"", b"", b"") for place in range(1, 5)]
        insert_rows(connection, tables.record, rows)
    ids = [UUID(int=place) for place in range(1, count + 1)]
    with database.reading() as connection:
        found = _EVENTS.rows(connection, {"ids": [*ids, UUID(int=9)]})
    assert sorted(row.event_id for row in found) == ids


def test_lists_of_many_lengths_share_few_texts(database: Database) -> None:
    statement = Prepared(select(tables.slot.c.key).where(tables.slot.c.key.in_(bindparam("keys", expanding=True))))
    with database.reading() as connection:
        texts = {
            statement.sent(connection.dialect, {"keys": [str(key) for key in range(count)]})[0]
            for count in range(1, 1_025)
        }
    assert len(texts) == (1 if database.backend.ARRAYS else 11)


def test_texts_that_are_kept_are_bounded(database: Database) -> None:
    statement = Prepared(select(tables.slot.c.key).where(tables.slot.c.key.in_(bindparam("keys", expanding=True))))
    with database.reading() as connection:
        for count in range(1_100, 1_400):
            statement.sent(connection.dialect, {"keys": [str(key) for key in range(count)]})
    assert len(statement._texts) <= 100
