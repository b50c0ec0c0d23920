"""The tables, the same on SQLite and on PostgreSQL.

Precious: timeline, head, record, redaction. They change by migrations only. All others are disposable, made from the
log. Times are milliseconds UTC; bounds of dates are half-open, with 64-bit sentinels for the infinities.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, LargeBinary, SmallInteger, Text
from sqlmodel import Field, SQLModel

# Text that is compared and ordered: by code point on both, whatever the locale of the server.
Key: Any = Text().with_variant(Text(collation="C"), "postgresql")

# A number that the database gives; SQLite only numbers rows in a column that is called INTEGER.
RowId: Any = BigInteger().with_variant(Integer(), "sqlite")

_FIXED: dict[str, Any] = {"autoincrement": False}  # a position is counted under the head's lock, never by the database
NEVER = (1 << 63) - 1  # a position that no log reaches
_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


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
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    event_id: UUID
    recorded_at: int = Field(sa_type=BigInteger)
    content: str | None = Field(sa_type=Text)
    salt: bytes | None = Field(sa_type=LargeBinary)
    commitment: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class RedactionTable(SQLModel, table=True):
    """Which records were blanked, and which record at `redaction` says so."""

    __tablename__ = "redaction"
    __table_args__ = tuple(
        ForeignKeyConstraint(["timeline_id", column], ["record.timeline_id", "record.position"])
        for column in ("position", "redaction")
    )

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    redaction: int = Field(sa_type=BigInteger)


class OccurrenceTable(SQLModel, table=True):
    """When each record's event occurred, for pages in the order of the world, and what became of it since.

    `reach`: where its extent may end. `corrected_at` and `retracted_at`: from which position on it is superseded or
    withdrawn, NEVER while it stands. Records about records, and redacted ones, have no date: from BEGINNING to END.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        Index("occurrence_order", "timeline_id", "start_hi", "start_lo", "position"),
        Index("occurrence_kind", "timeline_id", "kind", "start_hi", "start_lo", "position"),
        _CLUSTERED,
    )

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    kind: str = Field(sa_type=Key)
    start_lo: int = Field(sa_type=BigInteger)
    start_hi: int = Field(sa_type=BigInteger)
    reach: int = Field(sa_type=BigInteger)
    corrected_at: int = Field(sa_type=BigInteger)
    retracted_at: int = Field(sa_type=BigInteger)


class RevisionTable(SQLModel, table=True):
    """The corrections and retractions: which claim (the position of its first version), and which version of it."""

    __tablename__ = "revision"
    __table_args__ = (
        Index("revision_claim", "timeline_id", "claim", "position"),
        Index("revision_target", "timeline_id", "target", "position"),
        _CLUSTERED,
    )

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    claim: int = Field(sa_type=BigInteger)
    target: int = Field(sa_type=BigInteger)


class DisputeTable(SQLModel, table=True):
    """Which versions are disputed by which records, and from when on no longer."""

    __tablename__ = "dispute"
    __table_args__ = (Index("dispute_target", "timeline_id", "target", "position"), _CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    target: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)


