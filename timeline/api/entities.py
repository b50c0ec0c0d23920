"""Entities in GraphQL: the interface that every entity kind's type implements."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.types import Info

from timeline.api import ids, pages
from timeline.api.asking import EventFilter, order_of, wanted
from timeline.api.batching import batched, leaf
from timeline.api.connections import Connection, window
from timeline.api.entity_facts import entity_facts
from timeline.api.entity_history import entity_history
from timeline.api.facts import FactType, entity_of
from timeline.api.nodes import EntityNode, EventNode, Page, View, by_view
from timeline.api.request import Request, request_of
from timeline.api.values import BasisType, FuzzyDateType, Node
from timeline.domain.refs import Ref
from timeline.projection import filters
from timeline.projection.events import EventOrder
from timeline.projection.names import Identity

if TYPE_CHECKING:
    from timeline.api.events import Event

EventConnection = Connection[Annotated["Event", strawberry.lazy("timeline.api.events")]]


def identities(entities: list[EntityNode], info: Info) -> list[Identity]:
    return request_of(info).identities([(entity.view, entity.ref.key) for entity in entities])


def names(entities: list[EntityNode], info: Info) -> list[str]:
    return [identity.name for identity in identities(entities, info)]


def aliases(entities: list[EntityNode], info: Info) -> list[tuple[str, ...]]:
    return [identity.aliases for identity in identities(entities, info)]


def descriptions(entities: list[EntityNode], info: Info) -> list[str | None]:
    return [identity.description for identity in identities(entities, info)]


def entity_events(
    entities: list[EntityNode],
    info: Info,
    filter: EventFilter | None = None,
    order_by: EventOrder | None = EventOrder.OCCURRED_ASC,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[Page[EventNode]]:
    """The events that name it."""
    request = request_of(info)
    conditions = wanted(filter, request.timelines.kinds.events)
    asked = [(each.view, filters.about(conditions, each.ref.key)) for each in entities]
    order = order_of(order_by, filter)
    with request.reading() as connection:
        return pages.event_pages(request, connection, asked, order, window(first, after, last, before))


def uncertain_events(
    entities: list[EntityNode], info: Info, first: int | None = 50, after: str | None = None
) -> list[Page[EventNode]]:
    """Events that may or may not have happened by then."""
    request = request_of(info)
    asked = [
        (each.view, filters.EventFilter(about=(each.ref.key,), uncertain_at=each.view.when.moment)) for each in entities
    ]
    with request.reading() as connection:
        return pages.event_pages(request, connection, asked, EventOrder.OCCURRED_ASC, window(first, after, None, None))


@strawberry.interface(description="Something with an identity that events are about.")
class Entity(Node):
    id: strawberry.ID = leaf(
        lambda entity: ids.entity_id(entity.ref, entity.view),
        description="Of this entity as it is looked at here: at another date it has another id.",
    )
    ref: strawberry.ID = leaf(lambda entity: entity.ref.key, description="kind:slug, as used in inputs")
    slug: strawberry.ID = leaf(lambda entity: entity.ref.slug, description="Unique among the entities of its kind.")
    kind: str = leaf(lambda entity: entity.ref.kind, description="The kind's stored name, as in `entityKinds`.")
    name: str = batched(names, description="What it is called at that date: its slug if nothing gave it a name.")
    aliases: list[str] = batched(aliases, description="Other names that it was given.")
    description: str | None = batched(descriptions, description="What it is, in a sentence or a paragraph.")
    at: FuzzyDateType | None = leaf(
        lambda entity: entity.view.at, description="The date this state is for; null when none was asked for."
    )
    basis: BasisType = leaf(lambda entity: entity.view.basis, description="What is known here.")
    uncertain: EventConnection = batched(uncertain_events)
    facts: Connection[FactType] = batched(entity_facts)
    history: Connection[FactType] = batched(entity_history, long=True)
    events: EventConnection = batched(entity_events)


def entity_nodes(request: Request, asked: Sequence[tuple[View, Ref[Any]]]) -> list[EntityNode]:
    """The entities that references mean, each under its view: what was merged is what it was merged into."""
    nodes: dict[View, dict[str, EntityNode]] = {}
    named = by_view((view, ref.key) for view, ref in asked)
    if named:
        with request.reading() as connection:
            canonical = request.canonicals(connection, named)
        for view, keys in named.items():
            own = canonical[view]
            nodes[view] = {key: entity_of(request, view, own.get(key, key)) for key in keys}
    return [nodes[view][ref.key] for view, ref in asked]
