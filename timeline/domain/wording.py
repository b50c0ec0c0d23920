"""What records say in words: the lines that are searched. Names of entities are not in them, only entities."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from timeline.domain.declare import Event
from timeline.domain.event_kinds import EventKind
from timeline.domain.kinds import Kinds
from timeline.domain.words import line

logger = logging.getLogger(__name__)

NAME, HEADLINE, TEXT, QUOTE = range(4)  # where a word may stand, the better first
_NAME = "\x1f"  # stands in a headline for the name of an entity; no text that is a line can have it


class Wording(NamedTuple):
    """Three lines, of headline, texts and quotes; and each word once, where it is found first."""

    lines: str
    places: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, lines: str) -> "Wording":
        return cls(lines, tuple(_places(lines)))


def wording_of(kinds: Kinds, content: Mapping[str, Any], event: Event | None) -> Wording:
    """Of a record that cannot be read as its kind there is a note, and quotes."""
    headline: Iterable[str] = ()
    texts = []
    if event is not None:
        kind = kinds.kind_of(event)
        headline = _headline(kind, event)
        texts = [text for name in kind.texts for text in _texts(event, name)]
    if note := content.get("note"):
        texts.append(note)
    quotes = [source["quote"] for source in content.get("sources", ()) if "quote" in source]
    return Wording.of("\n".join((line(headline), line(texts), line(quotes))))


def _headline(kind: EventKind, event: Event) -> list[str]:
    try:
        return str(kind.named(event, lambda _: _NAME).headline()).split(_NAME)
    except Exception:
        logger.exception("no headline to search for a record of the kind %s", kind.name)
        return []


def _texts(event: Event, field: str) -> tuple[str, ...]:
    value = getattr(event, field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _places(lines: str) -> Iterator[tuple[str, int]]:
    seen: set[str] = {"|"}
    for place, one in enumerate(lines.split("\n"), HEADLINE):
        new = set(one.split()) - seen
        seen |= new
        for word in new:
            yield word, place
