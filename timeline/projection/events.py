"""Pages of records in the order of the world or of the log."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, select, tuple_

from timeline.database import tables
from timeline.projection.filters import EventFilter, conditions, of_one_entity, uncertain
from timeline.projection.unions import ask_all

occurrence, mention, record = tables.occurrence.c, tables.mention.c, tables.record.c


class EventOrder(enum.Enum):
    """By when events occurred (certain start, earliest start, position) or were recorded; ascending or descending.

    RELEVANCE is only for searches: by where the words stand, then what happened last first.
    """

    OCCURRED_ASC = "OCCURRED_ASC"
    OCCURRED_DESC = "OCCURRED_DESC"
    RECORDED_ASC = "RECORDED_ASC"
    RECORDED_DESC = "RECORDED_DESC"
    RELEVANCE = "RELEVANCE"

    @property
    def is_recorded(self) -> bool:
        return self.name.startswith("RECORDED")

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns, which `occurrence` has, and others that stand in the order of the world."""
        return ("position",) if self.is_recorded else ("start_hi", "start_lo", "position")

    @property
    def shape(self) -> tuple[type, ...]:
        """Of a key."""
        return (int,) * (len(self.names) + (self is EventOrder.RELEVANCE))

    @property
    def descending(self) -> bool:
        return not self.name.endswith("ASC")


Key = tuple[int, ...]  # the values of an order's columns; for relevance the rank before them


class Hit(NamedTuple):
    """A row of a page: the columns of its record, and of the order. `rank`: where a search found it, 0 is best."""

    rank: int
    row: Any


def place_of(order: EventOrder, row: Any) -> Key:
    """Where a row stands among those of its rank."""
    return tuple(getattr(row, name) for name in order.names)


def key_of(order: EventOrder, hit: Hit) -> Key:
    """Where a row of a page stands in its order."""
    place = place_of(order, hit.row)
    return (hit.rank, *place) if order is EventOrder.RELEVANCE else place


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

    @property
    def descends(self) -> bool:
        """Which way the index is read."""
        return self.order.descending != self.backwards


def pages(connection: Connection, asks: Sequence[Ask]) -> list[list[Hit]]:
    """A list of rows for each, in its order; one statement for up to 200 of them.

    Each row has the record's columns and the order's. Keys, not offsets: a page costs the same however deep it is, and
    stays put when something is appended.
    """
    found = ask_all(connection, [_page(ask) for ask in asks])
    for ask, rows in zip(asks, found, strict=True):
        rows.sort(key=partial(place_of, ask.order), reverse=ask.order.descending)
    return [[Hit(0, row) for row in rows] for rows in found]


def in_order(ask: Ask, position: ColumnElement[int]) -> ColumnElement[int]:
    """A position to compare, so that rows are read in the order that is asked for."""
    # An expression in the order of the world: for the bare column SQLite takes the primary key and sorts the whole log.
    return position if ask.order.is_recorded else position + 0


def records(connection: Connection, timeline_id: int, positions: Sequence[int]) -> dict[int, Any]:
    """Rows as pages have them, by position."""
    there = tables.occurrence.join(tables.record, _same(record))
    statement = select(*COLUMNS).select_from(there)
    statement = statement.where(occurrence.timeline_id == timeline_id, occurrence.position.in_(positions))
    return {row.position: row for row in connection.execute(statement)} if positions else {}


def _page(ask: Ask) -> Select[Any]:
    entity, wanted = of_one_entity(ask.wanted)
    led = occurrence if entity is None else mention
    columns = [getattr(led, name) for name in ask.order.names]
    where = conditions(wanted, ask.timeline_id, ask.basis, in_order(ask, led.position))
    tables_of_page: FromClause = tables.occurrence
    if entity is not None:
        where += [mention.timeline_id == ask.timeline_id, mention.entity == entity]
        tables_of_page = tables.mention.join(tables.occurrence, _same(mention))
        if wanted.uncertain_at is not None:  # said of both, for the index of mentions to answer it
            where += uncertain(mention, wanted.uncertain_at)
    if ask.beyond is not None:
        here = tuple_(*columns)
        where.append(here < ask.beyond if ask.descends else here > ask.beyond)
    return (
        select(*COLUMNS)
        .select_from(tables_of_page.join(tables.record, _same(record)))
        .where(*where)
        .order_by(*(column.desc() if ask.descends else column for column in columns))
        .limit(ask.limit)
    )


COLUMNS = (
    occurrence.position,
    occurrence.start_hi,
    occurrence.start_lo,
    record.event_id,
    record.recorded_at,
    record.content,
    record.hash,
)


def _same(row: Any) -> ColumnElement[bool]:
    return and_(row.timeline_id == occurrence.timeline_id, row.position == occurrence.position)


def count(connection: Connection, timeline_id: int, basis: int, wanted: EventFilter) -> int:
    """How many records the filter admits. This one does grow with their number."""
    statement = select(func.count()).select_from(tables.occurrence).where(*conditions(wanted, timeline_id, basis))
    return connection.execute(statement).scalar_one()
