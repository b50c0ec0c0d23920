"""A timeline in GraphQL: its events, their extent and their counts. A resolver's parents are views of timelines."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from timeline.api import comparing, entity_pages, ids, pages
from timeline.api.asking import EventFilter, KnownAt, known, moment, order_of, wanted
from timeline.api.batching import batched, leaf
from timeline.api.connections import Connection, window
from timeline.api.entities import Entity
from timeline.api.events import Event
from timeline.api.facts import FactChangeType
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import request_of
from timeline.api.scalars import EDTF, UUID, DateTime
from timeline.api.series import Series, all_series
from timeline.api.values import BasisType, Bounds, Node
from timeline.domain.kinds import Kinds
from timeline.domain.names import camel
from timeline.log.read import records_by_id
from timeline.projection import spans
from timeline.projection.events import EventOrder
from timeline.projection.spans import Axis, Group, Period

KINDS_OF_TIMELINE = "TimelineKinds"


def one_event(
    timelines: list[View], info: Info, event_id: UUID, known_at: KnownAt | None = None
) -> list[EventNode | None]:
    """Null if the timeline has no such event, or had none by then."""
    request = request_of(info)
    found: list[EventNode | None] = []
    with request.reading() as connection:
        for timeline in timelines:
            view = known(request, connection, timeline, known_at)
            record = records_by_id(connection, timeline.timeline.id, [event_id]).get(event_id)
            is_known = record is not None and record.position <= view.basis.position
            found.append(EventNode.of(view, record, request.timelines.kinds) if record and is_known else None)
    return found


def event_pages(
    timelines: list[View],
    info: Info,
    filter: EventFilter | None = None,
    order_by: EventOrder | None = EventOrder.OCCURRED_ASC,
    at: EDTF | None = None,
    known_at: KnownAt | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[Page[EventNode]]:
    """Events in the order asked for. Entities inside are given at the date `at`."""
    request = request_of(info)
    conditions = wanted(filter, request.timelines.kinds.events)
    order = order_of(order_by, filter)
    asked = window(first, after, last, before)
    with request.reading() as connection:
        views = [known(request, connection, timeline, known_at).looking_at(moment(at)) for timeline in timelines]
        return pages.event_pages(request, connection, [(view, conditions) for view in views], order, asked)


@strawberry.type(description="Counts of one period; a group if asked for.")
class HistogramBar:
    start: DateTime = leaf(lambda bar: bar[0], description="Where the period begins.")
    end: DateTime = leaf(lambda bar: bar[1], description="Where it ends, exclusive.")
    count: int = leaf(lambda bar: bar[3], description="How many events.")
    group: str | None = leaf(lambda bar: bar[2], description="The kind, or the entity, that it counts.")


def extents(
    timelines: list[View], info: Info, filter: EventFilter | None = None, known_at: KnownAt | None = None
) -> list[tuple[int | None, int | None] | None]:
    """From the first to the last: for fitting a view to the data. Null if there is nothing to fit."""
    request = request_of(info)
    conditions = wanted(filter, request.timelines.kinds.events)
    found = []
    with request.reading() as connection:
        for timeline in timelines:
            view = known(request, connection, timeline, known_at)
            named = pages.everyone(request, connection, view, conditions)
            first, last = spans.extent(connection, view.generation, view.basis.position, named)
            found.append(None if first is None and last is None else (first, last))
    return found


def histograms(
    timelines: list[View],
    info: Info,
    by: Period,
    group_by: Group | None = None,
    axis: Axis | None = Axis.WORLD,
    filter: EventFilter | None = None,
    known_at: KnownAt | None = None,
) -> list[list[tuple[int, int, str | None, int]]]:
    """Counts per period (each event at its earliest start), for axes and zoom levels; at most 2,000, none empty."""
    request = request_of(info)
    conditions = wanted(filter, request.timelines.kinds.events)
    found = []
    with request.reading() as connection:
        for timeline in timelines:
            view = known(request, connection, timeline, known_at)
            bars = spans.histogram(
                connection,
                view.generation,
                view.basis.position,
                pages.everyone(request, connection, view, conditions),
                by,
                axis or Axis.WORLD,
                group_by,
            )
            found.append([(*spans.bounds_of(by, index), group, count) for index, group, count in bars])
    return found


@strawberry.type(name="Timeline", description="A named, append-only log and all that is derived from it.")
class TimelineType(Node):
    id: strawberry.ID = leaf(ids.timeline_id, description="Of this timeline as it is looked at here.")
    slug: strawberry.ID = leaf(lambda view: view.timeline.slug, description="Its name for programs.")
    title: str = leaf(lambda view: view.timeline.title, description="Its name for people.")
    description: str | None = leaf(lambda view: view.timeline.description, description="What it is about.")
    basis: BasisType = leaf(
        lambda view: view.basis,
        description="How far the log has got in this answer. Pin a query with knownAt: {position: …} to ask it again.",
    )
    event: Event | None = batched(one_event)
    events: Connection[Event] = batched(event_pages)
    extent: Bounds | None = batched(extents, long=True)
    histogram: list[HistogramBar] = batched(histograms, long=True)
    entity: Entity | None = batched(entity_pages.one_entity)
    entities_by_ref: list[Entity | None] = batched(entity_pages.entities_by_ref)
    entities: Connection[Entity] = batched(entity_pages.entity_pages())
    series: list[Series] = batched(all_series, long=True)
    diff: Connection[FactChangeType] = batched(comparing.diffs, long=True)


def timeline_kinds(kinds: Kinds, classes: Mapping[str, type]) -> type:
    """A type that holds the fields which a timeline has for each entity kind; `schema_for` moves them there.

    Strawberry's types belong to the process, and which kinds there are to a registry.
    """
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
    for name, kind in kinds.entities.items():
        one, several, cls = camel(kind.declared.graphql), kind.declared.plural, classes[name]
        annotations |= {one: cls | None, several: Connection[cls]}  # type: ignore[valid-type]
        body[one] = batched(entity_pages.one_of_kind(name), name=one)
        body[several] = batched(entity_pages.entity_pages(name), name=several)
    return strawberry.type(type(KINDS_OF_TIMELINE, (), body), name=KINDS_OF_TIMELINE)
