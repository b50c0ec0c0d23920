"""The registry: every kind that ships is whole, and what would be ambiguous is refused, naming both sides."""

import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ForwardRef

import pytest

import timeline.kinds as shipped
from tests import toys
from timeline.api.schema import schema_for
from timeline.domain import names
from timeline.domain.attributes import latest, lowest
from timeline.domain.contents import content_of
from timeline.domain.dates import parse_date
from timeline.domain.declare import Entity, Event
from timeline.domain.event_kinds import EventKind
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent
from timeline.domain.refs import Ref

KINDS = Kinds.of(shipped, toys)
NOBODY: Any = ForwardRef("Nobody")


def event_class(name: str, kind: str, fields: dict[str, Any] | None = None, **declared: Any) -> type[Event]:
    """A declared event kind, made by hand."""

    def headline(self: Any) -> str:
        return name

    body = {"__annotations__": fields or {}, "__doc__": "A kind.", "headline": headline}
    made: type[Event] = dataclass(frozen=True, kw_only=True)(
        new_class(name, (Event,), {"kind": kind, **declared}, body)
    )
    return made


def entity_class(name: str, kind: str, **declared: Any) -> type[Entity]:
    attributes = declared.pop("attributes", {})
    body = {"__doc__": "A kind.", **attributes}
    made: type[Entity] = new_class(name, (Entity,), {"kind": kind, **declared}, body)
    return made


def new_class(name: str, bases: tuple[type, ...], keywords: dict[str, Any], body: dict[str, Any]) -> Any:
    return types.new_class(name, bases, keywords, lambda namespace: namespace.update(body))


@pytest.mark.parametrize("kind", KINDS.events.values(), ids=lambda kind: kind.name)
def test_a_kind_that_ships_is_whole(kind: EventKind) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+", kind.name)
    assert kind.doc.endswith(".")
    whole = kind.decode(kind.example)
    bare = kind.decode({name: kind.example[name] for name, field in kind.fields.items() if field.required})
    for event in (whole, bare):
        assert kind.decode(kind.encode(event)) == event
        assert event.headline().strip()
        assert "None" not in event.headline()
        assert "\n" not in event.headline()
        new = NewEvent(event=event, occurred=parse_date("2025-01"))
        assert content_of(KINDS, new)["data"] == kind.encode(event)


@pytest.mark.parametrize(
    ("declare", "both"),
    [
        (lambda: [entity_class("One", "x"), entity_class("Two", "x")], ["One", "Two", "'x'"]),
        (lambda: [event_class("One", "x.y"), event_class("Two", "x.y")], ["One", "Two", "'x.y'"]),
        (lambda: [entity_class("Same", "x"), event_class("Same", "x.y")], ["type Same", "'x'", "'x.y'"]),
        (lambda: [entity_class("Thing", "x"), event_class("ThingEdge", "x.y")], ["type ThingEdge", "'x'", "'x.y'"]),
        (lambda: [event_class("Query", "x.y")], ["type Query", "the API itself", "'x.y'"]),
        (lambda: [event_class("OneTwo", "x.y"), event_class("oneTwo", "x.z")], ["EventData.oneTwo", "'x.y'", "'x.z'"]),
        (lambda: [event_class("One", "x.y", {"headline_": str, "kind": str})], ["One.kind", "interface Event"]),
        (
            lambda: [entity_class("One", "x", attributes={"name": latest(str)})],
            ["One.name", "interface Entity"],
        ),
        (lambda: [entity_class("Event", "x", graphql="Occasion", plural="events")], ["Timeline.events", "the API"]),
        (
            lambda: [entity_class("A", "a", plural="things"), entity_class("B", "b", plural="things")],
            ["Timeline.things", "'a'", "'b'"],
        ),
        (
            lambda: [
                entity_class("App", "x", attributes={"rank": latest(int, per=str)}),
                entity_class("AppRank", "y"),
            ],
            ["type AppRank", "x.rank", "'y'"],
        ),
    ],
)
def test_a_name_for_two_things_is_refused_naming_both(declare: Callable[[], list[type]], both: list[str]) -> None:
    with pytest.raises(TypeError) as refused:
        Kinds.of(*declare())
    for side in both:
        assert side in str(refused.value)


def test_another_graphql_name_resolves_a_collision() -> None:
    found = Kinds.of(entity_class("Same", "x"), event_class("Same", "x.y", graphql="SameEvent"))
    assert found.events["x.y"].declared.graphql == "SameEvent"


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (lambda: event_class("One", "x.y", {"toy": Ref[NOBODY]}), "One: name 'Nobody' is not defined"),
        (lambda: event_class("One", "x.y", {"size": float}), "One.size: <class 'float'> is not a field type"),
        (lambda: event_class("One", "x.y", {"size": int | str}), "a field holds one type"),
        (lambda: event_class("One", "x.y", version=3, upcasts={1: dict}), "no upcast from 2"),
        (lambda: new_class("One", (Event,), {"kind": "x.y"}, {"__doc__": "A kind."}), "@dataclass"),
        (lambda: new_class("One", (Entity,), {"kind": "x"}, {}), "needs a docstring"),
    ],
)
def test_what_is_no_declaration_is_refused(declared: Callable[[], type], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Kinds.of(declared())


def test_the_fingerprint_is_of_what_is_declared_and_not_of_its_order() -> None:
    one, two = event_class("One", "x.y", {"size": int}), entity_class("Two", "z")
    assert Kinds.of(one, two).fingerprint == Kinds.of(two, one).fingerprint
    others = [
        event_class("One", "x.y", {"size": str}),
        event_class("One", "x.y", {"size": int | None}),
        event_class("One", "x.y", {"size": int}, version=2, upcasts={1: dict}),
        event_class("Uno", "x.y", {"size": int}),
    ]
    assert len({Kinds.of(each, two).fingerprint for each in [one, *others]}) == 5
    ruled = [entity_class("Two", "z", attributes={"size": rule(int)}) for rule in (latest, lowest)]
    assert len({Kinds.of(one, each).fingerprint for each in ruled}) == 2


def test_the_names_that_are_taken_are_those_of_the_schema() -> None:
    """Whatever the API itself names is in `names`, so that a declaration cannot take it."""
    kinds = Kinds.of()
    found: dict[str, Any] = dict(schema_for(kinds)._schema.type_map)
    generated = {name.removeprefix("type ") for name, owner in names.generated([], list(kinds.events.values()))
                 if owner != "the API itself"}  # fmt: skip
    own = {name for name in found if not name.startswith("__")} - generated - {"EntityDescribedInput"}
    assert own <= names.TYPES
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in found["Event"].fields}
    assert snake <= names.EVENT_FIELDS
    assert set(found["Entity"].fields) <= names.ENTITY_FIELDS
    assert set(found["Timeline"].fields) <= names.TIMELINE_FIELDS
