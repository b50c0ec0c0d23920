"""Corrections that say only what they change: the rest is kept from the version that they correct."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from timeline.domain.acts import CORRECTION, META, REDACTED
from timeline.domain.contents import CHANGEABLE, content_of, new_event, same_content
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent, Record, TimelineInfo
from timeline.errors import BadInput, Conflict, NotFound
from timeline.log.read import records_by_id
from timeline.timelines.claims import conflict_of_correction, reused, stands
from timeline.timelines.facade import Timelines

_DATA = ("kind", "version", "data", "names")  # what goes together


def correction(
    timelines: Timelines, info: TimelineInfo, target: UUID, changes: Mapping[str, Any], reason: str, id: UUID | None
) -> NewEvent:
    """The whole event as it should have been: `changes`, of a line's fields, and the rest as that version has it.

    NOT_FOUND if there is no such event, CONFLICT if what is to be kept was redacted, BAD_INPUT if nothing would change,
    ID_REUSED and BAD_INPUT as ever. A retry keeps what was kept the first time, whatever became of that version since.
    """
    changed = [name for name in CHANGEABLE if name in changes]
    with timelines.reading() as connection:
        found = records_by_id(connection, info.id, {target} | ({id} if id else set()))
        if (corrected := found.get(target)) is None:
            raise NotFound(f"there is no event {target} in this timeline", ("event",))
        if corrected.kind in META:
            raise BadInput(f"a {corrected.kind} cannot be corrected", ("event",))
        base = corrected
        if id and (first := found.get(id)) is not None:
            if first.act != CORRECTION or first.target != target:
                raise reused(first)
            base = first
        if base.kind == REDACTED:
            generation = timelines.heads(connection, [info.id])[info.id].generation
            if problem := conflict_of_correction(connection, generation, base, changed):
                raise Conflict(problem, ("event",))
    kept = {name: base.content.get(name) for name in CHANGEABLE if name not in changes}
    if "data" in kept:
        kept |= {name: base.content[name] for name in _DATA if name in base.content}
        if kept["kind"] not in timelines.kinds.events:
            raise BadInput(f"this server does not know the kind {kept['kind']}: give the data", ("data",))
    line = {**kept, **{name: each for name, each in changes.items() if each is not None}}
    line |= {"id": id and str(id), "corrects": str(target), "changed": changed, "reason": reason}
    new = new_event(timelines.kinds, line)
    assert isinstance(new, NewEvent)
    if not changed:
        raise BadInput(f"a correction gives what it changes, besides its reason: {', '.join(CHANGEABLE)}")
    if "data" in changed:
        new = _named(timelines.kinds, new, base)
    if base is corrected and _says(timelines.kinds, corrected, new):
        with timelines.reading() as connection:
            generation = timelines.heads(connection, [info.id])[info.id].generation
            if stands(connection, generation, corrected):  # if it was withdrawn, this reinstates it
                raise BadInput("nothing would change: that is what the event says already")
    return new


def _says(kinds: Kinds, record: Record, new: NewEvent) -> bool:
    """Whether a version says all of what its correction would."""
    content = content_of(kinds, dataclasses.replace(new, corrects=None, changed=(), reason=None)).recorded
    said = {name: each for name, each in record.content.items() if name not in ("corrects", "changed", "reason")}
    return same_content(kinds, dataclasses.replace(record, content=said), content)


def _named(kinds: Kinds, new: NewEvent, base: Record) -> NewEvent:
    """With the names that the version before gave, for entities to which this one gives none."""
    kind = kinds.kind_of(new.event)
    names = {**base.names, **{ref.key: ref.name for _, ref in kind.refs(new.event) if ref.name}}
    return dataclasses.replace(new, event=kind.named(new.event, names.get))
