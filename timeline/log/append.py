"""Appending to the log, inside a transaction that the caller opened."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.database.prepared import Prepared
from timeline.domain.contents import Content, Said
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, Record
from timeline.domain.wording import wording_of
from timeline.log import chain


class Entry(NamedTuple):
    """An event made ready before the lock is taken: what it says, its content, and the commitment to it.

    `target` is the record that this one is about or corrects.
    """

    id: UUID
    said: Said
    content: dict[str, Any]
    canonical: bytes
    salt: bytes
    commitment: bytes
    target: UUID | None = None

    @classmethod
    def of(
        cls,
        event_id: UUID,
        ready: Content,
        by: str | None = None,
        target: UUID | None = None,
    ) -> "Entry":
        content, said = ready
        if by is not None:
            content = {**content, "by": by}
        canonical, salt = chain.canonical(content), chain.new_salt()
        commitment = chain.commitment(salt, canonical)
        return cls(event_id, said, content, canonical, salt, commitment, target)

    def worded(self, kinds: Kinds) -> "Entry":
        """With its words."""
        return self._replace(said=self.said._replace(wording=wording_of(kinds, self.content, self.said.event)))


_head = tables.head.c
_LOCK = Prepared(
    select(_head.position, _head.recorded_at, _head.hash)
    .where(_head.timeline_id == bindparam("timeline"))
    .with_for_update()
)
_ADVANCE = Prepared(
    update(tables.head)
    .where(_head.timeline_id == bindparam("timeline"))
    .values(position=bindparam("new_position"), recorded_at=bindparam("new_time"), hash=bindparam("new_hash"))
)


def lock_head(connection: Connection, timeline_id: int) -> Basis:
    """Take the timeline's head until the transaction ends.

    Whoever holds it is alone in numbering, so positions are handed out in the order of commits and a reader that saw
    position n has seen all before it. What the lock protects must be read in later statements: under READ COMMITTED a
    statement that locks and reads at once reads as of before it waited.
    """
    (row,) = _LOCK.rows(connection, {"timeline": timeline_id})
    return Basis(row.position, row.recorded_at, row.hash)


def number(head: Basis, entries: Iterable[Entry], now: int) -> tuple[Basis, list[Record]]:
    """Give entries the positions after `head`, and link them. The clock may jump back; recorded times never do."""
    position, recorded_at = head.position, now if head.recorded_at is None else max(now, head.recorded_at)
    previous = head.hash or chain.GENESIS
    records = []
    for entry in entries:
        position += 1
        previous = chain.link(previous, position, entry.id, recorded_at, entry.commitment)
        records.append(Record(position, entry.id, recorded_at, entry.content, previous))
    return (Basis(position, recorded_at, previous) if records else head), records


def insert_all(
    connection: Connection, timeline_id: int, head: Basis, entries: Sequence[Entry], records: Sequence[Record]
) -> None:
    """Write numbered entries and move the head to `head`."""
    rows = [
        (
            timeline_id,
            record.position,
            record.id,
            record.recorded_at,
            entry.canonical.decode(),
            entry.salt,
            entry.commitment,
            record.hash,
        )
        for entry, record in zip(entries, records, strict=True)
    ]
    insert_rows(connection, tables.record, rows)
    _ADVANCE.run(
        connection,
        {"timeline": timeline_id, "new_position": head.position, "new_time": head.recorded_at, "new_hash": head.hash},
    )
