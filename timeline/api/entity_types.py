"""A GraphQL type for each entity kind, with a field for each of its attributes, made from the declarations."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from timeline.api import keyed
from timeline.api.attribute_values import nodes_in, nothing, shown, value_type
from timeline.api.batching import batched
from timeline.api.connections import Connection, window
from timeline.api.entities import Entity
from timeline.api.nodes import EntityNode
from timeline.api.outputs import output_type
from timeline.api.referring import referring
from timeline.api.request import request_of
from timeline.domain.entity_kinds import AttributeKind, EntityKind
from timeline.domain.kinds import Kinds
from timeline.domain.names import camel, plural
from timeline.domain.rules import MEMBERS
from timeline.errors import BadInput
from timeline.projection.states import Fact

_KEY = Annotated[strawberry.ID, strawberry.argument(description="The slug of what it is a value for.")]


def entity_types(kinds: Kinds) -> dict[str, type]:
    """A type for each entity kind, by the kind's name."""
    classes = {
        name: type(kind.declared.graphql, (Entity,), {"__module__": __name__, "__annotations__": {}})
        for name, kind in kinds.entities.items()
    }
    for name, kind in kinds.entities.items():
        for attribute in kind.attributes.values():
            _add_attribute(classes, name, kind, attribute)
    for name, kind in kinds.entities.items():
        strawberry.type(classes[name], name=kind.declared.graphql, description=kind.doc)
    return classes


def _add_attribute(classes: dict[str, type], name: str, kind: EntityKind, attribute: AttributeKind) -> None:
    value = value_type(attribute, output_type(attribute.type, classes, Entity))
    if attribute.per is None:
        _add(classes[name], attribute.name, value, _field(attribute))
        shown: Any = classes[name]
        targets = attribute.type.kinds
    else:
        shown = keyed.type_of(kind, attribute, value, classes, Entity)
        targets = attribute.per.kinds
        _add(classes[name], attribute.name, value, _keyed_field(attribute))
        _add(classes[name], plural(attribute.name), Connection[shown], batched(keyed.pages(attribute)))
    if attribute.inverse:
        for target in targets:
            _add(classes[target], attribute.inverse, Connection[shown], batched(referring(attribute)))


def _add(cls: type, name: str, type_: Any, field: Any) -> None:
    cls.__annotations__[name] = type_
    setattr(cls, name, field)


def _field(attribute: AttributeKind) -> Any:
    path, empty = attribute.path, nothing(attribute)

    def values(entities: list[EntityNode], info: Info) -> list[tuple[EntityNode, Any]]:
        request, by_view = request_of(info), dict[Any, set[str]]()
        for entity in entities:
            by_view.setdefault(entity.view, set()).add(entity.ref.key)
        with request.reading() as connection:
            states = {view: request.states(connection, view, refs) for view, refs in by_view.items()}

        def value(entity: EntityNode) -> Any:
            facts = states[entity.view][entity.ref.key]
            return next((shown(attribute, fact.value) for fact in facts if fact.attribute.path == path), empty)

        return [(entity, value(entity)) for entity in entities]

    if attribute.rule is not MEMBERS:
        return _named(attribute, lambda entities, info: nodes_in(info, values(entities, info)))

    def some(entities: list[EntityNode], info: Info, first: int | None = 50) -> list[Any]:
        size = window(first, None, None, None).size
        return nodes_in(info, [(entity, value[:size]) for entity, value in values(entities, info)])

    return _named(attribute, some)


def _keyed_field(attribute: AttributeKind) -> Any:
    """The value under one key, as `rank(chart: ID!)`."""
    argument = keyed.key_argument(attribute)

    def values(entities: list[EntityNode], info: Info, **arguments: Any) -> list[Any]:
        try:
            key = attribute.read_key(arguments[argument])
        except BadInput as bad:
            raise bad.under(argument) from None
        facts = keyed.facts(info, attribute, entities, key)
        empty = nothing(attribute)

        def value(entity: EntityNode) -> Any:
            found: list[Fact] = facts.get((entity.view, entity.ref.key), [])
            return next((shown(attribute, fact.value) for fact in found), empty)

        return nodes_in(info, [(entity, value(entity)) for entity in entities])

    own = inspect.Parameter(argument, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=_KEY)
    entities, info, _ = inspect.signature(values).parameters.values()
    values.__signature__ = inspect.Signature([entities, info, own])  # type: ignore[attr-defined]
    return _named(attribute, values)


def _named(attribute: AttributeKind, resolve: Callable[..., Any]) -> Any:
    doc = attribute.doc or f"The {attribute.rule.name} {camel(attribute.name)} that is known."
    return batched(resolve, description=doc)
