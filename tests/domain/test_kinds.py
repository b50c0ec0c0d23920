"""The kinds that ship, and the names that the API makes of declarations."""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

import timeline.kinds
from tests import toys
from timeline.api.schema import schema_for
from timeline.domain import names
from timeline.domain.attributes import Attribute, earliest, latest, lowest, tally
from timeline.domain.dates import parse_date
from timeline.domain.declare import Entity, Event
from timeline.domain.entity_kinds import EntityKind
from timeline.domain.event_kinds import EventKind
from timeline.domain.kinds import Kinds
from timeline.domain.refs import Ref

SHIPPED = Kinds.of(timeline.kinds)
EVENTS = pytest.mark.parametrize("kind", SHIPPED.events.values(), ids=lambda kind: kind.name)
ENTITIES = pytest.mark.parametrize("kind", SHIPPED.entities.values(), ids=lambda kind: kind.name)

# What the design says that ships; more may.
NAMED = """
app.launched chart.milestone model.released training.disclosed organisation.founded organisation.led
organisation.headquartered control.imposed control.expanded control.eased investment.announced acquisition.announced
market.reaction news.reported entity.described entity.merged
""".split()


def test_every_kind_of_the_design_ships() -> None:
    assert set(NAMED) <= SHIPPED.events.keys()
    assert {"app", "chart", "chip", "control", "deal", "model", "organisation", "person", "place"} <= (
        SHIPPED.entities.keys()
    )


@EVENTS
def test_an_event_kind_says_what_it_is(kind: EventKind) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z]+)+", kind.name)
    assert kind.doc.endswith(".")
    assert dataclasses.is_dataclass(kind.cls)


@ENTITIES
def test_an_entity_kind_says_what_it_is(kind: EntityKind) -> None:
    assert re.fullmatch(r"[a-z]+", kind.name)
    assert kind.doc.endswith(".")


@EVENTS
def test_the_example_of_a_kind_is_one(kind: EventKind) -> None:
    event = kind.decode(kind.example)
    assert kind.encode(event) == kind.example
    assert kind.decode(kind.encode(event)) == event
    assert {ref.kind for _, ref in kind.refs(event)} <= SHIPPED.entities.keys()


@EVENTS
@pytest.mark.parametrize("optional", [True, False])
def test_a_headline_is_one_sentence(kind: EventKind, optional: bool) -> None:
    data = {name: value for name, value in kind.example.items() if optional or kind.fields[name].required}
    event = kind.decode(data)
    headline = event.headline()
    assert headline.strip() == headline != ""
    assert "\n" not in headline
    assert not re.search(r"None|Ref\(|\(\)|\[\]|  | ,|Decimal", headline)
    assert not re.search(r"[.!?] \S", headline)
    if kind.name not in (
        "news.reported",
        "market.reaction",
        "entity.described",
        "entity.merged",
    ):  # of texts and of ids
        assert "The Name" in kind.named(event, lambda key: "The Name").headline()


@EVENTS
def test_the_changes_of_a_kind_are_to_attributes_that_exist(kind: EventKind) -> None:
    for data in (kind.example, {name: kind.example[name] for name, field in kind.fields.items() if field.required}):
        for change in kind.changes(kind.decode(data), parse_date("2025-01")):
            owner, _, name = change.attribute.partition(".")
            attribute = SHIPPED.entities[owner].attributes[name]
            assert change.op in attribute.rule.ops
            assert (change.key is None) == (attribute.per is None)
            assert change.entity.kind == owner


def test_an_entity_kind_has_attributes_that_some_event_sets() -> None:
    changed = {
        change.attribute
        for kind in SHIPPED.events.values()
        for change in kind.changes(kind.decode(kind.example), parse_date("2025-01"))
    }
    declared = {each.stored for each in SHIPPED.attributes.values()}
    assert declared == changed


# Types that no kind makes, so that no kind's fields meet theirs.
OF_RECORDS = {name: {"target"} for name in ("Retraction", "Dispute", "Redaction")} | {"RedactedEvent": {"redaction"}}


