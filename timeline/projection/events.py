"""Pages of records in the order of the world or of the log."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)

from timeline.database import tables
from timeline.database.columns import NEVER
from timeline.database.prepared import Prepared
from timeline.domain.dates import BEGINNING, END
from timeline.projection.filter_shapes import parameters, shape_of, with_parameters
from timeline.projection.filters import EventFilter, conditions, is_in_mentions, of_one_entity, uncertain, unrevised
from timeline.projection.generation import Generation, together
from timeline.projection.unions import BRANCHES, apart, united

occurrence, mention = tables.occurrence.c, tables.mention.c
_index = tables.occurrence.alias("placed")
FEW = 500  # records
COLUMNS = occurrence.position, occurrence.start_hi, occurrence.start_lo


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
# Before all that stands in the order of the world, by whether the index is read from its end.
EDGES: Mapping[bool, Key] = {False: (BEGINNING, BEGINNING, 0), True: (END, END, NEVER)}


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
    """One page: up to `limit` records beyond a key, known at `basis`; the last ones before it if `backwards`.

    `past`: more may have been recorded since. `reach`: so many rows of the index are looked at; `until`: none beyond
    this key.
    """

    generation: Generation
    basis: int
    wanted: EventFilter
    order: EventOrder
    beyond: Key | None
    limit: int
    backwards: bool
    past: bool = False
    reach: int | None = None
    until: Key | None = None

    @property
    def descends(self) -> bool:
        """Which way the index is read."""
        return self.order.descending != self.backwards

    @property
    def few(self) -> bool:
        """Whether so little was known that all of it is looked at and sorted, whatever was recorded since."""
        return self.past and not self.order.is_recorded and self.basis <= FEW

    @property
    def skips(self) -> bool:
        """Whether records that were not known yet may stand in between."""
        return self.past and not self.order.is_recorded and self.basis > FEW

    def parted(self, number: int) -> "tuple[Shape, dict[str, Any]]":
        """What decides how the statement reads, and its parameters, with a number at the end of their names."""
        entity, wanted = of_one_entity(self.wanted)
        given = parameters(wanted, number)
        given |= {f"timeline_{number}": self.generation.timeline_id, f"generation_{number}": self.generation.number}
        given |= {f"basis_{number}": self.basis, f"limit_{number}": self.limit}
        if entity is not None:
            given[f"entity_{number}"] = entity
        for end, place in (("", self.beyond), ("until_", self.until)):
            if place is not None:
                given |= {f"{end}{name}_{number}": key for name, key in zip(self.order.names, place, strict=True)}
        if self.reach is not None:
            given[f"skipped_{number}"] = self.reach - 1
        shape = Shape(
            order=self.order,
            backwards=self.backwards,
            further=self.beyond is not None,
            reaches=self.reach is not None,
            until=self.until is not None,
            of_one=entity is not None,
            few=self.few,
            skips=self.skips,
            wanted=shape_of(wanted),
        )
        return shape, given


class Shape(NamedTuple):
    """What pages have in common that are read by the same statement. `wanted` says which conditions there are."""

    order: EventOrder
    backwards: bool
    further: bool
    reaches: bool
    until: bool
    of_one: bool
    few: bool
    skips: bool
    wanted: EventFilter


def pages(connection: Connection, asks: Sequence[Ask]) -> list[list[Hit]]:
    """A list of rows for each, in its order; one statement for up to 200 of them.

    Each row has the order's columns. Keys, not offsets: a page costs the same however deep it is, and stays put when
    something is appended.
    """
    found = []
    for start in range(0, len(asks), BRANCHES):
        some = asks[start : start + BRANCHES]
        given: dict[str, Any] = {}
        shapes = []
        for number, ask in enumerate(some):
            shape, parameters = ask.parted(number)
            shapes.append(shape)
            given |= parameters
        found += apart(len(some), _pages(tuple(shapes)).rows(connection, given))
    if asks[1:]:  # one alone is in order, if not the other way round
        for ask, rows in zip(asks, found, strict=True):
            rows.sort(key=attrgetter(*ask.order.names), reverse=ask.order.descending)
    elif asks and asks[0].backwards:
        found[0].reverse()
    return [[Hit(0, row) for row in rows] for rows in found]


def in_order(order: EventOrder, position: ColumnElement[int]) -> ColumnElement[int]:
    """A position to compare, so that rows are read in the order that is asked for."""
    # An expression in the order of the world: for the bare column SQLite takes the primary key and sorts the whole log.
    # Not of a parameter, whose name might be that of another one.
    return position if order.is_recorded else position + literal_column("0")


@lru_cache(maxsize=100)
def _pages(shapes: tuple[Shape, ...]) -> Prepared:
    return Prepared(united([_page(number, shape) for number, shape in enumerate(shapes)]))


def _page(number: int, shape: Shape) -> Select[Any]:
    """Its parameters have the number at the end of their names."""
    timeline_id: Any = bindparam(f"timeline_{number}")
    version: Any = bindparam(f"generation_{number}")
    basis: Any = bindparam(f"basis_{number}")
    generation = Generation(timeline_id, version)
    wanted = with_parameters(shape.wanted, number)
    led = mention if shape.of_one else _index.c if shape.skips else occurrence
    columns = [getattr(led, name) for name in shape.order.names]
    descending = shape.order.descending != shape.backwards
    position = led.position if shape.few else in_order(shape.order, led.position)
    source: FromClause = tables.occurrence
    where: list[ColumnElement[bool]] = []
    if shape.of_one:
        source = tables.mention
        where += [generation.holds(mention), mention.entity == bindparam(f"entity_{number}")]
        if wanted.uncertain_at is not None:
            where += uncertain(mention, wanted.uncertain_at)
    elif shape.skips:  # what was recorded since is passed over in the index, and nothing else is read of it
        source = _index
        where.append(generation.holds(led))
        if wanted.kinds is not None:
            where.append(led.kind.in_(wanted.kinds))
    if shape.of_one and is_in_mentions(shape.wanted):
        where += [position <= basis, unrevised(generation, basis)]
    else:
        where += conditions(wanted, generation, basis, position)
        if led is not occurrence:
            source = source.join(tables.occurrence, together(led, occurrence) & (led.position == occurrence.position))
    if shape.further:
        where.append(_beyond(columns, descending, number))
    if shape.reaches or shape.until:
        last = _last(shape.order, generation, descending, number) if shape.reaches else _key(columns, "until_", number)
        where.append(tuple_(*columns) >= last if descending else tuple_(*columns) <= last)
    return (
        select(*(getattr(led, column.key) for column in COLUMNS))
        .select_from(source)
        .where(*where)
        .order_by(*(column.desc() if descending else column for column in columns))
        .limit(bindparam(f"limit_{number}"))
    )


def _key(columns: Sequence[Any], end: str, number: int) -> Any:
    return tuple_(*(bindparam(f"{end}{column.key}_{number}", type_=BigInteger()) for column in columns))


def _beyond(columns: Sequence[Any], descending: bool, number: int) -> Any:
    here, there = tuple_(*columns), _key(columns, "", number)
    return here < there if descending else here > there


def _last(order: EventOrder, generation: Generation, descending: bool, number: int) -> Any:
    """The last key that is looked at."""
    row = tables.occurrence.alias(f"reached_{number}").c
    columns = [getattr(row, name) for name in order.names]
    last = (
        select(*columns)
        .where(generation.holds(row), _beyond(columns, descending, number))
        .order_by(*(column.desc() if descending else column for column in columns))
        .limit(1)
        .offset(bindparam(f"skipped_{number}"))
        .cte(f"last_{number}")
    )
    ends = zip(last.c, EDGES[not descending], strict=True)  # if there are fewer, all that are left
    return tuple_(*(func.coalesce(select(column).scalar_subquery(), end) for column, end in ends))


def count(connection: Connection, generation: Generation, basis: int, wanted: EventFilter) -> int:
    """How many records the filter admits. This one does grow with their number."""
    statement = select(func.count()).select_from(tables.occurrence).where(*conditions(wanted, generation, basis))
    return connection.execute(statement).scalar_one()
