"""Admitting appends to one timeline while its head is locked: who is a retry, who is refused, who gets which positions.

Appends of one group see each other: what is admitted here is laid over what the database says, and written at the end.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection

from timeline.domain.contents import same_content
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, Record
from timeline.errors import BadInput, Conflict, IdReused, UnknownEntity
from timeline.log.append import Entry, insert_all, lock_head, number
from timeline.log.read import records_by_id
from timeline.projection.project import Projected, known_names, last_named, project
from timeline.timelines.outcomes import Append, Appended, EntitiesUnchanged, NewEntities


@dataclass(slots=True)
class Admission:
    """The state of one timeline as the appends admitted so far leave it."""

    kinds: Kinds
    timeline_id: int
    now: int
    head: Basis
    by_id: dict[UUID, Record]
    names: dict[str, set[str | None]]
    last_named: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    @classmethod
    def begin(
        cls, connection: Connection, kinds: Kinds, timeline_id: int, appends: Iterable[Append], clock: Callable[[], int]
    ) -> "Admission":
        """Lock the head, then read what these appends need to know, each with one statement for all of them.

        The clock is read under the lock: a moment that a reader asked about is not filled in later.
        """
        appends = list(appends)
        head = lock_head(connection, timeline_id)
        now = clock()
        ids = [entry.id for append in appends for entry in append.entries]
        expected = {
            ref for append in appends if isinstance(append.expect, EntitiesUnchanged) for ref in append.expect.refs
        }
        return cls(
            kinds,
            timeline_id,
            now,
            head,
            records_by_id(connection, timeline_id, ids),
            known_names(connection, timeline_id, set(chain.from_iterable(append.entities for append in appends))),
            last_named(connection, timeline_id, expected) if expected else {},
        )

    def admit(self, append: Append) -> Appended:
        """Number what is new in an append; raises its refusal, and then nothing of it has happened."""
        new = [entry for index, entry in enumerate(append.entries) if not self._is_retry(index, entry)]
        if new:
            self._check_expectation(append)
            self._check_entities(append)
        if append.validate_only:
            return Appended((), len(append.entries) - len(new), self.head)
        self.head, records = number(self.head, new, self.now)
        self.entries += new
        self.records += records
        for record, entry in zip(records, new, strict=True):
            self.by_id[record.id] = record
            for entity in entry.entities:
                self.last_named[entity] = record.position
        everything = tuple(self.by_id[entry.id] for entry in append.entries)
        return Appended(everything, len(append.entries) - len(new), self.head)

    def write(self, connection: Connection) -> None:
        """Write all that was admitted: the log, and what is derived from it."""
        if self.records:
            insert_all(connection, self.timeline_id, self.head, self.entries, self.records)
            projected = (
                Projected(record, entry.event, entry.entities)
                for record, entry in zip(self.records, self.entries, strict=True)
            )
            project(connection, self.timeline_id, projected, self.names)

    def _is_retry(self, index: int, entry: Entry) -> bool:
        record = self.by_id.get(entry.id)
        if record is None:
            return False
        if not same_content(self.kinds, record, entry.content):
            raise IdReused(
                f"the id {entry.id} is that of another event, at position {record.position}", ("events", index, "id")
            )
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
            raise UnknownEntity(f"nothing has named {', '.join(sorted(unknown))} yet")
