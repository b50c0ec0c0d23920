"""The tables, the same on SQLite and on PostgreSQL.

Precious: timeline, head, record, redaction. They change by migrations only. All others are disposable, made from the
log, and there once for each generation of a timeline. Times are milliseconds UTC; bounds of dates are half-open, with
64-bit sentinels for the infinities.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from timeline.database import derived, search
from timeline.database.columns import FIXED, Key


class TimelineTable(SQLModel, table=True):
    """The named logs."""

    __tablename__ = "timeline"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(sa_type=Key, unique=True)
    title: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)


class HeadTable(SQLModel, table=True):
    """One row a timeline, locked by whoever appends: the last record's position, time and hash."""

    __tablename__ = "head"

    timeline_id: int = Field(primary_key=True, foreign_key="timeline.id")
    position: int = Field(sa_type=BigInteger)
    recorded_at: int | None = Field(sa_type=BigInteger)
    hash: bytes | None = Field(sa_type=LargeBinary)


class RecordTable(SQLModel, table=True):
    """The log. `content` is canonical JSON as text: jsonb would reorder keys and expand numbers."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_event", "timeline_id", "event_id", unique=True),
        Index("record_recorded", "timeline_id", "recorded_at"),
    )

    timeline_id: int = Field(primary_key=True, foreign_key="timeline.id")
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    event_id: UUID
    recorded_at: int = Field(sa_type=BigInteger)
    content: str | None = Field(sa_type=Text)
    salt: bytes | None = Field(sa_type=LargeBinary)
    commitment: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class RedactionTable(SQLModel, table=True):
    """Which records were blanked, and which record at `redaction` says so."""

    __tablename__ = "redaction"
    __table_args__ = (
        ForeignKeyConstraint(["timeline_id", "position"], ["record.timeline_id", "record.position"]),
        ForeignKeyConstraint(["timeline_id", "redaction"], ["record.timeline_id", "record.position"]),
        Index("redaction_order", "timeline_id", "redaction"),  # the last one is read with every head
    )

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    redaction: int = Field(sa_type=BigInteger)


class GenerationTable(SQLModel, table=True):
    """What was derived from a timeline: by kinds of which fingerprint, up to which position, and since when in ms.

    `state`: `building` until it has caught up, `live` while questions are answered from it, `retired` until its rows
    are deleted. Of each fingerprint at most one is live, and at most one is being built.
    """

    __tablename__ = "generation"

    timeline_id: int = Field(primary_key=True, sa_column_kwargs=FIXED)
    generation: int = Field(primary_key=True, sa_column_kwargs=FIXED)
    fingerprint: str = Field(sa_type=Key)
    state: str = Field(sa_type=Key)
    checkpoint: int = Field(sa_type=BigInteger)
    moved_at: int = Field(sa_type=BigInteger)


def _table(model: Any) -> Any:
    return model.__table__


timeline, head = map(_table, (TimelineTable, HeadTable))
record, redaction = map(_table, (RecordTable, RedactionTable))
occurrence, revision, dispute = map(_table, (derived.OccurrenceTable, derived.RevisionTable, derived.DisputeTable))
dated = _table(derived.DatedTable)
mention, citation, naming = map(_table, (derived.MentionTable, derived.CitationTable, derived.NamingTable))
fact, slot, merge, generation = map(_table, (derived.FactTable, derived.SlotTable, derived.MergeTable, GenerationTable))
wording, word, called = map(_table, (search.WordingTable, search.WordTable, search.CalledTable))

# Rows of one generation each.
DERIVED = (occurrence, dated, revision, dispute, mention, citation, naming, fact, slot, merge, wording, word, called)
DISPOSABLE = (*DERIVED, generation)
