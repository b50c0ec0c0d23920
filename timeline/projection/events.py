"""Pages of records in the order of the world or of the log."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, tuple_

from timeline.database import tables
from timeline.projection.filters import EventFilter, conditions
from timeline.projection.unions import ask_all

occurrence, record = tables.occurrence.c, tables.record.c


class EventOrder(enum.Enum):
    """By when events occurred (certain start, earliest start, position) or were recorded; ascending or descending."""

    OCCURRED_ASC = "OCCURRED_ASC"
    OCCURRED_DESC = "OCCURRED_DESC"
    RECORDED_ASC = "RECORDED_ASC"
    RECORDED_DESC = "RECORDED_DESC"

    @property
    def columns(self) -> tuple[ColumnElement[int], ...]:
        if self.name.startswith("OCCURRED"):
            return occurrence.start_hi, occurrence.start_lo, occurrence.position
        return (occurrence.position,)

    @property
    def descending(self) -> bool:
        return self.name.endswith("DESC")


Key = tuple[int, ...]  # the values of an order's columns


def key_of(order: EventOrder, row: Any) -> Key:
    """Where a row of a page stands in its order."""
    return tuple(getattr(row, column.key or "") for column in order.columns)


@dataclass(frozen=True, slots=True)
class Ask:
    """One page: up to `limit` records beyond a key, known at `basis`; the last ones before it if `backwards`."""

    timeline_id: int
    basis: int
    wanted: EventFilter
    order: EventOrder
    beyond: Key | None
    limit: int
    backwards: bool


def pages(connection: Connection, asks: Sequence[Ask]) -> list[list[Any]]:
    """A list of rows for each, in its order; one statement for up to 200 of them.

    Each row has the record's columns and the order's. Keys, not offsets: a page costs the same however deep it is, and
    stays put when something is appended.
    """
    found = ask_all(connection, [_page(ask) for ask in asks])
    for ask, rows in zip(asks, found, strict=True):
        rows.sort(key=partial(key_of, ask.order), reverse=ask.order.descending)
    return found


def _page(ask: Ask) -> Select[Any]:
    columns = ask.order.columns
    descending = ask.order.descending != ask.backwards
    # An expression in the order of the world: for the bare column SQLite takes the primary key and sorts the whole log.
    position = occurrence.position + 0 if len(columns) > 1 else occurrence.position
    where = conditions(ask.wanted, ask.timeline_id, ask.basis, position)
    if ask.beyond is not None:
        here = tuple_(*columns)
        where.append(here < ask.beyond if descending else here > ask.beyond)
    return (
        select(
            occurrence.position,
            occurrence.start_hi,
            occurrence.start_lo,
            record.event_id,
            record.recorded_at,
            record.content,
            record.hash,
        )
        .join_from(
            tables.occurrence,
            tables.record,
            and_(record.timeline_id == occurrence.timeline_id, record.position == occurrence.position),
        )
        .where(*where)
        .order_by(*(column.desc() if descending else column for column in columns))
        .limit(ask.limit)
    )


def count(connection: Connection, timeline_id: int, basis: int, wanted: EventFilter) -> int:
    """How many records the filter admits. This one does grow with their number."""
    statement = select(func.count()).select_from(tables.occurrence).where(*conditions(wanted, timeline_id, basis))
    return connection.execute(statement).scalar_one()
