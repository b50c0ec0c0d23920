"""Attributes with a value for each key: the key, the value, since when, and what set it."""

from typing import Any

import strawberry
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.attribute_values import nodes_in, shown
from timeline.api.batching import batched, leaf
from timeline.api.connections import window
from timeline.api.facts import EventLater, FactNode, begun, entity_of, events_that_set
from timeline.api.listing import list_page
from timeline.api.nodes import EntityNode, Page
from timeline.api.outputs import output_type
from timeline.api.request import request_of
from timeline.api.values import FuzzyDateType
from timeline.domain.entity_kinds import AttributeKind, EntityKind
from timeline.domain.fields import Shape
from timeline.domain.names import camel, pascal
from timeline.projection.states import Fact, facts_of


def key_argument(attribute: AttributeKind) -> str:
    """What a key is called: after the kind of entity that it names, else `key`."""
    assert attribute.per is not None
    return attribute.per.kinds[0].replace("-", "_").replace(".", "_") if len(attribute.per.kinds) == 1 else "key"


def type_of(kind: EntityKind, attribute: AttributeKind, value: Any, classes: dict[str, type], any_entity: type) -> type:
    """`AppRank { app, chart, rank, since, event }`."""
    assert attribute.per is not None
    of, key = camel(kind.declared.graphql), key_argument(attribute)
    is_entity = attribute.per.shape is Shape.REF
    name = f"{kind.declared.graphql}{pascal(attribute.name)}"
    annotations: dict[str, Any] = {
        of: classes[kind.name],
        key: output_type(attribute.per, classes, any_entity) if is_entity else strawberry.ID,
        attribute.name: value,
        "since": FuzzyDateType,
        "event": EventLater,
    }
    body: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": annotations,
        of: batched(_owners, name=of, description="Whose value it is."),
        key: batched(_keys, description="The key.") if is_entity else leaf(lambda node: node.fact.key),
        attribute.name: batched(_values(attribute), description=attribute.doc or "The value under this key."),
        "since": batched(begun, description="When the event that set it occurred."),
        "event": batched(events_that_set, description="What set it."),
    }
    return strawberry.type(
        type(name, (), body),
        name=name,
        description=f"The {camel(attribute.name)} of one {kind.name}, under one key.",
    )


def _owners(nodes: list[FactNode], info: Info) -> list[EntityNode]:
    return [entity_of(request_of(info), node.view, node.fact.entity) for node in nodes]


def _keys(nodes: list[FactNode], info: Info) -> list[EntityNode]:
    return [entity_of(request_of(info), node.view, node.fact.key) for node in nodes]


def _values(attribute: AttributeKind) -> Any:
    def values(nodes: list[FactNode], info: Info) -> list[Any]:
        owners = _owners(nodes, info)
        return nodes_in(
            info, [(owner, shown(attribute, node.fact.value)) for owner, node in zip(owners, nodes, strict=True)]
        )

    return values


def facts(
    info: Any, attribute: AttributeKind, entities: list[EntityNode], key: str | None = None
) -> dict[tuple[Any, str], list[Fact]]:
    """The facts of one attribute, by view and entity; one statement for each view."""
    request, found = request_of(info), dict[tuple[Any, str], list[Fact]]()
    by_view: dict[Any, set[str]] = {}
    for entity in entities:
        by_view.setdefault(entity.view, set()).add(entity.ref.key)
    with request.reading() as connection:
        for view, refs in by_view.items():
            keys = None if key is None else request.known_as(connection, view, [key])[key]
            for fact in facts_of(connection, view.generation, refs, [attribute], view.when, keys):
                found.setdefault((view, fact.entity), []).append(fact)
    return found


def pages(attribute: AttributeKind) -> Any:
    """A resolver of `ranks`: a value for each key that has one, in the order of keys."""

    def keyed_pages(
        entities: list[EntityNode], info: Info, first: int | None = 50, after: str | None = None
    ) -> list[Page[FactNode]]:
        asked, by_entity = window(first, after, None, None), facts(info, attribute, entities)
        found = []
        with request_of(info).reading() as connection:
            for entity in entities:
                question = cursors.question("keyed", entity.view.timeline.slug, entity.ref.key, attribute.path)
                several = [fact for fact in by_entity.get((entity.view, entity.ref.key), ()) if fact.is_there]
                nodes = [FactNode(entity.view, fact) for fact in several]
                found.append(
                    list_page(connection, entity.view, question, nodes, lambda node: node.place, (str, str), asked)
                )
        return found

    keyed_pages.__doc__ = f"The {camel(attribute.name)} under each key that has one."
    return keyed_pages
