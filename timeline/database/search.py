"""What is derived from records for searching: disposable, like all that is derived."""

from sqlalchemy import BigInteger, Index, SmallInteger, Text
from sqlmodel import Field, SQLModel

from timeline.database.columns import CLUSTERED, FIXED, Key


class WordingTable(SQLModel, table=True):
    """What each record says in words, apart from the names of entities, which it gives as `kind:slug`, with blanks.

    `words` has three lines as `domain.words.line` makes them: the headline's, those of its other texts, the quotes'.
    """

    __tablename__ = "wording"
    __table_args__ = (CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    words: str = Field(sa_type=Text)
    entities: str = Field(sa_type=Text)


class WordTable(SQLModel, table=True):
    """In which records each word stands, in the order of the world.

    `place` is where the word is found first: a line of `wording`, from 1 on.
    """

    __tablename__ = "word"
    __table_args__ = (CLUSTERED,)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Key)
    place: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs=FIXED)
    start_hi: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    start_lo: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)
    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs=FIXED)


class CalledTable(SQLModel, table=True):
    """The words of every name (`place` 0) and description (1) that an entity, or what was merged into it, ever had.

    They say where to look; whether it is called that at a date and as known at a position, `naming` says.
    """

    __tablename__ = "called"
    __table_args__ = (Index("called_entity", "timeline_id", "generation", "entity"), CLUSTERED)

    timeline_id: int = Field(primary_key=True)
    generation: int = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Key)
    place: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs=FIXED)
    entity: str = Field(primary_key=True, sa_type=Key)
