"""What entities are called, at a date and as known at a position."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from timeline.database import tables
from timeline.database.bulk import slices
from timeline.database.prepared import Prepared
from timeline.domain.dates import END
from timeline.projection.generation import Generation, in_generation
from timeline.projection.merges import History
from timeline.projection.naming import DESCRIBED, NAMED

_naming = tables.naming.c
_NAMINGS = Prepared(
    select(
        _naming.entity,
        _naming.role,
        _naming.claim,
        _naming.start_lo,
        _naming.start_hi,
        _naming.position,
        _naming.until,
        _naming.name,
        _naming.aliases,
        _naming.description,
    )
    .where(
        in_generation(_naming),
        _naming.entity.in_(bindparam("entities", expanding=True)),
        _naming.position <= bindparam("last"),
        (_naming.until > bindparam("first")) | (_naming.role == NAMED),
    )
    .order_by(_naming.entity, _naming.position)
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an entity is: its name, and other names by which it can be found."""

    name: str
    aliases: tuple[str, ...]
    description: str | None

    def joined(self, others: "Iterable[Identity]") -> "Identity":
        """With the names of others as other names."""
        names = [*self.aliases, *(name for other in others for name in (other.name, *other.aliases))]
        return replace(self, aliases=tuple(each for each in dict.fromkeys(names) if each != self.name))


class Namings:
    """What records say of one entity's names, to be asked for any basis of the stretch that it was read for."""

    def __init__(self, entity: str, rows: Sequence[Any]) -> None:
        self._entity = entity
        self._rows = rows
        self._changes = sorted({place for row in rows for place in (row.position, row.until)})
        self._told: dict[tuple[int, int | None], Identity | None] = {}

    def identity(self, basis: int, at: int | None) -> Identity | None:
        """Who the entity is at `at` (None: at last); None if no record up to `basis` names it.

        Its name is its slug, else the first name given on a mention, else what `entity.described` says by its date.
        A name that no standing version gives is better than the slug all the same, and no other name.
        """
        asked = bisect_right(self._changes, basis), at  # between two changes nothing changes
        if asked not in self._told:
            rows = [row for row in self._rows if row.position <= basis and (row.until > basis or row.role == NAMED)]
            until = END - 1 if at is None else at  # what has no certain start never counts
            self._told[asked] = _identity(self._entity, rows, basis, until) if rows else None
        return self._told[asked]


class Names:
    """What entities are called, with those that were merged into them, to be asked for any basis of a stretch."""

    def __init__(
        self,
        connection: Connection,
        generation: Generation,
        entities: Collection[str],
        first: int,
        last: int,
        *,
        merged: bool = True,
    ) -> None:
        self._history = History.around(connection, generation, entities) if merged else History()
        self._namings = _namings(connection, generation, {*entities, *self._history.entities}, first, last)
        self._groups: dict[int, dict[str, tuple[str, ...]]] = {}

    def identity(self, entity: str, basis: int, at: int | None = None) -> Identity | None:
        """As for `Namings`. Those that were merged into an entity are called what it is called, and it has their names
        as other names.
        """
        if basis not in self._groups:
            self._groups[basis] = self._history.at(basis).groups
        one, *others = (
            self._namings[each].identity(basis, at) if each in self._namings else None
            for each in self._groups[basis].get(entity, (entity,))
        )
        return one.joined(filter(None, others)) if one is not None and others else one


def _namings(
    connection: Connection, generation: Generation, entities: Collection[str], first: int, last: int
) -> dict[str, Namings]:
    found: dict[str, list[Any]] = {}
    for some in slices(entities):
        given = {**generation.given, "entities": list(some), "first": first, "last": last}
        for row in _NAMINGS.rows(connection, given):
            found.setdefault(row.entity, []).append(row)
    return {entity: Namings(entity, rows) for entity, rows in found.items()}


def _identity(entity: str, rows: Iterable[Any], basis: int, until: int) -> Identity:
    named = [row for row in rows if row.role == NAMED]
    said: dict[int, str] = {row.claim: row.name for row in named if row.until > basis}  # a claim's last word
    given = [said[claim] for claim in sorted(said)]
    # The one that stood last: so it does not matter which of several records that gave a name has the row.
    fallback = max(named, key=lambda row: row.until).name if named else entity.partition(":")[2]
    described = sorted(
        (row for row in rows if row.role == DESCRIBED and row.start_hi <= until),
        key=lambda row: (row.start_hi, row.start_lo, row.claim),
    )
    names = given + [row.name for row in described if row.name]
    names += [alias for row in described for alias in orjson.loads(row.aliases)]
    name = next((row.name for row in reversed(described) if row.name), given[0] if given else fallback)
    return Identity(
        name=name,
        aliases=tuple(each for each in dict.fromkeys(names) if each != name),
        description=next((row.description for row in reversed(described) if row.description), None),
    )
