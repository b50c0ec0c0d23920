"""How slots came to their values: contributions in their order, what changed in knowledge, what an event did."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, tuple_

from timeline.database import tables
from timeline.database.tables import NEVER
from timeline.domain.effects import read_value
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.kinds import Kinds
from timeline.domain.rules import EARLIEST, HIGHEST, LATEST, LOWEST
from timeline.projection.states import COLUMNS, Fact, When, fold, in_order, order_of
from timeline.projection.unions import ask_all

fact = tables.fact.c
_PICKS = (EARLIEST, LOWEST, HIGHEST)
_MOST = 10_000  # contributions that a value is folded from, where what an event did is asked


def slots_of(
    connection: Connection,
    kinds: Kinds,
    timeline_id: int,
    basis: int,
    entities: Collection[str],
    paths: Collection[str],
    key: str | None,
) -> Iterator[tuple[AttributeKind, list[Any]]]:
    """Every contribution that was known at `basis` or before, in its order, for each slot that has any."""
    statement = select(*COLUMNS).where(
        fact.timeline_id == timeline_id,
        fact.entity.in_(entities),
        fact.attribute.in_(paths),
        fact.known_from <= basis,
        *(() if key is None else (fact.key == key,)),
    )
    ordered = statement.order_by(fact.entity, fact.attribute, fact.key, *in_order(fact), fact.known_from)
    for (_, path, _), rows in groupby(connection.execute(ordered), lambda row: (row.entity, row.attribute, row.key)):
        yield kinds.attributes[path], list(rows)


def in_the_world(attribute: AttributeKind, rows: Sequence[Any], basis: int) -> Iterator[Fact]:
    """The value after each contribution that is known at `basis`, in the order of the world."""
    known = [row for row in rows if row.known_until > basis]
    for index, row in enumerate(known):
        yield Fact(attribute, row.key, _after(attribute, known[: index + 1], row), row)


def in_knowledge(attribute: AttributeKind, rows: Sequence[Any], when: When) -> Iterator[Fact]:
    """What was held true of a moment, from each position on at which that changed.

    `row` is what set it, with the positions between which it was so held; none where nothing was held any more.
    """
    begun = [row for row in rows if (row.start_lo < when.moment if when.possible else row.start_hi <= when.moment)]
    moments = sorted({at for row in begun for at in (row.known_from, row.known_until) if at <= when.basis})
    held: Fact | None = None
    for position in moments:
        known = [row for row in begun if row.known_from <= position < row.known_until]
        now = _held(attribute, known, replace(when, basis=position))
        if now is not None and held is not None and (now.value, now.row.position) == (held.value, held.row.position):
            continue
        if held is not None:
            yield held._replace(row=_Held(held.row, held.row.known_from, position))
        held = None if now is None else now._replace(row=_Held(now.row, position, NEVER))
    if held is not None:
        yield held


class _Held:
    """A contribution, known between other positions."""

    def __init__(self, row: Any, known_from: int, known_until: int) -> None:
        self._row = row
        self.known_from = known_from
        self.known_until = known_until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def _held(attribute: AttributeKind, known: Sequence[Any], when: When) -> Fact | None:
    holding = [row for row in known if row.closes > when.moment]
    if not known or (attribute.rule is LATEST and not holding):
        return None
    value = fold(attribute, known, when)
    return Fact(attribute, known[-1].key, value, _setter(attribute, known, holding, value))


def _setter(attribute: AttributeKind, known: Sequence[Any], holding: Sequence[Any], value: Any) -> Any:
    if attribute.rule in _PICKS:
        return next((row for row in known if read_value(attribute, row.value) == value), known[-1])
    return (holding or known)[-1]


def _after(attribute: AttributeKind, known: Sequence[Any], row: Any) -> Any:
    """The value right after the last of these contributions, at the moment at which it has certainly begun."""
    return fold(attribute, known, When(row.known_from, row.start_hi))


class Difference(NamedTuple):
    """What a contribution made of a slot. None: no value."""

    before: Fact | None
    after: Fact


def differences(
    connection: Connection, kinds: Kinds, timeline_id: int, asked: Sequence[tuple[int, int]]
) -> list[list[Difference]]:
    """What each record did to states in the order of the world: for each (position, basis), two statements for all."""
    found: list[list[Difference]] = [[] for _ in asked]
    own = [
        select(*COLUMNS).where(
            fact.timeline_id == timeline_id,
            fact.position == position,
            fact.known_from <= basis,
            fact.known_until > basis,
        )
        for position, basis in asked
    ]
    rows = [row for several in ask_all(connection, own) for row in sorted(several, key=lambda row: row.ordinal)]
    for row, earlier in zip(rows, _earlier(connection, kinds, timeline_id, rows, asked), strict=True):
        attribute = kinds.attributes[row.attribute]
        when = When(asked[row.ask][1], row.start_hi)
        before = _held(attribute, earlier, when)
        after = Fact(attribute, row.key, fold(attribute, [*earlier, row], when), row)
        found[row.ask].append(Difference(before, after))
    return found


def _earlier(
    connection: Connection, kinds: Kinds, timeline_id: int, rows: Sequence[Any], asked: Sequence[tuple[int, int]]
) -> list[list[Any]]:
    """The contributions before each of `rows` in its slot, in their order; of `latest` only the last that holds."""
    statements = []
    for row in rows:
        basis = asked[row.ask][1]
        rule = kinds.attributes[row.attribute].rule
        statement = (
            select(*COLUMNS)
            .where(
                fact.timeline_id == timeline_id,
                fact.entity == row.entity,
                fact.attribute == row.attribute,
                fact.key == row.key,
                fact.known_from <= basis,
                fact.known_until > basis,
                tuple_(*in_order(fact)) < order_of(row),
            )
            .order_by(*in_order(fact, descending=True))
            .limit(1 if rule is LATEST else _MOST)
        )
        statements.append(statement.where(fact.closes > row.start_hi) if rule is LATEST else statement)
    return [sorted(several, key=order_of) for several in ask_all(connection, statements)]
