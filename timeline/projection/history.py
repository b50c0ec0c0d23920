"""How slots came to their values: after each contribution in the world, and from each position on in knowledge."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from timeline.database import tables
from timeline.database.columns import NEVER
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.rules import EARLIEST, LATEST
from timeline.errors import TooLarge
from timeline.projection.generation import Generation
from timeline.projection.states import COLUMNS, Fact, When, in_order, order_of, value_of

fact = tables.fact.c
MAX_COMBINED = 500_000  # contributions: a second or two


@dataclass(slots=True)
class Effort:
    """What one question may cost. Each value of a rule that combines is made of all the contributions before it."""

    left: int = MAX_COMBINED

    def combine(self, attribute: AttributeKind, contributions: int) -> None:
        if attribute.rule in (LATEST, EARLIEST):
            return
        self.left -= contributions
        if self.left < 0:
            raise TooLarge(f"{attribute.path} has too many contributions for all its values: ask for fewer of them")


def slots_of(
    connection: Connection,
    generation: Generation,
    basis: int,
    entities: Collection[str],
    attributes: Collection[AttributeKind],
    key: str | None,
) -> Iterator[tuple[AttributeKind, list[Any]]]:
    """Every contribution that was known at `basis` or before, in its order, for each slot that has any."""
    statement = select(*COLUMNS).where(
        generation.holds(fact),
        fact.entity.in_(entities),
        fact.attribute.in_({each.stored for each in attributes}),
        fact.known_from <= basis,
        *(() if key is None else (fact.key == key,)),
    )
    ordered = statement.order_by(fact.entity, fact.attribute, fact.key, *in_order(fact), fact.known_from)
    for (_, path, _), rows in groupby(connection.execute(ordered), lambda row: (row.entity, row.attribute, row.key)):
        contributions = list(rows)
        for each in attributes:
            if each.stored == path and (taken := [row for row in contributions if each.takes(row)]):
                yield each, taken


@dataclass(frozen=True, slots=True)
class Point:
    """A contribution in the history of its slot in the world. What its value was then is worked out when asked for."""

    attribute: AttributeKind
    row: Any
    until: Sequence[Any] = field(repr=False)  # all that are known of the slot
    index: int

    def fact(self, effort: Effort) -> Fact:
        """The value right after it, at the moment at which it has certainly begun."""
        effort.combine(self.attribute, self.index + 1)
        value, _ = value_of(self.attribute, self.until[: self.index + 1], self.row.start_hi)
        return Fact(self.attribute, self.row.key, value, self.row)


def in_the_world(attribute: AttributeKind, rows: Sequence[Any], basis: int) -> list[Point]:
    """The contributions that are known at `basis`, in the order of the world."""
    known = [row for row in rows if row.known_until > basis]
    return [Point(attribute, row, known, index) for index, row in enumerate(known)]


def in_knowledge(attribute: AttributeKind, rows: Sequence[Any], when: When, effort: Effort) -> Iterator[Fact]:
    """What was held true of a moment, from each position on at which that changed.

    `row` is what set it, with the positions between which it was so held; none where nothing was held any more.
    """
    begun = [row for row in rows if (row.start_lo < when.moment if when.possible else row.start_hi <= when.moment)]
    come, go = _by(begun, "known_from", when.basis), _by(begun, "known_until", when.basis)
    known: list[Any] = []
    held: Fact | None = None
    for position in sorted(come.keys() | go.keys()):
        for row in go.get(position, ()):
            del known[bisect_left(known, order_of(row), key=order_of)]
        for row in come.get(position, ()):
            insort(known, row, key=order_of)
        effort.combine(attribute, len(known))
        value, row = value_of(attribute, known, when.moment)
        if held is not None and row is not None and (value, row.position) == (held.value, held.row.position):
            continue
        if held is not None:
            yield held._replace(row=_Held(held.row, held.row.known_from, position))
        held = None if row is None else Fact(attribute, row.key, value, _Held(row, position, NEVER))
    if held is not None:
        yield held


def _by(rows: Sequence[Any], column: str, basis: int) -> dict[int, list[Any]]:
    """Rows by a position at which they become known, or are known no longer."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        if (position := getattr(row, column)) <= basis:
            found.setdefault(position, []).append(row)
    return found


class _Held:
    """A contribution, known between other positions."""

    def __init__(self, row: Any, known_from: int, known_until: int) -> None:
        self._row = row
        self.known_from = known_from
        self.known_until = known_until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
