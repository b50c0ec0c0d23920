"""Entities that are one: which id stands for another, as known at a position."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from timeline.database import tables
from timeline.database.bulk import slices
from timeline.database.columns import NEVER
from timeline.database.prepared import Prepared
from timeline.domain.declare import Event
from timeline.domain.entities import EntityMerged
from timeline.domain.records import Record
from timeline.errors import BadInput, Conflict
from timeline.projection.generation import Generation, in_generation

merge = tables.merge.c


class Merge(NamedTuple):
    entity: str
    into: str
    position: int
    until: int


@dataclass(slots=True)
class Merges:
    """The merges that stand, as the appends admitted so far leave them, by the id that was given up."""

    standing: dict[str, Merge] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, generation: Generation, entities: Collection[str]) -> "Merges":
        """What is needed to resolve `entities`: one statement where none of them was merged."""
        return cls({each.entity: each for each in _upwards(connection, generation, entities, NEVER - 1)})

    def copy(self) -> "Merges":
        return Merges(dict(self.standing))

    def canonical(self, entity: str) -> str:
        while (found := self.standing.get(entity)) is not None:
            entity = found.into
        return entity

    def resolve(self, entities: Iterable[str]) -> dict[str, str]:
        """The id that stands for each of `entities`; only those for which another one does."""
        return {entity: self.canonical(entity) for entity in entities if entity in self.standing}

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """For each id that shares an entity with others, all of that entity's, the one that stands for them first."""
        absorbed: dict[str, list[str]] = {}
        for entity in sorted(self.standing):
            absorbed.setdefault(self.canonical(entity), []).append(entity)
        together = [(canonical, *several) for canonical, several in absorbed.items()]
        return {each: group for group in together for each in group}

    def add(self, entity: str, into: str, position: int) -> None:
        """CONFLICT if `entity` is another one already, BAD_INPUT if it would become itself."""
        if (found := self.standing.get(entity)) is not None:
            raise Conflict(f"{entity} is the same as {found.into} since position {found.position}", ("data", "entity"))
        if self.canonical(into) == entity:
            raise BadInput(f"{into} is the same as {entity} already", ("data", "into"))
        self.standing[entity] = Merge(entity, into, position, NEVER)

    def follow(self, position: int, event: Event | None, revised: int | None) -> tuple[str, ...]:
        """Bring merges up to the record at `position`, which revises the one at `revised`, if any.

        The ids that it makes others of, or makes themselves again. Errors as for `add`.
        """
        changed = []
        if revised is not None and (freed := self.remove(revised)):
            changed.append(freed)
        if isinstance(event, EntityMerged):
            self.add(event.entity.key, event.into.key, position)
            changed.append(event.entity.key)
        return tuple(changed)

    def remove(self, position: int) -> str | None:
        """Undo the merge that a record said; the id that is free again."""
        for entity, found in self.standing.items():
            if found.position == position:
                del self.standing[entity]
                return entity
        return None


def merged_by(records: Iterable[Record]) -> set[str]:
    """The ids that these records gave up: whoever revises one of them frees its id, and need not name it."""
    merging = EntityMerged.declared.kind
    return {record.content["data"]["entity"] for record in records if record.kind == merging}


@dataclass(frozen=True, slots=True)
class History:
    """The merges that concern some entities, to be asked for any basis of the stretch that it was read for."""

    rows: tuple[Merge, ...] = ()

    @classmethod
    def above(
        cls, connection: Connection, generation: Generation, entities: Iterable[str], first: int, last: int
    ) -> "History":
        """Of `entities` into others, as known at each basis from `first` to `last`."""
        return cls(tuple(_upwards(connection, generation, entities, last, first)))

    @classmethod
    def around(cls, connection: Connection, generation: Generation, entities: Iterable[str]) -> "History":
        """Of `entities` into others and of others into them, whenever they stood."""
        return cls(tuple(related(connection, generation, entities)))

    @property
    def entities(self) -> set[str]:
        return {entity for each in self.rows for entity in (each.entity, each.into)}

    def at(self, basis: int) -> Merges:
        """Those that stand."""
        return Merges({each.entity: each for each in self.rows if each.position <= basis < each.until})


def absorbed(
    connection: Connection, generation: Generation, entities: Collection[str], basis: int
) -> dict[str, list[str]]:
    """The ids that each of `entities` stands for as known at `basis`, itself left out; only those that have any."""
    found: dict[str, list[str]] = {}
    stands_for = {entity: entity for entity in entities}
    while stands_for:
        rows = connection.execute(
            _MERGES.where(
                generation.holds(merge),
                merge.into.in_(stands_for),
                merge.position <= basis,
                merge.until > basis,
            )
        ).all()
        stands_for = {row.entity: stands_for[row.into] for row in rows}
        for entity, canonical in sorted(stands_for.items()):
            found.setdefault(canonical, []).append(entity)
    return found


def first_position(connection: Connection, generation: Generation) -> int:
    """From which position on there are any, standing or not; NEVER if there are none."""
    return connection.execute(_FIRST, generation.given).scalar_one() or NEVER


def related(connection: Connection, generation: Generation, entities: Iterable[str]) -> list[Merge]:
    """All merges, standing or not, that connect `entities` with others."""
    asked, left, found = set(entities), set(entities), set()
    while left:
        for some in slices(left):
            here = merge.entity.in_(some) | merge.into.in_(some)
            found |= {Merge(*row) for row in connection.execute(_MERGES.where(generation.holds(merge), here))}
        left = {each for row in found for each in (row.entity, row.into)} - asked
        asked |= left
    return sorted(found)


_MERGES = select(merge.entity, merge.into, merge.position, merge.until)
_FIRST = select(func.min(merge.position)).where(in_generation(merge))
_STANDING = Prepared(
    _MERGES.where(
        in_generation(merge),
        merge.entity.in_(bindparam("entities", expanding=True)),
        merge.position <= bindparam("basis"),
        merge.until > bindparam("since"),
    )
)


def _upwards(
    connection: Connection, generation: Generation, entities: Iterable[str], basis: int, since: int | None = None
) -> Iterator[Merge]:
    """Those that stand at `basis`; with `since`, at any basis from there to `basis`."""
    asked, left = set(entities), set(entities)
    while left:
        rows = [
            row
            for some in slices(left)
            for row in _standing(connection, generation, some, basis, basis if since is None else since)
        ]
        yield from rows
        left = {row.into for row in rows} - asked
        asked |= left


def _standing(
    connection: Connection, generation: Generation, entities: list[str], basis: int, since: int
) -> list[Merge]:
    given = {**generation.given, "entities": entities, "basis": basis, "since": since}
    return [Merge(row.entity, row.into, row.position, row.until) for row in _STANDING.rows(connection, given)]
