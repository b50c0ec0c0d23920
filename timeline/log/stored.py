"""Reading a log as it is stored, to prove it: what cannot be read is a finding and not an error."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, bindparam, cast, select
from sqlalchemy.exc import SQLAlchemyError

from timeline.database import tables
from timeline.domain.records import Basis
from timeline.log.read import heads
from timeline.log.verify import Fault, Stored

BATCH = 1_000
_UNREADABLE = (SQLAlchemyError, ValueError, TypeError, OverflowError)

_record, _redaction, _head = tables.record.c, tables.redaction.c, tables.head.c
# As text: an id that is none has to be told, and the same one in another spelling would not be found when asked for.
_KEY = (_record.position, cast(_record.event_id, Text).label("id"))
_VALUES = (_record.recorded_at, _record.content, _record.salt, _record.commitment, _record.hash, _redaction.redaction)
_NEXT = (
    (_record.timeline_id == bindparam("timeline"))
    & (_record.position > bindparam("after"))
    & (_record.position <= bindparam("until"))
)
_KEYS = select(*_KEY).where(_NEXT).order_by(_record.position).limit(bindparam("limit"))
_ROWS = (
    select(*_KEY, *_VALUES)
    .join_from(
        tables.record,
        tables.redaction,
        (_redaction.timeline_id == _record.timeline_id) & (_redaction.position == _record.position),
        isouter=True,
    )
    .where(_NEXT)
    .order_by(_record.position)
    .limit(bindparam("limit"))
)
_OUTSIDE = (
    select(*_KEY, _head.position.label("head"))
    .join_from(tables.record, tables.head, _head.timeline_id == _record.timeline_id)
    .where(
        _record.timeline_id == bindparam("timeline"),
        (_record.position > _head.position) | (_record.position < 1),
    )
    .limit(1)
)


def stored_head(connection: Connection, timeline_id: int) -> Basis | Fault:
    try:
        found = heads(connection, [timeline_id])
    except _UNREADABLE:
        return Fault(None, None, "the head cannot be read")
    return found.get(timeline_id) or Fault(None, None, "there is no head")


def stored_rows(connection: Connection, timeline_id: int, until: int) -> Iterator[Stored]:
    """Every record up to `until`, in order of position, in batches."""
    given = {"timeline": timeline_id, "after": 0, "until": until, "limit": BATCH}
    while True:
        try:
            batch = [_stored(row) for row in connection.execute(_ROWS, given)]
        except _UNREADABLE:
            batch = list(_one_by_one(connection, given))
        if not batch:
            return
        yield from batch
        given["after"] = batch[-1].position


def outside(connection: Connection, timeline_id: int) -> Fault | None:
    """A record where the head says that there is none."""
    row = connection.execute(_OUTSIDE, {"timeline": timeline_id}).first()
    return (
        None
        if row is None
        else Fault(row.position, _id(row.id), f"the head is at position {row.head}, and this is not up to there")
    )


def _one_by_one(connection: Connection, given: dict[str, int]) -> Iterator[Stored]:
    try:
        keys = connection.execute(_KEYS, given).all()
    except _UNREADABLE:
        yield Stored(given["after"] + 1, None, unread="it cannot be read, nor what comes after it")
        return
    for key in keys:
        try:
            only = {**given, "after": key.position - 1, "until": key.position}
            yield _stored(connection.execute(_ROWS, only).one())
        except _UNREADABLE:
            yield Stored(key.position, _id(key.id), unread="it cannot be read")


def _stored(row: Any) -> Stored:
    position, id_, *values = row
    return Stored(position, _id(id_), *values)


def _id(text: Any) -> UUID | None:
    """The id, if it is written as the database writes ids."""
    try:
        found = UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None
    return found if text in (found.hex, str(found)) else None
