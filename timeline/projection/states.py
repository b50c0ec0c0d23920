"""States: the facts of entities that hold at a moment, as known at a position."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from timeline.database import tables
from timeline.domain.dates import END
from timeline.domain.effects import read_value
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.rules import EARLIEST, HIGHEST, LATEST, LOWEST, Contribution, Op, Rule

fact, slot = tables.fact, tables.slot


@dataclass(frozen=True, slots=True)
class When:
    """Which facts count: those known at the position `basis` that have begun by `until`, in ms UTC (None: ever).

    `possible`: also those that may have begun by then. What has ended by then no longer holds for `latest`, `total`,
    `tally` and `members`; an end that is not certain has not come.
    """

    basis: int
    until: int | None = None
    possible: bool = False

    @property
    def moment(self) -> int:
        return END - 1 if self.until is None else self.until  # what has no certain start never counts

    def counts(self, row: Any) -> ColumnElement[bool]:
        """Of a row of `fact`: it is known, and has begun."""
        begun = row.start_lo < self.moment if self.possible else row.start_hi <= self.moment
        return and_(row.known_from <= self.basis, row.known_until > self.basis, begun)


class Fact(NamedTuple):
    """The value of one slot. `key` is empty for attributes without keys.

    `position` is that of the record which set it, None where nothing did; `row` is None for values of many records.
    """

    attribute: AttributeKind
    key: str
    value: Any
    position: int | None
    row: Any = None


def facts_of(
    connection: Connection,
    timeline_id: int,
    entities: Collection[str],
    attributes: Collection[AttributeKind],
    when: When,
    keys: Collection[str] | None = None,
) -> dict[tuple[str, str], list[Fact]]:
    """The facts of each (entity, attribute's path), in the order of keys; only of those that have any.

    One statement for each rule among the attributes, however many entities there are. `keys` None: all of them.
    """
    found: dict[tuple[str, str], list[Fact]] = {}
    if not entities:
        return found
    by_rule: dict[Rule, list[AttributeKind]] = {}
    for attribute in attributes:
        by_rule.setdefault(attribute.rule, []).append(attribute)
    for rule, several in by_rule.items():
        statement = _single(rule, when) if rule in _ORDERS else _whole(when)
        of = slot.c if rule in _ORDERS else fact.c
        statement = statement.where(
            of.timeline_id == timeline_id,
            of.entity.in_(entities),
            of.attribute.in_([each.path for each in several]),
        )
        if keys is not None:
            statement = statement.where(of.key.in_(keys))
        kinds = {each.path: each for each in several}
        rows = connection.execute(statement).all()
        for one in _facts(kinds, rows, when) if rule in _ORDERS else _folded(kinds, rows, when):
            found.setdefault((one.row.entity, one.attribute.path), []).append(one)
    return found


_COLUMNS = tuple(column for column in fact.columns if column.name not in ("timeline_id", "sort", "said"))
_ASCENDING = ("start_hi", "start_lo", "claim", "ordinal")


def in_order(row: Any, *, descending: bool = False) -> list[Any]:
    """The columns that order the contributions to a slot."""
    columns = [getattr(row, name) for name in _ASCENDING]
    return [column.desc() for column in columns] if descending else columns


_ORDERS: dict[Rule, Any] = {
    LATEST: lambda row: in_order(row, descending=True),
    EARLIEST: in_order,
    LOWEST: lambda row: [row.sort, *in_order(row)],
    HIGHEST: lambda row: [row.sort.desc(), *in_order(row)],
}


def _single(rule: Rule, when: When) -> Select[Any]:
    """For each slot, the one contribution that is its value: a look-up in an index."""
    other = fact.alias()
    one = (
        select(other.c.id)
        .where(
            other.c.timeline_id == slot.c.timeline_id,
            other.c.entity == slot.c.entity,
            other.c.attribute == slot.c.attribute,
            other.c.key == slot.c.key,
            when.counts(other.c),
        )
        .order_by(*_ORDERS[rule](other.c))
        .limit(1)
    )
    if rule is LATEST:
        one = one.where(other.c.closes > when.moment)
    elif rule is not EARLIEST:
        one = one.where(other.c.sort.is_not(None))
    joined = slot.join(fact, fact.c.id == one.scalar_subquery())
    return select(*_COLUMNS).select_from(joined).order_by(slot.c.entity, slot.c.attribute, slot.c.key)


def _whole(when: When) -> Select[Any]:
    """Every contribution that counts."""
    columns = fact.c
    return (
        select(*_COLUMNS)
        .where(when.counts(columns))
        .order_by(columns.entity, columns.attribute, columns.key, *in_order(columns))
    )


def _facts(kinds: dict[str, AttributeKind], rows: Iterable[Any], _: When) -> Iterable[Fact]:
    for row in rows:
        attribute = kinds[row.attribute]
        yield Fact(attribute, row.key, read_value(attribute, row.value), row.position, row)


def _folded(kinds: dict[str, AttributeKind], rows: Iterable[Any], when: When) -> Iterable[Fact]:
    for (_, path, key), several in groupby(rows, key=lambda row: (row.entity, row.attribute, row.key)):
        attribute, contributions = kinds[path], list(several)
        folded = fold(attribute, contributions, when)
        standing = [row for row in contributions if row.closes > when.moment]
        last = (standing or contributions)[-1]
        yield Fact(attribute, key, folded, last.position, last)


def fold(attribute: AttributeKind, rows: Sequence[Any], when: When) -> Any:
    """What the rule makes of contributions that stand in their order."""
    return attribute.rule.fold(
        [
            Contribution(read_value(attribute, row.value), row.item, Op(row.op), row.closes <= when.moment)
            for row in rows
        ]
    )
