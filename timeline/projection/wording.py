"""Taking away the words of a record that is blanked."""

from sqlalchemy import Connection, bindparam, delete, select

from timeline.database import tables
from timeline.domain.wording import Wording
from timeline.projection.generation import Generation, in_generation, together

_wording, _word = tables.wording.c, tables.word.c


def forget(connection: Connection, generation: Generation, position: int) -> None:
    """Take away the words of a record that is being blanked, as long as it is known when it occurred."""
    given = {**generation.given, "at": position}
    row = connection.execute(_WORDS, given).first()
    if row is None:
        return
    for word, place in Wording.of(row.words).places:
        connection.execute(_FORGET, {**given, "word": word, "place": place, "hi": row.start_hi, "lo": row.start_lo})
    connection.execute(delete(tables.wording).where(_HERE), given)


_HERE = in_generation(_wording) & (_wording.position == bindparam("at"))
_WORDS = (
    select(_wording.words, tables.occurrence.c.start_hi, tables.occurrence.c.start_lo)
    .join_from(
        tables.wording,
        tables.occurrence,
        together(tables.occurrence.c, _wording) & (tables.occurrence.c.position == _wording.position),
    )
    .where(_HERE)
)
_FORGET = delete(tables.word).where(
    in_generation(_word),
    _word.word == bindparam("word"),
    _word.place == bindparam("place"),
    _word.start_hi == bindparam("hi"),
    _word.start_lo == bindparam("lo"),
    _word.position == bindparam("at"),
)
