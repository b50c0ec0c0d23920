"""Admitting appends to one timeline while its head is locked: who is a retry, who is refused, who gets which positions.

Appends of one group see each other: what is admitted here is laid over what the database says, and written at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection

from timeline.domain.acts import REDACTED, REDACTION, REVISIONS
from timeline.domain.contents import entities_of, event_of, same_content
from timeline.domain.entities import EntityMerged
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, Record, redacted
from timeline.errors import BadInput, Conflict, UnknownEntity, under
from timeline.log.append import Entry, insert_all, lock_head, number
from timeline.log.read import records_by_id
from timeline.log.redact import blank
from timeline.projection.generation import Generation
from timeline.projection.merges import Merges, merged_by
from timeline.projection.project import Projected, known_names, last_named, project, settle
from timeline.projection.standing import last_touched
from timeline.timelines.claims import Claims, reused
from timeline.timelines.generations import move, of_timeline, up_to
from timeline.timelines.outcomes import Append, Appended, EntitiesUnchanged, NewEntities


@dataclass(slots=True)
class Admission:
    """The state of one timeline as the appends admitted so far leave it."""

    kinds: Kinds
    timeline_id: int
    generation: Generation
    now: int
    head: Basis
    by_id: dict[UUID, Record]
    names: dict[str, set[str | None]]
    last_named: dict[str, int]
    claims: Claims
    merges: Merges
    projected: list[Projected] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def begin(
        cls, connection: Connection, kinds: Kinds, timeline_id: int, appends: Iterable[Append], clock: Callable[[], int]
    ) -> "Admission":
        """Lock the head, then read what these appends need to know, each with one statement for all of them.

        The clock is read under the lock: a moment that a reader asked about is not filled in later. BEHIND if much of
        the log is yet to be derived by these kinds, UNAVAILABLE if it cannot be.
        """
        appends = list(appends)
        head = lock_head(connection, timeline_id)
        now = clock()
        generation = up_to(connection, kinds, timeline_id, head.position, now)
        entries = [entry for append in appends for entry in append.entries]
        targets = {entry.target for entry in entries if entry.target is not None}
        by_id = records_by_id(connection, timeline_id, {entry.id for entry in entries} | targets)
        merged = merged_by(by_id.values())
        entities = set(chain.from_iterable(append.entities for append in appends))
        return cls(
            kinds,
            timeline_id,
            generation,
            now,
            head,
            by_id,
            known_names(connection, generation, entities),
            _last_changes(connection, generation, appends),
            Claims.of(connection, generation, [by_id[each] for each in targets if each in by_id]),
            Merges.of(connection, generation, entities | merged),
        )

    def admit(self, append: Append) -> Appended:
        """Number what is new in an append; raises its refusal, and then nothing of it has happened."""
        new = [entry for index, entry in enumerate(append.entries) if not self._is_retry(index, entry)]
        if new:
            self._check_expectation(append)
            self._check_entities(append)
        head, records = number(self.head, new, self.now)
        projected, claims, merges, settled = self._settle(append, new, records)
        if append.validate_only:
            return Appended((), len(append.entries) - len(new), self.head, self.generation)
        self.head, self.claims, self.merges = head, claims, merges
        self.entries += new
        self.projected += projected
        for record, said, about, *_ in projected:
            touched = about.entities if about is not None and about.kind in REVISIONS else ()
            for entity in (*said.entities, *touched):
                self.last_named[entity] = record.position
        self.by_id |= settled
        everything = tuple(self.by_id[entry.id] for entry in append.entries)
        return Appended(everything, len(append.entries) - len(new), self.head, self.generation)

    def write(self, connection: Connection) -> None:
        """Write all that was admitted: the log, and what is derived from it. No statement needs an answer."""
        if self.projected:
            records = [each.record for each in self.projected]
            insert_all(connection, self.timeline_id, self.head, self.entries, records)
            project(connection, self.kinds, self.generation, self.projected, self.names)
            move(connection, self.generation, self.head.position, self.now)

    def settle(self, connection: Connection) -> bool:
        """What must read what was written; and what is to be redacted is blanked. Whether anything was.

        Nothing of that may be left in any generation, also not in one that is behind or yet to answer.
        """
        redactions = {
            each.about.target: each.record.position
            for each in self.projected
            if each.about is not None and each.record.kind == REDACTION
        }
        settle(connection, self.kinds, self.generation, self.projected, redactions)
        for each in of_timeline(connection, self.timeline_id) if redactions else ():
            if each.generation != self.generation:
                settle(connection, self.kinds, each.generation, (), redactions)
        for target, position in redactions.items():
            blank(connection, self.timeline_id, target, position)
        return bool(redactions)

    def _settle(
        self, append: Append, new: Sequence[Entry], records: Sequence[Record]
    ) -> tuple[list[Projected], Claims, Merges, dict[UUID, Record]]:
        """What numbered entries do to the records that they are about; how that leaves claims, merges and records."""
        acting = any(entry.target is not None or isinstance(entry.said.event, EntityMerged) for entry in new)
        claims, merges = (self.claims.copy(), self.merges.copy()) if acting else (self.claims, self.merges)
        earlier: dict[UUID, Record] = {}
        index_of = {entry.id: index for index, entry in enumerate(append.entries)}
        projected = []
        for record, entry in zip(records, new, strict=True):
            about = None
            remerged: tuple[str, ...] = ()
            if acting:
                with under("events", index_of[entry.id]):
                    if entry.target is not None:
                        target, about = claims.admit(record, earlier.get(entry.target) or self.by_id.get(entry.target))
                        named = entities_of(self.kinds, event_of(self.kinds, target.content))
                        about = about._replace(entities=named, names=target.names)
                        if about.kind == REDACTION:  # whoever comes later finds it blanked
                            earlier[target.id] = redacted(target)
                    revised = about.target if about is not None and about.kind in (*REVISIONS, REDACTION) else None
                    remerged = merges.follow(record.position, entry.said.event, revised)
            earlier[record.id] = record
            projected.append(Projected(record, entry.said, about, merges.resolve(entry.said.entities), remerged))
        return projected, claims, merges, earlier

    def _is_retry(self, index: int, entry: Entry) -> bool:
        record = self.by_id.get(entry.id)
        if record is None:
            return False
        if record.kind == REDACTED or not same_content(self.kinds, record, entry.content):
            raise reused(record).under("events", index)
        return True

    def _check_expectation(self, append: Append) -> None:
        expect, position = append.expect, self.head.position
        if isinstance(expect, int) and expect != position:
            raise Conflict(f"the head is at position {position}, not at {expect}", ("expect", "head"))
        if isinstance(expect, EntitiesUnchanged):
            if expect.since > position:
                raise BadInput(
                    f"position {expect.since} is beyond the head, {position}", ("expect", "entities", "since")
                )
            for index, ref in enumerate(expect.refs):
                if (last := self.last_named.get(ref, 0)) > expect.since:
                    raise Conflict(
                        f"{ref} was named again at position {last}, after {expect.since}",
                        ("expect", "entities", "refs", index),
                    )

    def _check_entities(self, append: Append) -> None:
        if append.new_entities is NewEntities.REFUSE and (
            unknown := append.entities - self.names.keys() - self.last_named.keys()
        ):
            path = next(self._places(append, unknown), ())
            raise UnknownEntity(f"nothing has named {', '.join(sorted(unknown))} yet", path)

    def _places(self, append: Append, refs: set[str]) -> Iterator[tuple[str | int, ...]]:
        """Where in the input entities are named, in order."""
        for index, entry in enumerate(append.entries):
            if entry.said.event is not None:
                for field, ref in self.kinds.kind_of(entry.said.event).refs(entry.said.event):
                    if ref.key in refs:
                        yield "events", index, "data", field


def _last_changes(connection: Connection, generation: Generation, appends: Iterable[Append]) -> dict[str, int]:
    """The last record that names each entity that is expected to be unchanged, or that changes one that does."""
    expected = [append.expect for append in appends if isinstance(append.expect, EntitiesUnchanged)]
    if not expected:
        return {}
    refs = {ref for each in expected for ref in each.refs}
    named = last_named(connection, generation, refs)
    touched = last_touched(connection, generation, refs, min(each.since for each in expected))
    return {ref: max(position, touched.get(ref, 0)) for ref, position in named.items()}
