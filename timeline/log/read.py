"""Reading the log: heads, moments, and records by position or by id."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, bindparam, func, select

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.domain.records import BLANK, Basis, Record

_record = tables.record.c
RECORD = (_record.position, _record.event_id, _record.recorded_at, _record.content, _record.hash)

_head = tables.head.c
_HEADS = select(_head.timeline_id, _head.position, _head.recorded_at, _head.hash).where(
    _head.timeline_id.in_(bindparam("timelines", expanding=True))
)
_redaction = tables.redaction.c
# Beside a row of `head`: the last record that ordered another to be blanked; 0 if none did.
BLANKED = (
    select(func.coalesce(func.max(_redaction.redaction), 0))
    .where(_redaction.timeline_id == _head.timeline_id)
    .scalar_subquery()
    .label("blanked")
)
_IN_TIMELINE = _record.timeline_id == bindparam("timeline")
_AT = select(_record.position, _record.recorded_at, _record.hash).where(
    _IN_TIMELINE, _record.position == bindparam("position")
)
# Recorded times never fall from one position to the next: the last moment is found in its index, then its last record.
_BY_TIME = select(func.max(_record.position)).where(
    _IN_TIMELINE,
    _record.recorded_at
    == select(func.max(_record.recorded_at))
    .where(_IN_TIMELINE, _record.recorded_at <= bindparam("time"))
    .scalar_subquery(),
)
_BY_ID = Prepared(select(*RECORD).where(_IN_TIMELINE, _record.event_id.in_(bindparam("ids", expanding=True))))
_BY_POSITION = Prepared(
    select(*RECORD).where(_IN_TIMELINE, _record.position.in_(bindparam("positions", expanding=True)))
)
_AFTER = (
    select(*RECORD, _record.salt, _record.commitment)
    .where(_IN_TIMELINE, _record.position > bindparam("after"), _record.position <= bindparam("until"))
    .order_by(_record.position)
    .limit(bindparam("limit"))
)


def record_of(row: Any) -> Record:
    """A row that begins with the columns of `RECORD`."""
    position, event_id, recorded_at, content, link = row[: len(RECORD)]  # by name they cost as much as all the rest
    return Record(position, event_id, recorded_at, BLANK if content is None else orjson.loads(content), link)


def heads(connection: Connection, timelines: Collection[int]) -> dict[int, Basis]:
    """How far each log has got."""
    rows = connection.execute(_HEADS, {"timelines": list(timelines)})
    return {row.timeline_id: Basis(row.position, row.recorded_at, row.hash) for row in rows}


def basis_at(connection: Connection, timeline_id: int, position: int) -> Basis | None:
    """The basis that was the head at `position`; None beyond the head."""
    if position == 0:
        return Basis(0)
    row = connection.execute(_AT, {"timeline": timeline_id, "position": position}).one_or_none()
    return None if row is None else Basis(row.position, row.recorded_at, row.hash)


def position_at(connection: Connection, timeline_id: int, time: int, basis: int) -> int:
    """The last position up to `basis` that was recorded at or before `time`; 0 if none was."""
    found: int | None = connection.execute(_BY_TIME, {"timeline": timeline_id, "time": time}).scalar()
    return min(found or 0, basis)


def records_by_id(connection: Connection, timeline_id: int, ids: Collection[UUID]) -> dict[UUID, Record]:
    rows = _BY_ID.rows(connection, {"timeline": timeline_id, "ids": list(ids)})
    return {record.id: record for record in map(record_of, rows)}


def records_at(connection: Connection, timeline_id: int, positions: Collection[int]) -> dict[int, Record]:
    rows = _BY_POSITION.rows(connection, {"timeline": timeline_id, "positions": list(positions)})
    return {record.position: record for record in map(record_of, rows)}


def rows_after(connection: Connection, timeline_id: int, after: int, until: int, limit: int) -> list[Any]:
    """Up to `limit` rows from the one after `after` to `until`, with salts and commitments, in position order."""
    given = {"timeline": timeline_id, "after": after, "until": until, "limit": limit}
    return list(connection.execute(_AFTER, given))
