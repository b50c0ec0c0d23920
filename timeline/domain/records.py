"""Sources, the events that callers want recorded, and the records that come of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, Self
from uuid import UUID

from timeline.domain import texts
from timeline.domain.acts import CORRECTION, REDACTED
from timeline.domain.calendar import format_instant, parse_instant
from timeline.domain.dates import FuzzyDate, parse_date
from timeline.domain.declare import Event
from timeline.domain.limits import MAX_QUOTE, MAX_SOURCES
from timeline.domain.values import read_date
from timeline.errors import BadInput, TooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says so. `retrieved` is in milliseconds UTC."""

    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    author: str | None = None
    published: FuzzyDate | None = None
    retrieved: int | None = None
    quote: str | None = None

    @classmethod
    def from_json(cls, data: object) -> Self:
        if not isinstance(data, dict):
            raise BadInput(f"a source is an object, not {texts.kind_of(data)}")
        if unknown := data.keys() - _SOURCE_READERS.keys():
            raise BadInput(f"a source has no field {min(map(str, unknown))[:100]!r}")
        values: dict[str, Any] = {}
        for name, read in _SOURCE_READERS.items():
            if (given := data.get(name)) is not None:
                try:
                    values[name] = read(given)
                except BadInput as bad:
                    raise bad.under(name) from None
        if not values:
            raise BadInput("a source says at least one thing: a url, a publisher, a title …")
        return cls(**values)

    def to_json(self) -> dict[str, str]:
        written: dict[str, str] = {}
        for name in ("url", "publisher", "title", "author", "quote"):
            if (value := getattr(self, name)) is not None:
                written[name] = value
        if self.published is not None:
            written["published"] = self.published.edtf
        if self.retrieved is not None:
            written["retrieved"] = format_instant(self.retrieved)
        return written


def _instant(value: object) -> int:
    if not isinstance(value, str):
        raise BadInput(f"a date-time is needed as a text, not {texts.kind_of(value)}")
    return parse_instant(value)


_SOURCE_READERS: Mapping[str, Any] = {
    "url": texts.url,
    "publisher": texts.line,
    "title": texts.line,
    "author": texts.line,
    "published": read_date,
    "retrieved": _instant,
    "quote": lambda value: texts.text(value, MAX_QUOTE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What a caller wants recorded. Without an `id` the server gives one, and a retry would be another event.

    A correction is the whole event as it should have been; `corrects` is the id of the version that it supersedes,
    `changed` names what the caller gave of it (of occurred, data, sources, note), `reason` says why.
    """

    event: Event
    occurred: FuzzyDate
    sources: tuple[Source, ...] = ()
    note: str | None = None
    id: UUID | None = None
    corrects: UUID | None = None
    changed: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def kind(self) -> str:
        return self.event.declared.kind

    @property
    def act(self) -> str:
        """What it does to the record `target`, if there is one."""
        return CORRECTION

    @property
    def target(self) -> UUID | None:
        return self.corrects


def read_sources(value: object) -> tuple[Source, ...]:
    """A list of at most 50 sources."""
    if not isinstance(value, list | tuple):
        raise BadInput(f"a list of sources is needed, not {texts.kind_of(value)}")
    if len(value) > MAX_SOURCES:
        raise TooLarge(f"at most {MAX_SOURCES} sources, not {len(value):,}")
    sources = []
    for index, item in enumerate(value):
        try:
            sources.append(Source.from_json(item))
        except BadInput as bad:
            raise bad.under(index) from None
    return tuple(sources)


@dataclass(frozen=True, init=False)
class Record:
    """An event's entry in the log.

    `recorded_at` is in milliseconds UTC. `content` is what was recorded: kind, version, data, when it occurred, names
    given, sources, note, by whom; `hash` covers it by way of the salted commitment, and all records before it. Of a
    redacted record nothing but its kind is left, which is `redacted`.
    """

    position: int
    id: UUID
    recorded_at: int
    content: Mapping[str, Any]
    hash: bytes

    def __init__(self, position: int, id: UUID, recorded_at: int, content: Mapping[str, Any], hash: bytes) -> None:
        # A frozen dataclass sets field by field, three times as slowly; and everything that is read is one of these.
        vars(self).update(position=position, id=id, recorded_at=recorded_at, content=content, hash=hash)

    @property
    def basis(self) -> "Basis":
        """How far the log had got when this was its last record."""
        return Basis(self.position, self.recorded_at, self.hash)

    @property
    def kind(self) -> str:
        return self.content["kind"]  # type: ignore[no-any-return]

    @cached_property
    def occurred(self) -> FuzzyDate | None:
        """None for records about other records, and for what was redacted."""
        return None if (date := self.content.get("occurred")) is None else parse_date(date)

    @property
    def act(self) -> str:
        """What it does to the record `target`, if there is one."""
        return CORRECTION if "corrects" in self.content else self.kind

    @property
    def target(self) -> UUID | None:
        """The record that this one is about: the version that it corrects, or what it withdraws, disputes or blanks."""
        if "corrects" in self.content:
            return UUID(self.content["corrects"])
        return (
            None if "occurred" in self.content or "data" not in self.content else UUID(self.content["data"]["target"])
        )

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        return tuple(Source.from_json(source) for source in self.content.get("sources", ()))

    @property
    def names(self) -> Mapping[str, str]:
        """Names given to entities on this mention, by `kind:slug`."""
        return self.content.get("names", {})  # type: ignore[no-any-return]


def redacted(record: Record) -> Record:
    """What is left of a record that was blanked."""
    return replace(record, content=BLANK)


BLANK: Mapping[str, Any] = {"kind": REDACTED}


class Basis(NamedTuple):
    """How far a log had got: the position, when it was recorded and its hash; position 0 is the empty log."""

    position: int
    recorded_at: int | None = None
    hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class TimelineInfo:
    """A timeline's name plate. `id` is the database's own and never leaves it."""

    id: int
    slug: str
    title: str
    description: str | None = field(default=None)
