"""Projecting records as they stand in the log: what appending them projected, or would have, comes out equal."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.database import tables
from timeline.domain.acts import CORRECTION, REDACTED, REVISIONS
from timeline.domain.contents import Said, entities_of, event_of
from timeline.domain.effects import effects_of
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import Unavailable
from timeline.log.read import records_by_id
from timeline.projection.generation import Generation
from timeline.projection.merges import Merges, merged_by
from timeline.projection.project import Projected, known_names, project, settle
from timeline.projection.standing import About, Standing, standings

Acts = dict[int, tuple[str, UUID]]  # what records do to which others, by position


def replay(connection: Connection, kinds: Kinds, generation: Generation, records: Sequence[Record]) -> None:
    """Add to a generation the records that follow on those which it has. UNAVAILABLE, naming the record, if one cannot
    be projected.
    """
    acts = _acts(connection, generation.timeline_id, records)
    targets = records_by_id(connection, generation.timeline_id, {target for _, target in acts.values()})
    claims = standings(connection, generation, [target.position for target in targets.values()])
    read = {record.position: _read(kinds, record) for record in records}
    named = {entity for said in read.values() for entity in said.entities}
    merges = Merges.of(connection, generation, named | merged_by(targets.values()))
    projected = []
    for record in records:
        said = read[record.position]
        about = None
        if record.position in acts:
            done, target_id = acts[record.position]
            about = _about(kinds, claims, record, done, targets[target_id])
        revised = about.target if about is not None and about.kind in REVISIONS else None
        remerged = merges.follow(record.position, said.event, revised)
        projected.append(Projected(record, said, about, merges.resolve(said.entities), remerged))
    project(connection, kinds, generation, projected, known_names(connection, generation, named))
    settle(connection, kinds, generation, projected, [each.position for each in records if each.kind == REDACTED])


def _acts(connection: Connection, timeline_id: int, records: Sequence[Record]) -> Acts:
    acts = {record.position: (record.act, record.target) for record in records if record.target is not None}
    if blanked := [record.position for record in records if record.kind == REDACTED]:
        acts |= _blanked(connection, timeline_id, blanked)
    return acts


def _blanked(connection: Connection, timeline_id: int, positions: Sequence[int]) -> Acts:
    """What blanked records did: their redactions say so."""
    redaction, record = tables.redaction.c, tables.record.c
    statement = (
        select(redaction.position, record.content)
        .join_from(
            tables.redaction,
            tables.record,
            (record.timeline_id == redaction.timeline_id) & (record.position == redaction.redaction),
        )
        .where(redaction.timeline_id == timeline_id, redaction.position.in_(positions))
    )
    found = {position: json.loads(content)["data"].get("was") for position, content in connection.execute(statement)}
    return {position: (was["kind"], UUID(was["target"])) for position, was in found.items() if was is not None}


def _read(kinds: Kinds, record: Record) -> Said:
    event = event_of(kinds, record.content)
    if event is None or record.occurred is None:
        return Said(None)
    kind = kinds.kind_of(event)
    try:
        effects = tuple(effects_of(kinds.attributes, kind.changes(event, record.occurred)))
    except Exception as error:
        raise Unavailable(
            f"the record at position {record.position} ({kind.name}) cannot be projected: {error}"
        ) from error
    return Said(event, entities_of(kinds, event), effects)


def _about(kinds: Kinds, claims: dict[int, Standing], record: Record, act: str, target: Record) -> About:
    standing = claims.setdefault(target.position, Standing(target.position, target.position))
    if act == CORRECTION:
        claims[record.position] = Standing(record.position, standing.claim)
    entities = entities_of(kinds, event_of(kinds, target.content))
    return About(act, target.position, standing.claim, entities, target.names)
