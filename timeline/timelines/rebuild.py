"""Making everything that is derived from a log again from its records."""

import json
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, delete, select

from timeline.database import tables
from timeline.domain.acts import CORRECTION, REDACTED, REVISIONS
from timeline.domain.contents import event_of
from timeline.domain.declare import Event
from timeline.domain.effects import Effect, effects_of
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import Unavailable
from timeline.log.append import lock_head
from timeline.log.read import record_of, records_by_id, rows_after
from timeline.projection.merges import Merges, merged_by, restate
from timeline.projection.project import Projected, forget, known_names, project, tell_names_again
from timeline.projection.standing import About, Standing, standings

BATCH = 1_000
Was = dict[int, tuple[str, UUID]]  # what blanked records did to which others, by position


def rebuild(connection: Connection, kinds: Kinds, timeline_id: int, batch: int = BATCH) -> Iterator[tuple[int, int]]:
    """(records done, records in all) after each `batch` records, inside a transaction that the caller opened.

    Readers see the old state until the commit; whoever appends waits for it. UNAVAILABLE, naming the record, if one
    cannot be projected.
    """
    head = lock_head(connection, timeline_id).position
    for table in tables.DISPOSABLE:
        connection.execute(delete(table).where(table.c.timeline_id == timeline_id))
    blanked = _blanked(connection, timeline_id)
    after = 0
    while rows := rows_after(connection, timeline_id, after, head, batch):
        records = [record_of(row) for row in rows]
        _replay(connection, kinds, timeline_id, records, blanked)
        after = records[-1].position
        yield after, head


def _blanked(connection: Connection, timeline_id: int) -> Was:
    """Their redactions say what they did."""
    redaction, record = tables.redaction.c, tables.record.c
    statement = (
        select(redaction.position, record.content)
        .join_from(
            tables.redaction,
            tables.record,
            (record.timeline_id == redaction.timeline_id) & (record.position == redaction.redaction),
        )
        .where(redaction.timeline_id == timeline_id)
    )
    found: Was = {}
    for position, content in connection.execute(statement):
        was = json.loads(content)["data"].get("was")
        if was is not None:
            found[position] = (was["kind"], UUID(was["target"]))
    return found


def _replay(connection: Connection, kinds: Kinds, timeline_id: int, records: list[Record], blanked: Was) -> None:
    acts = {record.position: act for record in records if (act := _act(record, blanked)) is not None}
    targets = records_by_id(connection, timeline_id, {target for _, target in acts.values()})
    claims = standings(connection, timeline_id, [target.position for target in targets.values()])
    read = {record.position: _read(kinds, record) for record in records}
    named = {entity for _, entities, _ in read.values() for entity in entities}
    merges = Merges.of(connection, timeline_id, named | merged_by(targets.values()))
    projected = []
    for record in records:
        event, entities, effects = read[record.position]
        about = None
        if record.position in acts:
            done, target_id = acts[record.position]
            about = _about(kinds, claims, record, done, targets[target_id])
        revised = about.target if about is not None and about.kind in REVISIONS else None
        changed = merges.follow(record.position, event, revised)
        projected.append(Projected(record, event, entities, effects, about, merges.resolve(entities), changed))
    project(connection, kinds, timeline_id, projected, known_names(connection, timeline_id, named))
    tell_names_again(connection, timeline_id, projected)
    remerged = {entity for each in projected for entity in each.remerged}
    for record in records:
        if record.kind == REDACTED:
            remerged.update(forget(connection, timeline_id, record.position))
    if remerged:
        restate(connection, kinds, timeline_id, remerged)


def _act(record: Record, blanked: Was) -> tuple[str, UUID] | None:
    if record.kind == REDACTED:
        return blanked.get(record.position)
    return None if record.target is None else (record.act, record.target)


def _read(kinds: Kinds, record: Record) -> tuple[Event | None, tuple[str, ...], tuple[Effect, ...]]:
    event = event_of(kinds, record.content)
    if event is None or record.occurred is None:
        return None, (), ()
    kind = kinds.kind_of(event)
    try:
        effects = tuple(effects_of(kinds.attributes, kind.changes(event, record.occurred)))
    except Exception as error:
        raise Unavailable(
            f"the record at position {record.position} ({kind.name}) cannot be projected: {error}"
        ) from error
    return event, tuple(dict.fromkeys(ref.key for _, ref in kind.refs(event))), effects


def _about(kinds: Kinds, claims: dict[int, Standing], record: Record, act: str, target: Record) -> About:
    standing = claims.setdefault(target.position, Standing(target.position, target.position))
    if act == CORRECTION:
        claims[record.position] = Standing(record.position, standing.claim)
    event = event_of(kinds, target.content)
    entities = () if event is None else tuple(ref.key for _, ref in kinds.kind_of(event).refs(event))
    return About(act, target.position, standing.claim)._replace(entities=entities, names=target.names)
