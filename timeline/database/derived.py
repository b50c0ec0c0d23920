"""What is derived from records, once for each generation of a timeline: disposable, and made from the log again."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from timeline.database.columns import CLUSTERED, FIXED, Key, RowId


class OccurrenceTable(SQLModel, table=True):
    """When each record's event occurred, for pages in the order of the world, and what became of it since.

    `reach`: where its extent may end. `corrected_at` and `retracted_at`: from which position on it is superseded or
    withdrawn, NEVER while it stands. Records about records, and redacted ones, have no date: from BEGINNING to END.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        Index("occurrence_order", "timeline_id", "generation", "start_hi", "start_lo", "position"),
        Index("occurrence_kind", "timeline_id", "generation", "kind", "start_hi", "start_lo", "position"),
        CLUSTERED,
    )

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    kind: str = Field(sa_type=Key)
    start_lo: int = Field(sa_type=BigInteger)
    start_hi: int = Field(sa_type=BigInteger)
    reach: int = Field(sa_type=BigInteger)
    corrected_at: int = Field(sa_type=BigInteger)
    retracted_at: int = Field(sa_type=BigInteger)


class DatedTable(SQLModel, table=True):
    """Which record was the first of each date, and of each stretch of time around it: what is known of before a
    position can be found without a look at what was recorded since. `projection/dated.py` has the levels.
    """

    __tablename__ = "dated"
    __table_args__ = (CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    level: int = Field(primary_key=True, sa_column_kwargs=FIXED)
    start_hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    start_lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    position: int = Field(sa_type=BigInteger)


class RevisionTable(SQLModel, table=True):
    """The corrections and retractions: which claim (the position of its first version), and which version of it."""

    __tablename__ = "revision"
    __table_args__ = (
        Index("revision_claim", "timeline_id", "generation", "claim", "position"),
        Index("revision_target", "timeline_id", "generation", "target", "position"),
        CLUSTERED,
    )

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    claim: int = Field(sa_type=BigInteger)
    target: int = Field(sa_type=BigInteger)


class DisputeTable(SQLModel, table=True):
    """Which versions are disputed by which records, and from when on no longer."""

    __tablename__ = "dispute"
    __table_args__ = (Index("dispute_target", "timeline_id", "generation", "target", "position"), CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    target: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)


class MentionTable(SQLModel, table=True):
    """Which entities (`kind:slug`) each record names. It repeats when the event occurred, so that an entity's events in
    the order of the world are as cheap as the timeline's, however many or few of those name it.
    """

    __tablename__ = "mention"
    __table_args__ = (
        Index("mention_order", "timeline_id", "generation", "entity", "start_hi", "start_lo", "position"),
        CLUSTERED,
    )

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    start_lo: int = Field(sa_type=BigInteger)
    start_hi: int = Field(sa_type=BigInteger)


class CitationTable(SQLModel, table=True):
    """Which hosts each record's sources are on."""

    __tablename__ = "citation"
    __table_args__ = (CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    host: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)


class NamingTable(SQLModel, table=True):
    """What entities are called, from a position on and until another.

    A row of the role `seen` for the first mention; one of the role `named` for each name that a standing claim gives
    and no earlier claim does; one of the role `described` for each `entity.described`, which has an order in the world.
    `claim` is the position of the claim's first version.
    """

    __tablename__ = "naming"
    __table_args__ = (CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
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
            "fact_order",
            *("timeline_id", "generation", "entity", "attribute", "key", "start_hi", "start_lo", "claim", "ordinal"),
            *("known_from", "known_until", "closes", "sort"),  # by which rules pick, without a look at the rows
            postgresql_include=["id"],
        ),
        Index("fact_record", "timeline_id", "generation", "position"),
        Index("fact_value", "timeline_id", "generation", "attribute", "key", "sort", "entity"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    timeline_id: int
    generation: int
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
    __table_args__ = (Index("slot_attribute", "timeline_id", "generation", "attribute", "key", "entity"), CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    attribute: str = Field(primary_key=True, sa_type=Key)
    key: str = Field(primary_key=True, sa_type=Key)


class MergeTable(SQLModel, table=True):
    """Which entity is another one, by which record, and until which position."""

    __tablename__ = "merge"
    __table_args__ = (Index("merge_into", "timeline_id", "generation", "into"), CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    entity: str = Field(primary_key=True, sa_type=Key)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    into: str = Field(sa_type=Key)
    until: int = Field(sa_type=BigInteger)
