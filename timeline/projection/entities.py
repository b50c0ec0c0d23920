"""Which entities there are: by kind, by the values of their attributes, and in the order of a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, distinct, exists, func, not_, or_, select

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.rules import MEMBERS, TALLY, TOTAL, Op
from timeline.errors import BadInput
from timeline.projection.generation import Generation, in_generation
from timeline.projection.naming import SEEN
from timeline.projection.states import COLUMNS, When, chosen, in_order, same_slot
from timeline.projection.unions import ask_all

fact, slot, naming, merge = tables.fact, tables.slot, tables.naming.c, tables.merge.c


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on an attribute's value, all parts of it together: sort keys that it is compared with.

    `suffix` is what a sort key must end with: the unit or the currency.
    """

    attribute: AttributeKind
    key: str
    bounds: tuple[tuple[str, str], ...] = ()  # (eq, lt, lte, gt or gte; the sort key)
    among: tuple[str, ...] | None = None
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Each condition that is given narrows."""

    kinds: tuple[str, ...] | None = None
    refs: tuple[str, ...] | None = None
    search: str | None = None  # `entity_search` answers it, and gives the refs that it finds
    where: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityOrder:
    """By ref, or by the value of an attribute; then only entities that have one are listed."""

    attribute: AttributeKind | None = None
    key: str = ""
    descending: bool = False


Place = tuple[str, ...]  # (ref) or (sort key, ref)


_EXISTING = Prepared(
    select(naming.entity).where(
        in_generation(naming),
        naming.entity.in_(bindparam("entities", expanding=True)),
        naming.role == SEEN,
        naming.position <= bindparam("basis"),
    )
)


def existing(connection: Connection, generation: Generation, basis: int, entities: Sequence[str]) -> set[str]:
    """Those of `entities` that a record up to `basis` names."""
    if not entities:
        return set()
    rows = _EXISTING.rows(connection, {**generation.given, "basis": basis, "entities": list(entities)})
    return {row.entity for row in rows}


def having(
    connection: Connection, generation: Generation, when: When, attribute: AttributeKind, key: str, limit: int
) -> list[str]:
    """Up to `limit` entities that have a fact in this slot, in the order of refs."""
    counted = exists().where(same_slot(fact.c, slot.c), when.counts(fact.c))
    if attribute.stored != attribute.path:
        counted = counted.where(fact.c.sort.is_not(None))
    statement = select(slot.c.entity).where(
        generation.holds(slot.c), slot.c.attribute == attribute.stored, slot.c.key == key, counted
    )
    return list(connection.execute(statement.order_by(slot.c.entity).limit(limit)).scalars())


def page(
    connection: Connection,
    generation: Generation,
    when: When,
    wanted: EntityFilter,
    order: EntityOrder,
    *,
    beyond: Place | None,
    limit: int,
    backwards: bool,
) -> Sequence[Place]:
    """Where up to `limit` entities after `beyond` stand in `order`, the last ones before it if `backwards`."""
    statement, columns = _listed(generation, when, wanted, order)
    descending = order.descending != backwards
    if beyond is not None:
        statement = statement.where(_past(columns, beyond, descending=descending))
    statement = statement.order_by(*(each.desc() if descending else each for each in columns)).limit(limit)
    rows = [tuple(row) for row in connection.execute(statement)]
    return rows[::-1] if backwards else rows


def count(connection: Connection, generation: Generation, when: When, wanted: EntityFilter, order: EntityOrder) -> int:
    statement, _ = _listed(generation, when, wanted, order)
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def referring(
    connection: Connection,
    generation: Generation,
    when: When,
    attribute: AttributeKind,
    targets: Sequence[str],
    *,
    beyond: Place | None,
    limit: int,
) -> list[list[Any]]:
    """For each target, the facts (rows of `fact`) of up to `limit` entities whose attribute leads to it.

    An attribute with keys leads to its keys, and then in the order of its values; one without leads to its values.
    A page ends in an index, whatever stands behind it.
    """
    keyed = attribute.per is not None
    columns: list[Any] = [fact.c.sort, fact.c.entity] if keyed else [fact.c.entity]
    statements = []
    for target in targets:
        here = fact.c.key == target if keyed else and_(fact.c.key == "", fact.c.sort == target)
        statement = select(*COLUMNS).where(generation.holds(fact.c), _holds(attribute, when), here)
        if beyond is not None:
            statement = statement.where(_past(columns, beyond, descending=False))
        statements.append(statement.order_by(*columns).limit(limit))
    found = ask_all(connection, statements)
    for rows in found:
        rows.sort(key=(lambda row: (row.sort, row.entity)) if keyed else (lambda row: row.entity))
    return found


def count_referring(
    connection: Connection, generation: Generation, when: When, attribute: AttributeKind, target: str
) -> int:
    here = fact.c.key == target if attribute.per is not None else and_(fact.c.key == "", fact.c.sort == target)
    statement = select(func.count()).select_from(fact)
    return connection.execute(statement.where(generation.holds(fact.c), _holds(attribute, when), here)).scalar_one()


def _listed(
    generation: Generation, when: When, wanted: EntityFilter, order: EntityOrder
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    columns: list[ColumnElement[Any]]
    if order.attribute is None:
        columns = [naming.entity]
        statement = select(naming.entity).where(
            generation.holds(naming), naming.role == SEEN, naming.position <= when.basis
        )
    else:
        columns = [fact.c.sort, fact.c.entity]
        statement = select(fact.c.sort, fact.c.entity).where(
            generation.holds(fact.c), fact.c.key == order.key, _holds(order.attribute, when)
        )
    return statement.where(*narrowing(generation, when, wanted, columns[-1])), columns


def narrowing(
    generation: Generation, when: When, wanted: EntityFilter, entity: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """What an entity must satisfy, apart from being named by then."""
    merged = select(merge.entity).where(generation.holds(merge), merge.position <= when.basis, merge.until > when.basis)
    conditions = [entity.not_in(merged), *(_passes(generation, when, entity, test) for test in wanted.where)]
    if wanted.kinds is not None:
        conditions.append(or_(False, *(_of_kind(entity, kind) for kind in wanted.kinds)))
    if wanted.refs is not None:
        conditions.append(entity.in_(wanted.refs))
    return conditions


def _past(columns: Sequence[Any], place: Place, *, descending: bool) -> ColumnElement[bool]:
    """Strictly beyond a place, spelled out column by column."""
    first, *rest = columns
    beyond: ColumnElement[bool] = first < place[0] if descending else first > place[0]
    return or_(beyond, and_(first == place[0], _past(rest, place[1:], descending=descending))) if rest else beyond


def _holds(attribute: AttributeKind, when: When) -> ColumnElement[bool]:
    """Of a row of `fact`: it is (for members: one of) the values that its slot has."""
    of = and_(fact.c.attribute == attribute.stored, when.counts(fact.c), fact.c.sort.is_not(None))
    if attribute.rule in (TOTAL, TALLY):
        raise BadInput(f"{attribute.path} is a {attribute.rule.name}: entities cannot be listed by it")
    if attribute.rule is not MEMBERS:
        return and_(of, fact.c.id == chosen(attribute.rule, when, fact.c))
    other = fact.alias()
    last = (
        select(other.c.id)
        .where(
            same_slot(other.c, fact.c),
            other.c.value == fact.c.value,
            when.counts(other.c),
            other.c.closes > when.moment,
        )
        .order_by(*in_order(other.c, descending=True))
        .limit(1)
    )
    return and_(of, fact.c.op == Op.ADD, fact.c.id == last.scalar_subquery())


_COMPARE = {
    "eq": lambda column, value: column == value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
}


def _passes(generation: Generation, when: When, entity: ColumnElement[Any], test: Test) -> ColumnElement[bool]:
    if test.attribute.rule is TALLY:
        return _tally_passes(generation, when, entity, test)
    sort: Any = fact.c.sort
    conditions = [_COMPARE[name](sort, value) for name, value in test.bounds]
    if test.among is not None:
        conditions.append(sort.in_(test.among))
    if test.suffix is not None:
        conditions.append(sort.endswith(test.suffix, autoescape=True))
    return entity.in_(
        select(fact.c.entity).where(
            generation.holds(fact.c), fact.c.key == test.key, *conditions, _holds(test.attribute, when)
        )
    )


def _tally_passes(generation: Generation, when: When, entity: ColumnElement[Any], test: Test) -> ColumnElement[bool]:
    bounds = [(name, int(value) - (1 << 31)) for name, value in test.bounds]
    among = None if test.among is None else [int(value) - (1 << 31) for value in test.among]
    counted: Any = func.count(distinct(fact.c.item))
    conditions = [_COMPARE[name](counted, value) for name, value in bounds]
    if among is not None:
        conditions.append(counted.in_(among))
    rows = (
        select(fact.c.entity)
        .where(generation.holds(fact.c), fact.c.attribute == test.attribute.stored, fact.c.key == test.key)
        .where(when.counts(fact.c), fact.c.closes > when.moment)
        .group_by(fact.c.entity)
    )
    if all(_COMPARE[name](0, value) for name, value in bounds) and (among is None or 0 in among):
        # Nothing that was counted is 0 of it, and has no row.
        kind = test.attribute.path.partition(".")[0]
        return and_(_of_kind(entity, kind), entity.not_in(rows.having(not_(and_(*conditions)))))
    return entity.in_(rows.having(and_(*conditions)))


def _of_kind(entity: ColumnElement[Any], kind: str) -> ColumnElement[bool]:
    return and_(entity > f"{kind}:", entity < f"{kind};")
