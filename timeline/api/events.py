"""Events in GraphQL: one interface, and a type for each event kind."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.types import Info

from timeline.api import claims, ids
from timeline.api.batching import batched, leaf
from timeline.api.comparing import event_changes
from timeline.api.connections import Connection
from timeline.api.entities import Entity, entity_nodes
from timeline.api.facts import FactChangeType
from timeline.api.headlines import headlines
from timeline.api.nodes import EventNode
from timeline.api.outputs import output_type
from timeline.api.request import request_of
from timeline.api.scalars import JSON, UUID, DateTime, Position
from timeline.api.values import FuzzyDateType, Node, SourceType
from timeline.domain.acts import Status
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import FieldType, Shape
from timeline.domain.kinds import Kinds

if TYPE_CHECKING:
    from timeline.api.records import Dispute
    from timeline.api.timeline import TimelineType


@strawberry.type(description="An entity that an event names, and the field that names it.")
class EntityRole:
    role: str = leaf(lambda role: role[0], description="The field that names it.")
    entity: Entity = leaf(lambda role: role[1], description="The entity as it stands here.")


def _roles(events: list[EventNode], info: Info) -> list[list[tuple[str, Any]]]:
    """Every entity that it names."""
    asked = [(event.view, ref) for event in events for _, ref in event.roles]
    nodes = iter(entity_nodes(request_of(info), asked))
    return [[(name, next(nodes)) for name, _ in event.roles] for event in events]


TimelineLater = Annotated["TimelineType", strawberry.lazy("timeline.api.timeline")]
DisputeLater = Annotated["Dispute", strawberry.lazy("timeline.api.records")]
EventLater = Annotated["Event", strawberry.lazy("timeline.api.events")]


@strawberry.interface(description="Something that happened, as it was recorded.")
class Event(Node):
    id: strawberry.ID = leaf(
        lambda event: ids.event_id(event.record.id, event.view), description="Of this event as it is looked at here."
    )
    event_id: UUID = leaf(
        lambda event: event.record.id, description="The client's or server's id of this record; unique in the timeline."
    )
    claim_id: UUID = batched(
        claims.claim_ids, description="The first version's eventId: the same for all versions of one claim."
    )
    kind: str = leaf(lambda event: event.record.kind, description="The kind's stored name, as in `kinds`.")
    position: Position = leaf(lambda event: event.record.position, description="Its place in the log.")
    timeline: TimelineLater = leaf(
        lambda event: event.view.without_date(), description="Its timeline, as known at the basis of this answer."
    )
    occurred: FuzzyDateType | None = leaf(
        lambda event: event.record.occurred,
        description="Null only for records about other records, and for what was redacted.",
    )
    recorded_at: DateTime = leaf(lambda event: event.record.recorded_at, description="When it entered the log.")
    recorded_by: str | None = leaf(
        lambda event: event.record.content.get("by"), description="Who brought it there; null if nobody was named."
    )
    headline: str = batched(headlines)
    note: str | None = leaf(
        lambda event: event.record.content.get("note"), description="What whoever recorded it has to say about it."
    )
    entities: list[EntityRole] = batched(_roles)
    sources: list[SourceType] = leaf(lambda event: event.record.sources, description="Who says so.")
    status: Status = batched(claims.statuses, description="At the basis of this answer.")
    disputes: list[DisputeLater] = batched(claims.disputes)
    versions: list[EventLater] = batched(claims.versions)
    current: EventLater | None = batched(claims.currents)
    superseded_by: EventLater | None = batched(claims.superseding)
    changes: Connection[FactChangeType] = batched(event_changes)
    reason: str | None = leaf(
        lambda event: event.record.content.get("reason"),
        description="Why this version replaced another; why something was withdrawn, or removed.",
    )
    data: JSON | None = leaf(
        lambda event: event.record.content.get("data"),
        description="The kind's own fields, as stored. Null of what was redacted.",
    )
    hash: str = leaf(
        lambda event: event.record.hash.hex(),
        description="SHA-256 over this record and, by way of the chain, all before it.",
    )


def event_types(kinds: Kinds, entities: Mapping[str, type]) -> list[type]:
    """A type for each event kind."""
    return [_event_type(kind, kinds, entities) for kind in kinds.events.values()]


def _event_type(kind: EventKind, kinds: Kinds, entities: Mapping[str, type]) -> type:
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
    for name, field in kind.fields.items():
        inner = output_type(field, entities, Entity)
        annotations[name] = list[inner] if field.many else inner if field.required else inner | None  # type: ignore[valid-type]
        body[name] = _reader(field, kinds.doc_of(field))
    return strawberry.type(
        type(kind.declared.graphql, (Event,), body), name=kind.declared.graphql, description=kind.doc
    )


def _reader(field: FieldType, description: str | None) -> Any:
    """A field that is read from its event; entities are those that their ids stand for under its view."""
    name = field.name
    if field.shape is not Shape.REF:
        return leaf(lambda event: event.field(name), description=description)

    def one(events: list[EventNode], info: Info) -> list[Any]:
        named = [(event.view, event.field(name)) for event in events]
        nodes = iter(entity_nodes(request_of(info), [each for each in named if each[1] is not None]))
        return [None if ref is None else next(nodes) for _, ref in named]

    def several(events: list[EventNode], info: Info) -> list[Any]:
        named = [(event.view, event.field(name)) for event in events]
        nodes = iter(entity_nodes(request_of(info), [(view, ref) for view, refs in named for ref in refs]))
        return [[next(nodes) for _ in refs] for _, refs in named]

    return batched(several if field.many else one, description=description)
