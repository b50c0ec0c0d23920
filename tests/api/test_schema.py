"""The exported schema: it is the committed one, it says what things are, and it follows the declarations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from tests.api.client import Client
from timeline import kinds as shipped
from timeline.api.schema import export, schema_for
from timeline.domain import names
from timeline.domain.kinds import Kinds

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


@pytest.fixture(scope="module")
def product() -> Kinds:
    return Kinds.of(shipped)


@pytest.fixture(scope="module")
def schema(product: Kinds) -> GraphQLSchema:
    return build_schema(export(schema_for(product)))


def object_of(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    found = schema.get_type(name)
    assert isinstance(found, GraphQLObjectType), name
    return found


def test_the_committed_schema_is_the_export(product: Kinds) -> None:
    current = export(schema_for(product))
    assert COMMITTED.read_text(encoding="utf-8") == current, "write it again: timeline schema schema.graphql"
    assert export(schema_for(Kinds.of(shipped))) == current  # the same every time


def test_every_type_says_what_it_is(schema: GraphQLSchema) -> None:
    types = [each for each in schema.type_map.values() if not is_introspection_type(each)]
    assert [each.name for each in types if not (each.description or is_specified_scalar_type(each))] == []


def test_every_field_argument_and_value_says_what_it_is(schema: GraphQLSchema) -> None:
    def described() -> Iterator[tuple[str, str | None]]:
        for name, each in schema.type_map.items():
            if is_introspection_type(each):
                continue
            for field, about in getattr(each, "fields", {}).items():
                yield f"{name}.{field}", about.description
                yield from (
                    (f"{name}.{field}({arg})", it.description) for arg, it in getattr(about, "args", {}).items()
                )
            if isinstance(each, GraphQLEnumType):
                yield from ((f"{name}.{value}", about.description) for value, about in each.values.items())

    found = dict(described())
    assert {"Event.headline", "Timeline.events(knownAt)", "KnownAt.time", "Qualifier.ABOUT"} <= found.keys()
    assert [place for place, description in found.items() if not description] == []


def test_every_kind_is_a_type_with_its_fields_and_an_input(schema: GraphQLSchema, product: Kinds) -> None:
    choices = schema.get_type("EventData")
    assert isinstance(choices, GraphQLInputObjectType)
    assert choices.is_one_of
    event = schema.get_type("Event")
    for kind in product.events.values():
        output = object_of(schema, kind.declared.graphql)
        assert event in output.interfaces
        assert output.description == kind.doc
        given = schema.get_type(f"{kind.declared.graphql}Input")
        assert isinstance(given, GraphQLInputObjectType)
        assert {names.camel(name) for name in kind.fields} == set(given.fields)
        assert set(output.fields) == set(given.fields) | set(event.fields)  # type: ignore[union-attr]
        for name, field in kind.fields.items():
            assert output.fields[names.camel(name)].description == product.doc_of(field)
            assert str(given.fields[names.camel(name)].type).endswith("!") is field.required
            assert str(output.fields[names.camel(name)].type).endswith("!") is (field.required or field.many)
        assert choices.fields[names.camel(kind.declared.graphql)].description == kind.doc
    assert set(choices.fields) == {names.camel(kind.declared.graphql) for kind in product.events.values()} | {"raw"}
    entity = schema.get_type("Entity")
    for each in product.entities.values():
        output = object_of(schema, each.declared.graphql)
        assert entity in output.interfaces
        assert output.description == each.doc


def test_names_that_kinds_may_not_take_are_the_interfaces_own(schema: GraphQLSchema, product: Kinds) -> None:
    of_kinds = {
        name
        for each in product.entities.values()
        for name in (names.camel(each.declared.graphql), each.declared.plural)
    }
    for interface, reserved in (
        ("Event", names.EVENT_FIELDS),
        ("Entity", names.ENTITY_FIELDS),
        ("Timeline", names.TIMELINE_FIELDS),
    ):
        fields = set(getattr(schema.get_type(interface), "fields", {}))
        if interface == "Timeline":
            assert of_kinds <= fields
            fields -= of_kinds
        assert fields
        assert fields <= {names.camel(name) for name in reserved}, interface


def test_types_that_kinds_may_not_take_are_the_apis_own(schema: GraphQLSchema, product: Kinds) -> None:
    declared = {each.declared.graphql for each in product.events.values()}
    declared |= {each.declared.graphql for each in product.entities.values()}
    declared |= {choice.__name__ for kind in product.events.values() for choice in kind.choices}
    declared |= {
        f"{kind.declared.graphql}{names.pascal(each.name)}"
        for kind in product.entities.values()
        for each in kind.attributes.values()
        if each.per
    }
    of_kinds = {f"{name}{suffix}" for name in declared for suffix in ("", "Input", "Connection", "Edge")}
    own = {name for name in schema.type_map if not name.startswith("__")} - of_kinds
    assert "Timeline" in own
    assert own <= names.TYPES


async def test_a_schema_of_other_kinds_answers_introspection(sqlite_client: Client) -> None:
    query = '{ __schema { types { name } } __type(name: "Event") { possibleTypes { name } } }'
    answer = await sqlite_client.ask(query)
    assert {"Bought", "Toy", "Colour"} <= {each["name"] for each in answer["__schema"]["types"]}
    possible = {each["name"] for each in answer["__type"]["possibleTypes"]}
    kinds = {"Bought", "Moved", "Scored", "EntityDescribed", "EntityMerged"}
    assert possible == kinds | {"Retraction", "Dispute", "Redaction", "RedactedEvent", "UnknownEvent"}
