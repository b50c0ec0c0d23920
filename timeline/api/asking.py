"""The arguments that questions share: what is known, which events, which order."""

from collections.abc import Collection
from typing import Any

import strawberry
from sqlalchemy import Connection

from timeline.api.nodes import View
from timeline.api.request import Request
from timeline.api.scalars import EDTF, DateTime, Position
from timeline.api.searching import searched
from timeline.api.words import described
from timeline.domain import texts
from timeline.domain.acts import RESERVED, Status
from timeline.domain.dates import FuzzyDate, parse_moment
from timeline.domain.refs import parse_ref
from timeline.errors import BadInput, TooLarge, under
from timeline.projection import filters
from timeline.projection.events import EventOrder
from timeline.projection.spans import Axis, Group, Period

MAX_REFS = 100
UNSET = strawberry.UNSET

described(
    EventOrder,
    "By when events occurred or were recorded, or by where a search finds something.",
    OCCURRED_ASC="What happened first comes first.",
    OCCURRED_DESC="What happened last comes first.",
    RECORDED_ASC="What was recorded first comes first.",
    RECORDED_DESC="What was recorded last comes first.",
    RELEVANCE="Only of a search: what it finds in names and aliases, then in headlines, in notes and other texts, in"
    " quotes; of these what happened last first.",
)
described(
    Period,
    "The length of a histogram's bars, in UTC; weeks start on Monday.",
    **{each.name: f"A {each.name.lower()}." for each in Period if each is not Period.HOUR},
    HOUR="An hour.",
)
described(
    Axis,
    "Which of the two times.",
    WORLD="When events occurred.",
    KNOWLEDGE="When they were recorded.",
)
described(
    Group,
    "What bars are grouped by.",
    name="HistogramGroup",
    KIND="The kind of event.",
    ENTITY="Each entity that an event names.",
)
described(
    Status,
    "What became of a version of a claim by the basis. A dispute changes nothing of it.",
    name="EventStatus",
    CURRENT="It stands.",
    CORRECTED="A later version stands in its place.",
    RETRACTED="The claim was withdrawn.",
    REDACTED="Its content was removed.",
)


@strawberry.input(one_of=True, description="time: the last position recorded at or before it.")
class KnownAt:
    position: Position | None = strawberry.field(default=UNSET, description="A place in the log.")
    time: DateTime | None = strawberry.field(default=UNSET, description="A moment when it was recorded.")


@strawberry.input(description="Conditions that narrow, all of them together.")
class EventFilter:
    kinds: list[str] | None = strawberry.field(
        default=UNSET,
        description="When not given, all but records about other records: retraction, dispute and redaction.",
    )
    entities: list[strawberry.ID] | None = strawberry.field(default=UNSET, description="About any of these (refs).")
    occurred: EDTF | None = strawberry.field(default=UNSET, description="May overlap this date or interval.")
    recorded_after: Position | None = strawberry.field(default=UNSET, description="Recorded at a later position.")
    search: str | None = strawberry.field(
        default=UNSET,
        description="Full text: headline, note and other texts, quotes, and names and aliases of entities. What is"
        " typed is words, and phrases in quotes, all of which must be found; nothing in it is an operator. The last"
        " word may be the beginning of one, unless it is in quotes. Blanks find everything, and signs alone nothing."
        " At most 200 characters.",
    )
    source_host: str | None = strawberry.field(
        default=UNSET, description="A host that a source's URL is on; a leading www. is left aside."
    )
    status: list[Status] | None = strawberry.field(default=UNSET, description="At the basis; CURRENT when not given.")
    disputed: bool | None = strawberry.field(default=UNSET, description="Whether a dispute of it stands, at the basis.")


def given(value: Any) -> Any:
    """What was given, or None: in inputs, null and nothing mean the same here."""
    return None if value is UNSET else value


def known(request: Request, connection: Connection, view: View, known_at: KnownAt | None) -> View:
    if known_at is None:
        return view
    return request.as_known(connection, view, given(known_at.position), given(known_at.time))


def moment(at: FuzzyDate | None) -> FuzzyDate | None:
    """A date that a question can be asked at; BAD_INPUT for periods, open ranges and what is qualified."""
    if at is not None:
        with under("at"):
            parse_moment(at.edtf)
    return at


def wanted(asked: EventFilter | None, known_kinds: Collection[str]) -> filters.EventFilter:
    """A filter as the projection takes it; BAD_INPUT for kinds that do not exist and for what are not refs."""
    if asked is None:
        return filters.EventFilter()
    kinds, entities, host = given(asked.kinds), given(asked.entities), given(asked.source_host)
    for index, kind in enumerate(kinds or ()):
        if kind not in known_kinds and kind not in RESERVED:
            there = ", ".join((*known_kinds, *RESERVED))
            raise BadInput(f"there is no event kind {kind[:100]!r}; there are {there}", ("filter", "kinds", index))
    return filters.EventFilter(
        kinds=None if kinds is None else tuple(kinds),
        entities=None if entities is None else refs(entities, ("filter", "entities")),
        occurred=given(asked.occurred),
        recorded_after=given(asked.recorded_after),
        search=searched(given(asked.search)),
        source_host=None if host is None else _host(host),
        status=None if (status := given(asked.status)) is None else tuple(each.name for each in status),
        disputed=given(asked.disputed),
    )


def order_of(asked: EventOrder | None, filter: EventFilter | None) -> EventOrder:
    """In the order of the world if nothing is said; BAD_INPUT for relevance where nothing is searched."""
    if asked is EventOrder.RELEVANCE and (filter is None or given(filter.search) is None):
        raise BadInput("RELEVANCE is the order of a search", ("orderBy",))
    return asked or EventOrder.OCCURRED_ASC


def _host(named: str) -> str:
    with under("filter", "sourceHost"):
        return texts.name(named).lower().removeprefix("www.")


def refs(named: list[strawberry.ID], path: tuple[str, ...]) -> tuple[str, ...]:
    """Up to 100 times `kind:slug`."""
    if len(named) > MAX_REFS:
        raise TooLarge(f"at most {MAX_REFS} entities, not {len(named):,}", path)
    found = []
    for index, ref in enumerate(named):
        with under(*path, index):
            found.append(parse_ref(ref).key)
    return tuple(found)
