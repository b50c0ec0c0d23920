"""States: the facts of entities that hold at a moment, as known at a position."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    distinct,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.domain.dates import END
from timeline.domain.effects import read_value
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.fields import Shape
from timeline.domain.rules import EARLIEST, HIGHEST, LATEST, LOWEST, MEMBERS, TALLY, TOTAL, Contribution, Op, Rule
from timeline.projection.generation import Generation, in_generation

fact, slot = tables.fact, tables.slot
_Read = tuple[AttributeKind, Any]  # a row of `fact`, as one of those reads it that it counts for


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
    """The value of one slot: of one entity's attribute, under one key (empty for attributes without keys).

    `row` is the contribution that set it; of values that many make, the last one that holds.
    """

    attribute: AttributeKind
    key: str
    value: Any
    row: Any

    @property
    def entity(self) -> str:
        return str(self.row.entity)

    @property
    def is_there(self) -> bool:
        """Whether there is a value: an empty set is none, and neither is what `latest` says there is none of."""
        return self.value is not None and self.value != ()


def facts_of(
    connection: Connection,
    generation: Generation,
    entities: Collection[str],
    attributes: Collection[AttributeKind],
    when: When,
    keys: Collection[str] | None = None,
) -> list[Fact]:
    """The facts of entities, in the order of entities, paths and keys; a slot without any has none.

    One statement, however many entities there are. `keys` None: all of them.
    """
    by_rule: dict[Rule, list[str]] = {}
    for attribute in attributes:
        by_rule.setdefault(attribute.rule, []).append(attribute.stored)
    if not entities or not by_rule:
        return []
    given: dict[str, Any] = {f"paths_{number}": paths for number, paths in enumerate(by_rule.values())}
    given |= {**generation.given, "entities": list(entities), "basis": when.basis, "moment": when.moment}
    if keys is not None:
        given["keys"] = list(keys)
    rules = tuple(by_rule)
    kinds = {(each.rule, each.stored): each for each in attributes}
    rows = _facts(rules, when.possible, keys is not None).rows(connection, given)
    read = sorted(((kinds[rules[row.part], row.attribute], row) for row in rows), key=_place)
    return [_fact(list(several), when) for _, several in groupby(read, key=_slot_of)]


@lru_cache(maxsize=200)
def _facts(rules: tuple[Rule, ...], possible: bool, keyed: bool) -> Prepared:
    basis: Any = bindparam("basis")
    moment: Any = bindparam("moment")
    when, parts = When(basis, moment, possible), []
    for number, rule in enumerate(rules):
        statement, of = (_all(when), fact.c) if rule in (TOTAL, MEMBERS) else (_one_each(rule, when), slot.c)
        statement = statement.add_columns(literal_column(str(number), Integer).label("part"))
        found = [
            in_generation(of),
            of.entity.in_(bindparam("entities", expanding=True)),
            of.attribute.in_(bindparam(f"paths_{number}", expanding=True)),
        ]
        if keyed:
            found.append(of.key.in_(bindparam("keys", expanding=True)))
        parts.append(statement.where(*found))
    return Prepared(union_all(*parts) if parts[1:] else parts[0])


COLUMNS = tuple(column for column in fact.columns if column.name not in ("timeline_id", "generation", "said"))
_UNCOUNTED = cast(null(), Integer).label("counted")
_SLOT = ("timeline_id", "generation", "entity", "attribute", "key")
_ASCENDING = ("start_hi", "start_lo", "claim", "ordinal")


def in_order(row: Any, *, descending: bool = False) -> list[Any]:
    """The columns that order the contributions to a slot."""
    columns = [getattr(row, name) for name in _ASCENDING]
    return [column.desc() for column in columns] if descending else columns


ORDERS: dict[Rule, Any] = {
    LATEST: lambda row: in_order(row, descending=True),
    EARLIEST: in_order,
    LOWEST: lambda row: [row.sort, *in_order(row)],
    HIGHEST: lambda row: [row.sort.desc(), *in_order(row)],
}


def chosen(rule: Rule, when: When, of: Any) -> Any:
    """The id of the one contribution that is the value of a slot, looked up in an index.

    `of` has the columns that name the slot. The rule is one that picks: all but `total`, `tally` and `members`.
    """
    other = fact.alias()
    return picked(rule, other, of, when.moment, when.counts(other.c))


def picked(rule: Rule, other: Any, of: Any, moment: Any, condition: ColumnElement[bool]) -> Any:
    """The id of the one of `other` in the slot of `of` which a rule picks among those that satisfy a condition."""
    one = select(other.c.id).where(same_slot(other.c, of), condition).order_by(*ORDERS[rule](other.c)).limit(1)
    if rule is LATEST:
        one = one.where(other.c.closes > moment)
    elif rule is not EARLIEST:
        one = one.where(other.c.sort.is_not(None))
    return one.scalar_subquery()


def same_slot(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(*(getattr(one, name) == getattr(other, name) for name in _SLOT))


def _one_each(rule: Rule, when: When) -> Select[Any]:
    one, counted = chosen(rule, when, slot.c) if rule in ORDERS else _last(when), _UNCOUNTED
    if rule is TALLY:
        other = fact.alias()
        items = select(func.count(distinct(other.c.item)))
        held = (same_slot(other.c, slot.c), when.counts(other.c), other.c.closes > when.moment)
        counted = items.where(*held).scalar_subquery().label("counted")
    return select(*COLUMNS, counted).select_from(slot.join(fact, fact.c.id == one))


def _last(when: When) -> Any:
    """The id of the last contribution that holds; where none holds any more, of the last one."""
    other = fact.alias()
    begun = select(other.c.id).where(same_slot(other.c, slot.c), when.counts(other.c))
    last = begun.order_by(*in_order(other.c, descending=True)).limit(1).scalar_subquery()
    return func.coalesce(chosen(LATEST, when, slot.c), last)


def _all(when: When) -> Select[Any]:
    return select(*COLUMNS, _UNCOUNTED).where(when.counts(fact.c))


def _slot_of(read: _Read) -> tuple[str, str, str]:
    attribute, row = read
    return row.entity, attribute.path, row.key


def _place(read: _Read) -> tuple[Any, ...]:
    return (*_slot_of(read), *order_of(read[1]))


def order_of(row: Any) -> tuple[int, int, int, int]:
    return row.start_hi, row.start_lo, row.claim, row.ordinal


def _fact(read: Sequence[_Read], when: When) -> Fact:
    attribute, key, rows = read[0][0], read[0][1].key, [row for _, row in read]
    if attribute.rule in ORDERS:
        return Fact(attribute, key, read_value(attribute, rows[0].value), rows[0])
    if attribute.rule is TALLY:
        return Fact(attribute, key, rows[0].counted, rows[0])
    value, setter = value_of(attribute, rows, when.moment)
    return Fact(attribute, key, value, setter)


def value_of(attribute: AttributeKind, rows: Sequence[Any], moment: int) -> tuple[Any, Any]:
    """What the rule makes of contributions that stand in their order, and the one of them that set it.

    (None, None) where there is none, or `latest` has none that still holds.
    """
    holding: Iterable[Any] = (row for row in reversed(rows) if row.closes > moment)
    comparable: Iterable[Any] = (row for row in rows if row.sort is not None)
    match attribute.rule.name:
        case LATEST.name:
            row = next(iter(holding), None)
        case EARLIEST.name:
            row = next(iter(rows), None)
        case LOWEST.name:
            row = min(comparable, key=lambda row: row.sort, default=None)
        case HIGHEST.name:
            row = max(comparable, key=lambda row: row.sort, default=None)
        case _:
            contributions = [
                Contribution(read_value(attribute, row.value), row.item, Op(row.op), row.closes <= moment)
                for row in rows
            ]
            last = next(iter(holding), rows[-1] if rows else None)
            return (None, None) if last is None else (_combined(attribute, contributions), last)
    return (None, None) if row is None else (read_value(attribute, row.value), row)


def _combined(attribute: AttributeKind, contributions: Sequence[Contribution]) -> Any:
    assert attribute.rule.fold is not None
    value = attribute.rule.fold(contributions)
    # The sum of nothing is a number, and of amounts it is no amount.
    return () if value == 0 and attribute.type.shape in (Shape.MONEY, Shape.QUANTITY) else value


def followers(connection: Connection, ids: Collection[int], basis: int, moment: int | None) -> dict[int, Any]:
    """For each contribution (by its id) that has one, the next contribution to its slot that is known at `basis`.

    One that has ended by `moment` (None: by when the contribution had begun) brought nothing to an end.
    """
    own, other, following = fact.alias(), fact.alias(), fact.alias()
    one = (
        select(other.c.id)
        .where(
            same_slot(other.c, own.c),
            other.c.known_from <= basis,
            other.c.known_until > basis,
            other.c.start_hi < END,
            other.c.closes > (own.c.start_hi if moment is None else moment),
            tuple_(*in_order(other.c)) > tuple_(*in_order(own.c)),
        )
        .order_by(*in_order(other.c))
        .limit(1)
        .scalar_subquery()
    )
    statement = select(own.c.id, following.c.position, following.c.start_hi).join_from(
        own, following, following.c.id == one
    )
    return {row.id: row for row in connection.execute(statement.where(own.c.id.in_(ids)))} if ids else {}
