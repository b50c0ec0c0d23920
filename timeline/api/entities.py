"""Entities in GraphQL: one interface, and a type for each entity kind."""

from typing import Any

import strawberry
from strawberry.types import Info

from timeline.api import ids
from timeline.api.batching import batched, leaf
from timeline.api.nodes import EntityNode
from timeline.api.request import request_of
from timeline.api.values import BasisType, FuzzyDateType, Node
from timeline.domain.kinds import Kinds
from timeline.domain.refs import Ref
from timeline.projection.names import Identity


def identities(entities: list[EntityNode], info: Info) -> list[Identity]:
    return request_of(info).identities([(entity.view, entity.ref.key) for entity in entities])


def names(entities: list[EntityNode], info: Info) -> list[str]:
    return [identity.name for identity in identities(entities, info)]


def aliases(entities: list[EntityNode], info: Info) -> list[tuple[str, ...]]:
    return [identity.aliases for identity in identities(entities, info)]


def descriptions(entities: list[EntityNode], info: Info) -> list[str | None]:
    return [identity.description for identity in identities(entities, info)]


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


def entity_types(kinds: Kinds) -> dict[str, type]:
    """A type for each entity kind, by the kind's name."""
    return {
        name: strawberry.type(
            type(kind.declared.graphql, (Entity,), {"__module__": __name__, "__annotations__": {}}),
            name=kind.declared.graphql,
            description=kind.doc,
        )
        for name, kind in kinds.entities.items()
    }


def node_of(kinds: Kinds, ref: Ref[Any], view: Any) -> EntityNode:
    return EntityNode(view, ref, kinds.entities[ref.kind].declared.graphql)
