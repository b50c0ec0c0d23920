"""What records say in words, as rows of `wording` and `word`. Names of entities are not in them, only entities."""

import logging
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, bindparam, delete, select

from timeline.database import tables
from timeline.database.bulk import Row
from timeline.domain.declare import Event
from timeline.domain.event_kinds import EventKind
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.domain.words import line
from timeline.projection.generation import Generation, in_generation, together

logger = logging.getLogger(__name__)

NAME, HEADLINE, TEXT, QUOTE = range(4)  # where a word may stand, the better first
_NAME = "\x1f"  # stands in a headline for the name of an entity; no text that is a line can have it

_wording, _word = tables.wording.c, tables.word.c


def words_of(kinds: Kinds, record: Record, event: Event | None) -> str:
    """Its three lines. Of a record that cannot be read as its kind there is a note, and quotes."""
    content = record.content
    headline: Iterable[str] = ()
    texts = []
    if event is not None:
        kind = kinds.kind_of(event)
        headline = _headline(kind, event)
        texts = [text for name in kind.texts for text in _texts(event, name)]
    if note := content.get("note"):
        texts.append(note)
    quotes = [source["quote"] for source in content.get("sources", ()) if "quote" in source]
    return "\n".join((line(headline), line(texts), line(quotes)))


def _headline(kind: EventKind, event: Event) -> list[str]:
    try:
        return str(kind.named(event, lambda _: _NAME).headline()).split(_NAME)
    except Exception:
        logger.exception("no headline to search for a record of the kind %s", kind.name)
        return []


def _texts(event: Event, field: str) -> tuple[str, ...]:
    value = getattr(event, field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def rows_of(position: int, start: tuple[int, int], words: str) -> Iterator[Row]:
    """Rows of `word`: each word once, where it is found first. `start`: (`start_hi`, `start_lo`)."""
    seen: set[str] = {"|"}
    for place, one in enumerate(words.split("\n"), HEADLINE):
        new = set(one.split()) - seen
        seen |= new
        for word in new:
            yield word, place, *start, position


def forget(connection: Connection, generation: Generation, position: int) -> None:
    """Take away the words of a record that is being blanked, as long as it is known when it occurred."""
    given = {**generation.given, "at": position}
    row = connection.execute(_WORDS, given).first()
    if row is None:
        return
    start = row.start_hi, row.start_lo
    for word, place, *_ in rows_of(position, start, row.words):
        connection.execute(_FORGET, {**given, "word": word, "place": place, "hi": start[0], "lo": start[1]})
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
