"""The arguments that questions share: what is known, which events, which order."""

import strawberry
from sqlalchemy import Connection

from timeline.api.nodes import View
from timeline.api.request import Request
from timeline.api.scalars import EDTF, DateTime, Position
from timeline.domain import texts
from timeline.domain.refs import parse_ref
from timeline.errors import BadInput, TooLarge
from timeline.projection import events, filters, spans

MAX_REFS = 100

EventOrder = strawberry.enum(events.EventOrder, description="By when events occurred, or by when they were recorded.")
Period = strawberry.enum(spans.Period)
Axis = strawberry.enum(spans.Axis, description="WORLD: when events occurred. KNOWLEDGE: when they were recorded.")
HistogramGroup = strawberry.enum(spans.Group, name="HistogramGroup")


@strawberry.input(one_of=True, description="time: the last position recorded at or before it.")
class KnownAt:
    position: Position | None = strawberry.UNSET
    time: DateTime | None = strawberry.UNSET


@strawberry.input(description="Conditions that narrow, all of them together.")
class EventFilter:
    kinds: list[str] | None = None
    entities: list[strawberry.ID] | None = strawberry.field(default=None, description="About any of these entities (refs).")
    occurred: EDTF | None = strawberry.field(default=None, description="May overlap this date or interval.")
    recorded_after: Position | None = None
    source_host: str | None = strawberry.field(
        default=None, description="A host that a source's URL is on; a leading www. is left aside."
    )


def known(request: Request, connection: Connection, view: View, known_at: KnownAt | None) -> View:
    if known_at is None:
        return view
    position, time = (None if each is strawberry.UNSET else each for each in (known_at.position, known_at.time))
    return request.as_known(connection, view, position, time)


def wanted(given: EventFilter | None, known_kinds: frozenset[str]) -> filters.EventFilter:
    """A filter as the projection takes it; BAD_INPUT for kinds that do not exist and for what are not refs."""
    if given is None:
        return filters.EventFilter()
    for index, kind in enumerate(given.kinds or ()):
        if kind not in known_kinds:
            raise BadInput(f"there is no event kind {kind[:100]!r}", ("filter", "kinds", index))
    host = None
    if given.source_host is not None:
        host = texts.line(given.source_host, texts.MAX_NAME).lower().removeprefix("www.")
    return filters.EventFilter(
        kinds=None if given.kinds is None else tuple(given.kinds),
        entities=None if given.entities is None else refs(given.entities, ("filter", "entities")),
        occurred=given.occurred,
        recorded_after=given.recorded_after,
        source_host=host,
    )


def refs(given: list[strawberry.ID], path: tuple[str, ...]) -> tuple[str, ...]:
    """Up to 100 times `kind:slug`."""
    if len(given) > MAX_REFS:
        raise TooLarge(f"at most {MAX_REFS} entities, not {len(given):,}", path)
    found = []
    for index, ref in enumerate(given):
        try:
            found.append(parse_ref(ref).key)
        except BadInput as bad:
            raise bad.under(*path, index) from None
    return tuple(found)
