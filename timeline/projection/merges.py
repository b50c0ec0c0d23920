"""Entities that are one: which id stands for another, as known at a position, and facts restated under it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from timeline.database import tables
from timeline.database.bulk import insert_rows, slices
from timeline.database.columns import NEVER
from timeline.database.prepared import Prepared
from timeline.domain.declare import Event
from timeline.domain.effects import names_entities
from timeline.domain.entities import EntityMerged
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import BadInput, Conflict
from timeline.projection import called
from timeline.projection.facts import Row, as_said, renamed
from timeline.projection.generation import Generation, in_generation

merge, mention, fact = tables.merge.c, tables.mention.c, tables.fact.c


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


def restate(connection: Connection, kinds: Kinds, generation: Generation, entities: Iterable[str]) -> None:
    """Bring the facts that records state of `entities`, or of what was merged into them, to the merges that are known.

    A fact that was known under one id, then under another, is a row for each: what was known before stays known.
    """
    connected = related(connection, generation, entities)
    call(connection, generation, connected)
    ids = set(entities) | {each.entity for each in connected}
    positions = select(mention.position).where(generation.holds(mention), mention.entity.in_(ids))
    ours = (generation.holds(fact), fact.position.in_(positions))
    columns = [column for column in tables.fact.columns if column.name != "id"]
    pieces: dict[tuple[int, int], list[Row]] = {}
    numbers: dict[tuple[int, int, int], int] = {}
    for number, *found in connection.execute(select(fact.id, *columns).where(*ours).order_by(fact.known_from)):
        row = Row(*found)
        pieces.setdefault((row.position, row.ordinal), []).append(row)
        numbers[row.position, row.ordinal, row.known_from] = number
    # Not only of `entities`: a fact may be keyed by, or name, an id that was merged on its own.
    named = {part for rows in pieces.values() for part in _ids(rows[0])}
    merges = related(connection, generation, named)
    changed = {place: new for place, old in pieces.items() if (new := list(_restated(kinds, old, merges))) != old}
    if not changed:
        return
    rows = [row for new in changed.values() for row in new]
    kept = {(row.position, row.ordinal, row.known_from): row for row in rows}
    # What was known before keeps its number: who reads at an older basis may be between two statements.
    dropped = [
        n
        for (at, ordinal, since), n in numbers.items()
        if (at, ordinal) in changed and (at, ordinal, since) not in kept
    ]
    for number in dropped:
        connection.execute(delete(tables.fact).where(fact.id == number))
    for piece, row in kept.items():
        if (number_kept := numbers.get(piece)) is not None:
            connection.execute(update(tables.fact).where(fact.id == number_kept).values(row._asdict()))
    insert_rows(connection, tables.fact, [row for piece, row in kept.items() if piece not in numbers])
    insert_rows(connection, tables.slot, list({row.slot for row in rows}), once=True)


def call(connection: Connection, generation: Generation, merges: Collection[Merge]) -> None:
    """Let what was merged be found by whatever it was called before, along all the merges."""
    ids = {each for row in merges for each in (row.entity, row.into)}
    there = called.of(connection, generation, ids)
    grown = {entity: set(words) for entity, words in there.items()}
    changed = True
    while changed:
        changed = False
        for each in merges:
            if more := grown[each.entity] - grown[each.into]:
                grown[each.into] |= more
                changed = True
    called.add(connection, generation, {entity: words - there[entity] for entity, words in grown.items()})


def call_again(connection: Connection, generation: Generation, entities: Collection[str]) -> None:
    """Forget what these entities, and those that were one with them, are no longer said to be called by anybody."""
    if entities:
        connected = related(connection, generation, entities)
        called.tell_again(
            connection, generation, {*entities, *(each for row in connected for each in (row.entity, row.into))}
        )
        call(connection, generation, connected)


def _ids(row: Row) -> Iterator[str]:
    said, _ = as_said(row)
    yield from (part for part in (said.entity, said.key, said.item, said.sort) if part and ":" in part)


def _restated(kinds: Kinds, pieces: list[Row], merges: list[Merge]) -> Iterator[Row]:
    first, last = pieces[0], pieces[-1]
    said, refers = as_said(first)
    attribute = kinds.attributes.get(first.attribute)
    refers = refers or (attribute is not None and names_entities(attribute))
    start, end = first.known_from, last.known_until
    moments = sorted({start, *(m for each in merges for m in (each.position, each.until) if start < m < end)})
    previous: Row | None = None
    for since in moments:
        known = Merges({each.entity: each for each in merges if each.position <= since < each.until})
        row = renamed(said, known.canonical, refers=refers)._replace(known_from=since, known_until=end)
        if previous is None or row._replace(known_from=previous.known_from) != previous:
            if previous is not None:
                yield previous._replace(known_until=since)
            previous = row
    assert previous is not None
    yield previous


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
