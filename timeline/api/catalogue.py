"""The kinds that this server knows, for people and programs that choose among them."""

from typing import Any

import strawberry

from timeline.api.batching import leaf
from timeline.api.inputs import input_field
from timeline.api.scalars import JSON


@strawberry.type(name="KindField", description="A field of an event kind, or an attribute of an entity kind.")
class KindField:
    name: str = leaf(lambda field: field[0].name, description="As it is stored.")
    type: str = leaf(lambda field: field[0].type_name, description="Like ref(app), [text] or choice(a|b).")
    required: bool = leaf(lambda field: field[0].required, description="Whether an event must have it.")
    rule: str | None = leaf(lambda field: field[1], description="How changes to an attribute combine.")
    doc: str | None = leaf(lambda field: field[2], description="What it means.")


@strawberry.type(name="EventKind", description="A kind of event.")
class EventKindType:
    name: str = leaf(lambda kind: kind.name, description="As it is stored.")
    version: int = leaf(lambda kind: kind.declared.version, description="Of its fields.")
    graphql_type: str = leaf(lambda kind: kind.declared.graphql, description="Its type in this schema.")
    graphql_input: str = leaf(input_field, description="Its field in EventData.")
    doc: str = leaf(lambda kind: kind.doc, description="What has happened.")
    fields: list[KindField] = leaf(
        lambda kind: [(field, None, field.about.doc) for field in kind.fields.values()],
        description="What an event of the kind says.",
    )
    example: JSON = leaf(lambda kind: kind.example, description="Data that raw accepts.")


@strawberry.type(name="EntityKind", description="A kind of entity.")
class EntityKindType:
    name: str = leaf(lambda kind: kind.name, description="As it stands in refs.")
    graphql_type: str = leaf(lambda kind: kind.declared.graphql, description="Its type in this schema.")
    doc: str = leaf(lambda kind: kind.doc, description="What it is.")
    attributes: list[KindField] = leaf(
        lambda kind: [_attribute(each) for each in kind.attributes.values()], description="What its state holds."
    )


def _attribute(attribute: Any) -> tuple[Any, str, str | None]:
    per = f" per {attribute.per.type_name}" if attribute.per else ""
    return attribute.type, f"{attribute.rule.name}{per}", attribute.doc
