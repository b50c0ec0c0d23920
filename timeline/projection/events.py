"""Pages of records in the order of the world or of the log."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, tuple_

from timeline.database import tables
from timeline.projection.filters import EventFilter, conditions, of_one_entity, uncertain
from timeline.projection.unions import ask_all

occurrence, mention, record = tables.occurrence.c, tables.mention.c, tables.record.c


class EventOrder(enum.Enum):
    """By when events occurred (certain start, earliest start, position) or were recorded; ascending or descending."""

    OCCURRED_ASC = "OCCURRED_ASC"
    OCCURRED_DESC = "OCCURRED_DESC"
    RECORDED_ASC = "RECORDED_ASC"
    RECORDED_DESC = "RECORDED_DESC"

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns, which `occurrence` has, and `mention` for the events of one entity."""
        return ("start_hi", "start_lo", "position") if self.name.startswith("OCCURRED") else ("position",)

    @property
    def descending(self) -> bool:
        return self.name.endswith("DESC")


Key = tuple[int, ...]  # the values of an order's columns


def key_of(order: EventOrder, row: Any) -> Key:
    """Where a row of a page stands in its order."""
    return tuple(getattr(row, name) for name in order.names)


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
    entity, wanted = of_one_entity(ask.wanted)
    led = occurrence if entity is None else mention
    columns = [getattr(led, name) for name in ask.order.names]
    descending = ask.order.descending != ask.backwards
    # An expression in the order of the world: for the bare column SQLite takes the primary key and sorts the whole log.
    position = led.position + 0 if len(columns) > 1 else led.position
    where = conditions(wanted, ask.timeline_id, ask.basis, position)
    tables_of_page: FromClause = tables.occurrence
    if entity is not None:
        where += [mention.timeline_id == ask.timeline_id, mention.entity == entity]
        tables_of_page = tables.mention.join(tables.occurrence, _same(mention))
        if wanted.uncertain_at is not None:  # said of both, for the index of mentions to answer it
            where += uncertain(mention, wanted.uncertain_at)
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
        .select_from(tables_of_page.join(tables.record, _same(record)))
        .where(*where)
        .order_by(*(column.desc() if descending else column for column in columns))
        .limit(ask.limit)
    )


def _same(row: Any) -> ColumnElement[bool]:
    return and_(row.timeline_id == occurrence.timeline_id, row.position == occurrence.position)


def count(connection: Connection, timeline_id: int, basis: int, wanted: EventFilter) -> int:
    """How many records the filter admits. This one does grow with their number."""
    statement = select(func.count()).select_from(tables.occurrence).where(*conditions(wanted, timeline_id, basis))
    return connection.execute(statement).scalar_one()