class MentionTable(SQLModel, table=True):
    """Which entities (`kind:slug`) each record names. It repeats when the event occurred, so that an entity's events in
    the order of the world are as cheap as the timeline's, however many or few of those name it.
    """

    __tablename__ = "mention"
    __table_args__ = (Index("mention_order", "timeline_id", "entity", "start_hi", "start_lo", "position"), _CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    start_lo: int = Field(sa_type=BigInteger)
    start_hi: int = Field(sa_type=BigInteger)


class CitationTable(SQLModel, table=True):
    """Which hosts each record's sources are on."""

    __tablename__ = "citation"
    __table_args__ = (_CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    host: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)


class NamingTable(SQLModel, table=True):
    """What entities are called, from a position on and until another.

    A row of the role `seen` for the first mention; one of the role `named` for each name that a standing claim gives
    and no earlier claim does; one of the role `described` for each `entity.described`, which has an order in the world.
    `claim` is the position of the claim's first version.
    """

    __tablename__ = "naming"
    __table_args__ = (_CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    role: str = Field(primary_key=True, sa_type=Key)
    claim: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    start_lo: int | None = Field(default=None, sa_type=BigInteger)
    start_hi: int | None = Field(default=None, sa_type=BigInteger)
    name: str | None = Field(default=None, sa_type=Text)
    aliases: str | None = Field(default=None, sa_type=Text)  # a JSON list
    description: str | None = Field(default=None, sa_type=Text)


class FactTable(SQLModel, table=True):
    """What one claim says of one attribute of one entity, from a moment in the world and from a position on.

    `entity`, `attribute` and `key` (empty without keys) are its slot. Contributions to a slot are ordered by
    (`start_hi`, `start_lo`, `claim`, `ordinal`): when it has certainly begun, may have begun, was first claimed, and
    which change of its event it is. `closes`: from when on, in the world, it holds no longer (END: for ever).
    `said` is the JSON list [entity, key, item, value] as the record said it, where a merge made other ids of them.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index(
            "fact_slot",
            *("timeline_id", "entity", "attribute", "key", "start_hi", "start_lo", "claim", "ordinal", "known_from"),
            *("known_until", "closes"),
        ),
        Index("fact_record", "timeline_id", "position"),
        Index("fact_value", "timeline_id", "attribute", "key", "sort", "entity"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    timeline_id: int
    entity: str = Field(sa_type=Key)
    attribute: str = Field(sa_type=Key)
    key: str = Field(sa_type=Key)
    start_hi: int = Field(sa_type=BigInteger)
    start_lo: int = Field(sa_type=BigInteger)
    claim: int = Field(sa_type=BigInteger)
    ordinal: int
    known_from: int = Field(sa_type=BigInteger)
    known_until: int = Field(sa_type=BigInteger)
    position: int = Field(sa_type=BigInteger)
    closes: int = Field(sa_type=BigInteger)
    op: str = Field(sa_type=Key)
    item: str = Field(sa_type=Key)
    value: str | None = Field(sa_type=Text)
    sort: str | None = Field(sa_type=Key)
    said: str | None = Field(sa_type=Text)


class SlotTable(SQLModel, table=True):
    """The slots that ever had a fact."""

    __tablename__ = "slot"
    __table_args__ = (Index("slot_attribute", "timeline_id", "attribute", "key", "entity"), _CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    attribute: str = Field(primary_key=True, sa_type=Key)
    key: str = Field(primary_key=True, sa_type=Key)


class MergeTable(SQLModel, table=True):
    """Which entity is another one, by which record, and until which position."""

    __tablename__ = "merge"
    __table_args__ = (Index("merge_into", "timeline_id", "into"), _CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    into: str = Field(sa_type=Key)
    until: int = Field(sa_type=BigInteger)


class WordingTable(SQLModel, table=True):
    """What each record says in words, apart from the names of entities, which it gives as `kind:slug`, with blanks.

    `words` has three lines as `domain.words.line` makes them: the headline's, those of its other texts, the quotes'.
    """

    __tablename__ = "wording"
    __table_args__ = (_CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    words: str = Field(sa_type=Text)
    entities: str = Field(sa_type=Text)


class WordTable(SQLModel, table=True):
    """In which records each word stands, in the order of the world; and each entity, as `@kind:slug`.

    `place` is where the word is found first: 0 for entities, then the lines of `wording`.
    """

    __tablename__ = "word"
    __table_args__ = (_CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Key)
    place: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs=_FIXED)
    start_hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    start_lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=_FIXED)


class CalledTable(SQLModel, table=True):
    """The words of every name (`place` 0) and description (1) that an entity, or what was merged into it, ever had.

    They say where to look; whether it is called that at a date and as known at a position, `naming` says.
    """

    __tablename__ = "called"
    __table_args__ = (Index("called_entity", "timeline_id", "entity"), _CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Key)
    place: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs=_FIXED)
    entity: str = Field(primary_key=True, sa_type=Key)


class GenerationTable(SQLModel, table=True):
    """Which kinds what is derived from a timeline was made with. Without a row nothing is."""

    __tablename__ = "generation"

    timeline_id: int = Field(primary_key=True, sa_column_kwargs=_FIXED)
    generation: str = Field(sa_type=Key)


def _table(model: Any) -> Any:
    return model.__table__


timeline, head = map(_table, (TimelineTable, HeadTable))
record, redaction = map(_table, (RecordTable, RedactionTable))
occurrence, revision, dispute = map(_table, (OccurrenceTable, RevisionTable, DisputeTable))
mention, citation, naming = map(_table, (MentionTable, CitationTable, NamingTable))
fact, slot, merge, generation = map(_table, (FactTable, SlotTable, MergeTable, GenerationTable))
wording, word, called = map(_table, (WordingTable, WordTable, CalledTable))

DISPOSABLE = (
    *(occurrence, revision, dispute, mention, citation, naming, fact, slot, merge, wording, word, called, generation),
)
