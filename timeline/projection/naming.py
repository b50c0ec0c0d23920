"""What records say of the names of entities, as rows of `naming`. A name stands as long as a version that gives it."""

from collections.abc import Collection, Iterable, Iterator

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from timeline.database import tables
from timeline.database.bulk import Row, insert_rows
from timeline.database.columns import NEVER
from timeline.domain.entities import EntityDescribed
from timeline.domain.records import Record
from timeline.projection.generation import Generation, in_generation, together

SEEN, NAMED, DESCRIBED = "seen", "named", "described"
Known = dict[str, set[str | None]]

_naming, _mention, _record = tables.naming.c, tables.mention.c, tables.record.c
_occurrence, _revision = tables.occurrence.c, tables.revision.c


def rows_of(record: Record, entities: Iterable[str], claim: int, known: Known) -> Iterator[Row]:
    """The first mention of an entity, and names that no standing record gives; `known` remembers both.

    A correction gives its names in any case, in the place of those that the version before it gave.
    """
    for entity in entities:
        name = record.names.get(entity)
        if entity not in known:
            known[entity] = {None}
            yield _row(entity, record.position, SEEN, record.position)
        if name is not None and (name not in known[entity] or claim != record.position):
            known[entity].add(name)
            yield _row(entity, record.position, NAMED, claim, name=name)


def described(record: Record, event: EntityDescribed, claim: int) -> Row:
    date = record.occurred
    assert date is not None
    return _row(
        event.entity.key,
        record.position,
        DESCRIBED,
        claim,
        (date.start_lo, date.start_hi),
        event.name,
        orjson.dumps(event.aliases).decode(),
        event.description,
    )


def named_at(connection: Connection, generation: Generation, entities: Collection[str], position: int) -> list[str]:
    """Those of `entities` whose name has a row because of the record at `position`."""
    given = {**generation.given, "entities": list(entities), "position": position}
    return list(connection.execute(_NAMED_AT, given).scalars()) if entities else []


def forget(connection: Connection, generation: Generation, position: int) -> list[str]:
    """Take away what a record that is being blanked said of entities, and tell again what others said of them.

    The entities that it named.
    """
    ours = {**generation.given, "position": position}
    # By position alone, without an index: the registry may not know which entities the record named.
    entities = list(connection.execute(_MENTIONED, ours).scalars())
    connection.execute(delete(tables.mention).where(generation.holds(_mention), _mention.position == position))
    for entity in entities:
        connection.execute(
            delete(tables.naming).where(
                generation.holds(_naming), _naming.entity == entity, _naming.position == position
            )
        )
        tell_again(connection, generation, entity)
    return entities


def tell_again(connection: Connection, generation: Generation, entity: str) -> None:
    """Make the rows of an entity's first mention and names anew, from every record that names it."""
    connection.execute(
        delete(tables.naming).where(generation.holds(_naming), _naming.entity == entity, _naming.role != DESCRIBED)
    )
    rows: list[Row] = []
    given: dict[str, list[tuple[int, int]]] = {}  # by name: the claims that give it, each until when
    for row in connection.execute(_TELLING, {**generation.given, "entity": entity}):
        claim, until = row.claim or row.position, min(row.corrected_at, row.retracted_at)
        if not rows:
            rows.append(_row(entity, row.position, SEEN, row.position))
        name = orjson.loads(row.content).get("names", {}).get(entity)
        if name is None or any(first <= claim and until <= end for first, end in given.get(name, ())):
            continue
        given.setdefault(name, []).append((claim, until))
        rows.append(_row(entity, row.position, NAMED, claim, until=until, name=name))
    insert_rows(connection, tables.naming, rows, shared=generation)


_MENTIONED = select(_mention.entity).where(in_generation(_mention), _mention.position == bindparam("position"))
_NAMED_AT = select(_naming.entity).where(
    in_generation(_naming),
    _naming.entity.in_(bindparam("entities", expanding=True)),
    _naming.position == bindparam("position"),
    _naming.role == NAMED,
)
_TELLING = (
    select(_record.position, _record.content, _revision.claim, _occurrence.corrected_at, _occurrence.retracted_at)
    .select_from(
        tables.mention.join(
            tables.record, (_record.timeline_id == _mention.timeline_id) & (_record.position == _mention.position)
        )
        .join(
            tables.occurrence,
            together(_occurrence, _mention) & (_occurrence.position == _mention.position),
        )
        .outerjoin(
            tables.revision,
            together(_revision, _mention) & (_revision.position == _mention.position),
        )
    )
    .where(in_generation(_mention), _mention.entity == bindparam("entity"))
    .order_by(_mention.position)
)


def _row(
    entity: str,
    position: int,
    role: str,
    claim: int,
    start: tuple[int | None, int | None] = (None, None),
    name: str | None = None,
    aliases: str | None = None,
    description: str | None = None,
    until: int = NEVER,
) -> Row:
    return entity, position, role, claim, until, *start, name, aliases, description
