"""What events did to states: the value of each slot before them in the order of the world, and after."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, and_, literal_column, select, tuple_, union_all

from timeline.database import tables
from timeline.domain.dates import END
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.kinds import Kinds
from timeline.domain.rules import Rule
from timeline.projection.generation import Generation
from timeline.projection.states import COLUMNS, ORDERS, Fact, in_order, order_of, picked, same_slot, value_of

fact = tables.fact


class Difference(NamedTuple):
    """What a contribution made of a slot. None: no value."""

    before: Fact | None
    after: Fact


def differences(
    connection: Connection, kinds: Kinds, generation: Generation, positions: Sequence[int], basis: int | None
) -> dict[int, list[Difference]]:
    """For each record, as known at `basis` (None: as known when it was recorded), in the order of its changes.

    Two statements for all of them. What never certainly begins changes nothing.
    """
    found: dict[int, list[Difference]] = {position: [] for position in positions}
    own = select(*COLUMNS).where(
        generation.holds(fact.c), fact.c.position.in_(positions), fact.c.start_hi < END, _known(fact.c, basis)
    )
    rows = sorted(connection.execute(own), key=lambda row: row.ordinal) if positions else []
    read = [(each, row) for row in rows for each in kinds.readers[row.attribute] if each.takes(row)]
    earlier = _earlier(connection, read, basis)
    for attribute, row in read:
        before = earlier.get((attribute.rule, row.id), [])
        value, setter = value_of(attribute, before, row.start_hi)
        after, _ = value_of(attribute, [*before, row], row.start_hi)
        found[row.position].append(
            Difference(
                None if setter is None else Fact(attribute, row.key, value, setter),
                Fact(attribute, row.key, after, row),
            )
        )
    return found


def _known(row: Any, basis: int | None) -> Any:
    at = row.position if basis is None else basis
    return and_(row.known_from <= at, row.known_until > at)


def _earlier(
    connection: Connection, asked: Sequence[tuple[AttributeKind, Any]], basis: int | None
) -> dict[tuple[Rule, int], list[Any]]:
    """By a rule and a row's id the contributions before it in its slot, in their order; of a rule that picks one, only
    that one.
    """
    by_rule: dict[Rule, list[int]] = {}
    for attribute, row in asked:
        by_rule.setdefault(attribute.rule, []).append(row.id)
    statements = []
    for number, (rule, ids) in enumerate(by_rule.items()):
        own, other = fact.alias(), fact.alias()
        at = own.c.position if basis is None else basis
        before = and_(
            other.c.known_from <= at,
            other.c.known_until > at,
            tuple_(*in_order(other.c)) < tuple_(*in_order(own.c)),
        )
        columns = [own.c.id.label("of"), *(other.c[column.name] for column in COLUMNS)]
        if rule in ORDERS:
            chosen = fact.alias()
            one = picked(rule, other, own.c, own.c.start_hi, before)
            columns = [own.c.id.label("of"), *(chosen.c[column.name] for column in COLUMNS)]
            joined = select(*columns).join_from(own, chosen, chosen.c.id == one)
        else:
            joined = select(*columns).join_from(own, other, and_(same_slot(other.c, own.c), before))
        part = literal_column(str(number), Integer).label("part")
        statements.append(joined.add_columns(part).where(own.c.id.in_(ids)))
    rules, found = list(by_rule), dict[tuple[Rule, int], list[Any]]()
    if statements:
        for row in connection.execute(union_all(*statements) if statements[1:] else statements[0]):
            found.setdefault((rules[row.part], row.of), []).append(row)
    for several in found.values():
        several.sort(key=order_of)
    return found
