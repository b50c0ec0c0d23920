"""After a merge, or the end of one: facts under the ids that stand, and entities found by each other's words."""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, delete, select, update

from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.domain.effects import names_entities
from timeline.domain.kinds import Kinds
from timeline.projection import called
from timeline.projection.facts import Row, as_said, renamed
from timeline.projection.generation import Generation
from timeline.projection.merges import Merge, Merges, related

mention, fact = tables.mention.c, tables.fact.c


def restate(connection: Connection, kinds: Kinds, generation: Generation, entities: Iterable[str]) -> None:
    """Bring the facts that records state of `entities`, or of what was merged into them, to the merges that are known.

    A fact that was known under one id, then under another, is a row for each: what was known before stays known.
    """
    connected = related(connection, generation, entities)
    call(connection, generation, connected)
    ids = set(entities) | {each.entity for each in connected}
    positions = select(mention.position).where(generation.holds(mention), mention.entity.in_(ids))
    ours = (generation.holds(fact), fact.position.in_(positions))
    columns = [column for column in tables.fact.columns if column.name in Row._fields]
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
    new = [row for piece, row in kept.items() if piece not in numbers]
    insert_rows(connection, tables.fact, new, shared=generation)
    insert_rows(connection, tables.slot, list({row.slot for row in rows}), shared=generation, once=True)


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
