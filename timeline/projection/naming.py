"""What records say of the names of entities, as rows of `naming`."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select

from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.database.tables import NEVER
from timeline.domain.entities import EntityDescribed
from timeline.domain.records import Record

SEEN, NAMED, DESCRIBED = "seen", "named", "described"
Row = tuple[Any, ...]
Known = dict[str, set[str | None]]

_naming, _mention, _record, _revision = tables.naming.c, tables.mention.c, tables.record.c, tables.revision.c


def rows_of(timeline_id: int, record: Record, entities: Iterable[str], claim: int, known: Known) -> Iterator[Row]:
    """The first mention of an entity, and names that no earlier record gave; `known` remembers both.

    A correction gives its names again, in the place of those that its claim gave before.
    """
    for entity in entities:
        name = record.names.get(entity)
        if entity not in known:
            known[entity] = {None}
            yield _row(timeline_id, entity, record.position, SEEN, record.position)
        if name is not None and (name not in known[entity] or claim != record.position):
            known[entity].add(name)
            yield _row(timeline_id, entity, record.position, NAMED, claim, name=name)


def described(timeline_id: int, record: Record, event: EntityDescribed, claim: int) -> Row:
    date = record.occurred
    assert date is not None
    return _row(
        timeline_id,
        event.entity.key,
        record.position,
        DESCRIBED,
        claim,
        (date.start_lo, date.start_hi),
        event.name,
        orjson.dumps(event.aliases).decode(),
        event.description,
    )


def forget(connection: Connection, timeline_id: int, position: int) -> None:
    """Take away what a record that is being blanked said, and say again what it said first and others said later."""
    named = select(_mention.entity).where(_mention.timeline_id == timeline_id, _mention.position == position)
    entities = list(connection.execute(named).scalars())
    connection.execute(delete(tables.mention).where(_mention.timeline_id == timeline_id, _mention.position == position))
    for entity in entities:
        ours = (_naming.timeline_id == timeline_id) & (_naming.entity == entity)
        connection.execute(
            delete(tables.naming).where(ours, (_naming.position == position) | (_naming.role != DESCRIBED))
        )
        rows: list[Row] = []
        known: Known = {}
        for row in connection.execute(_naming_records(timeline_id, entity)):
            content = orjson.loads(row.content)
            record = Record(row.position, row.event_id, row.recorded_at, content, row.hash)
            rows += rows_of(timeline_id, record, (entity,), row.claim or row.position, known)
        insert_rows(connection, tables.naming, rows)


def _naming_records(timeline_id: int, entity: str) -> Any:
    return (
        select(_record.position, _record.event_id, _record.recorded_at, _record.content, _record.hash, _revision.claim)
        .select_from(
            tables.mention.join(
                tables.record,
                (_record.timeline_id == _mention.timeline_id) & (_record.position == _mention.position),
            ).outerjoin(
                tables.revision,
                (_revision.timeline_id == _mention.timeline_id) & (_revision.position == _mention.position),
            )
        )
        .where(_mention.timeline_id == timeline_id, _mention.entity == entity)
        .order_by(_mention.position)
    )


def _row(
    timeline_id: int,
    entity: str,
    position: int,
    role: str,
    claim: int,
    start: tuple[int | None, int | None] = (None, None),
    name: str | None = None,
    aliases: str | None = None,
    description: str | None = None,
) -> Row:
    return timeline_id, entity, position, role, claim, NEVER, *start, name, aliases, description
