"""What entities are called, at a date and as known at a position."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.domain.dates import END
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
        _naming.timeline_id == bindparam("timeline"),
        _naming.entity.in_(bindparam("entities", expanding=True)),
        _naming.position <= bindparam("basis"),
        (_naming.until > bindparam("basis")) | (_naming.role == NAMED),
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


def identities(
    connection: Connection, timeline_id: int, entities: Collection[str], basis: int, at: int | None
) -> dict[str, Identity]:
    """Those of `entities` (`kind:slug`) that a record up to `basis` names, as they are called at `at` (None: at last).

    An entity's name is its slug, else the first name given on a mention, else what `entity.described` says by its date.
    A name that no standing version gives is better than the slug all the same, and no other name.
    """
    found: dict[str, list[Any]] = {}
    if entities:
        given = {"timeline": timeline_id, "entities": list(entities), "basis": basis}
        for row in _NAMINGS.rows(connection, given):
            found.setdefault(row.entity, []).append(row)
    until = END - 1 if at is None else at  # what has no certain start never counts
    return {entity: _identity(entity, rows, basis, until) for entity, rows in found.items()}


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