@pytest.mark.parametrize("kinds", [Kinds.of(), Kinds.of(toys), SHIPPED], ids=["none", "toys", "shipped"])
def test_every_name_of_the_schema_is_reserved_or_made_of_kinds(kinds: Kinds) -> None:
    schema = build_schema(schema_for(kinds).as_str())
    made: dict[str, set[str]] = {"type": set(), "field": set()}
    for name, owner in names.generated(list(kinds.entities.values()), list(kinds.events.values())):
        if owner != "the API itself":
            what, _, name_ = name.partition(" ")
            made[what].add(name_)
    types = {name for name in schema.type_map if not name.startswith("__")}
    assert types - made["type"] <= names.TYPES
    assert {f"EventData.{name}" for name in fields(schema.type_map["EventData"])} - made["field"] == {"EventData.raw"}
    assert {f"Timeline.{name}" for name in fields(schema.type_map["Timeline"])} - made["field"] <= {
        f"Timeline.{name}" for name in names.TIMELINE_FIELDS
    }
    for interface, reserved in (("Event", names.EVENT_FIELDS), ("Entity", names.ENTITY_FIELDS)):
        type_ = schema.type_map[interface]
        assert isinstance(type_, GraphQLInterfaceType)
        assert fields(type_) <= set(map(names.camel, reserved))
        for object_type in schema.get_possible_types(type_):
            assert isinstance(object_type, GraphQLObjectType)
            declared = declared_fields(kinds, object_type.name) | OF_RECORDS.get(object_type.name, set())
            declared |= {each.partition(".")[2] for each in made["field"] if each.startswith(f"{object_type.name}.")}
            assert fields(object_type) - declared <= set(map(names.camel, reserved)), object_type


def fields(type_: Any) -> set[str]:
    return set(type_.fields)


def declared_fields(kinds: Kinds, graphql: str) -> set[str]:
    """What the declaration of a type adds, in GraphQL's spelling."""
    found: list[Iterable[str]] = [kind.fields for kind in kinds.events.values() if kind.declared.graphql == graphql]
    found += [kind.attributes for kind in kinds.entities.values() if kind.declared.graphql == graphql]
    return {names.camel(name) for several in found for name in several}


def test_the_fingerprint_is_the_same_in_whatever_order_kinds_are_declared() -> None:
    several = [toys.Room, toys.Toy, toys.Moved, toys.Scored, toys.Bought]
    forwards, backwards = Kinds.of(*several), Kinds.of(*reversed(several))
    assert forwards.fingerprint == backwards.fingerprint == Kinds.of(toys).fingerprint
    assert list(forwards.events) == list(backwards.events) == sorted(forwards.events)


def fingerprint(
    *,
    attribute: Attribute[Any] | None = None,
    annotation: Any = str | None,
    version: int = 1,
    kind: str = "ball.thrown",
    graphql: str | None = None,
    plural: str | None = None,
    name: str = "far",
) -> str:
    """Of one entity kind and one event kind, with one thing about them as it is given."""

    class Ball(Entity, kind="ball", plural=plural):
        """A ball."""

        size = attribute or latest(int)

    @dataclass(frozen=True, kw_only=True)
    class Thrown(Event, kind=kind, version=version, upcasts={1: dict}, graphql=graphql):
        """It was."""

        ball: Ref[Ball]
        __annotations__[name] = annotation

        def headline(self) -> str:
            return f"{self.ball} was thrown"

    return Kinds.of(Ball, Thrown).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"attribute": earliest(int)},
        {"attribute": lowest(int)},
        {"attribute": latest(str)},
        {"attribute": latest(int, per=str)},
        {"attribute": tally()},
        {"annotation": str},
        {"annotation": int | None},
        {"annotation": tuple[str, ...]},
        {"name": "wide"},
        {"version": 2},
        {"kind": "ball.tossed"},
        {"graphql": "Tossed"},
        {"plural": "spheres"},
    ],
    ids=repr,
)
def test_the_fingerprint_changes_with_what_decides_answers(change: dict[str, Any]) -> None:
    assert fingerprint() == fingerprint()
    assert fingerprint(**change) != fingerprint()
