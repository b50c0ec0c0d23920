"""What the registry refuses: declarations that are none, and names that would stand for two things."""

import enum
import re
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Optional

import pytest

from timeline.api.schema import export, schema_for
from timeline.domain.attributes import Attribute, latest, lowest, members, total
from timeline.domain.declare import Entity, Event
from timeline.domain.kinds import Kinds
from timeline.domain.quantities import Money
from timeline.domain.refs import Ref


class Ball(Entity, kind="ball"):
    """A ball."""

    size = latest(int, per=str)


@dataclass(frozen=True, kw_only=True)
class Thrown(Event, kind="ball.thrown"):
    """A ball was thrown."""

    ball: Ref[Ball]

    def headline(self) -> str:
        return f"{self.ball} was thrown"


def entity(name: str, kind: str, body: dict[str, Any] | None = None, **declared: Any) -> type[Entity]:
    """An entity kind declared in a module called `other`."""
    return type(name, (Entity,), {"__doc__": "One.", "__module__": "other", **(body or {})}, kind=kind, **declared)


def event(name: str, kind: str, annotations: dict[str, Any] | None = None, **declared: Any) -> type[Event]:
    """An event kind declared in a module called `other`."""
    annotations = {"why": str} if annotations is None else annotations
    body = {"__doc__": "It was.", "__module__": "other", "__annotations__": annotations, "headline": str}
    return dataclass(frozen=True, kw_only=True)(type(name, (Event,), body, kind=kind, **declared))


def reading(*attributes: Attribute[Any]) -> type[Entity]:
    """An entity kind with the attributes a, b and c."""
    return entity("Globe", "globe", dict(zip("abc", attributes, strict=False)))


SIZE, PRICE, SUM = latest(int), latest(Money), total(int)


class Colour(enum.StrEnum):
    RED = "red"


COLLISIONS: list[tuple[str, list[type], tuple[str, ...]]] = [
    ("one entity kind twice", [entity("Globe", "ball")], ("entity kind 'ball'", "Ball", "other.Globe")),
    ("one event kind twice", [event("Tossed", "ball.thrown")], ("event kind 'ball.thrown'", "Thrown", "other.Tossed")),
    ("two entity types", [entity("Ball", "globe")], ("type Ball", "entity kind 'ball'", "entity kind 'globe'")),
    (
        "two event types",
        [event("Thrown", "globe.thrown")],
        ("type Thrown", "event kind 'ball.thrown'", "event kind 'globe.thrown'"),
    ),
    ("an event and an entity", [event("Ball", "b.all")], ("type Ball", "entity kind 'ball'", "event kind 'b.all'")),
    ("an event and an edge", [event("BallEdge", "b.e")], ("type BallEdge", "entity kind 'ball'", "event kind 'b.e'")),
    (
        "an event and a connection",
        [event("BallConnection", "b.c")],
        ("type BallConnection", "entity kind 'ball'", "event kind 'b.c'"),
    ),
    (
        "an entity and an input",
        [entity("ThrownInput", "input")],
        ("type ThrownInput", "entity kind 'input'", "event kind 'ball.thrown'"),
    ),
    (
        "the type of an attribute's values and an entity",
        [entity("BallSize", "size")],
        ("type BallSize", "attribute ball.size", "entity kind 'size'"),
    ),
    (
        "the edges of an attribute's values and an event",
        [event("BallSizeEdge", "size.edge")],
        ("type BallSizeEdge", "attribute ball.size", "event kind 'size.edge'"),
    ),
    ("a choice and an entity", [event("Dyed", "dyed", {"c": Colour}), entity("Colour", "colour")], ("type Colour",)),
    ("an entity and the API", [entity("Timeline", "t")], ("type Timeline", "the API itself", "entity kind 't'")),
    ("an event and the API", [event("PageInfo", "p.i")], ("type PageInfo", "the API itself", "event kind 'p.i'")),
    (
        "an entity's field and a field of timelines",
        [entity("Extent", "extent")],
        ("field Timeline.extent", "entity kind 'extent'", "the API itself"),
    ),
    (
        "an entity's plural and a field of timelines",
        [entity("Happening", "happening", plural="events")],
        ("field Timeline.events", "entity kind 'happening'", "the API itself"),
    ),
    (
        "a plural and another entity",
        [entity("Globe", "globe", plural="ball")],
        ("field Timeline.ball", "entity kind 'ball'", "entity kind 'globe'"),
    ),
    (
        "two spellings of one field",
        [event("Ball_thrown", "b.t"), event("BallThrown", "b.u")],
        ("field EventData.ballThrown", "event kind 'b.t'", "event kind 'b.u'"),
    ),
    ("an event and raw", [event("Raw", "r.aw")], ("field EventData.raw", "event kind 'r.aw'", "the API itself")),
    (
        "a field and the interface",
        [event("Won", "won", {"position": int})],
        ("other.Won.position", "the interface Event"),
    ),
    (
        "a field and the interface, in another spelling",
        [event("Won", "won", {"recordedAt": int})],
        ("other.Won.recordedAt", "the interface Event", "the field recordedAt"),
    ),
    (
        "two fields of one event",
        [event("Won", "won", {"best_rank": int, "bestRank": int})],
        ("other.Won.best_rank", "other.Won.bestRank", "the field bestRank"),
    ),
    (
        "an attribute and the interface",
        [entity("Globe", "globe", {"history": latest(str)})],
        ("other.Globe.history", "the interface Entity"),
    ),
    (
        "a forward reference to two classes",
        [entity("Ball", "globe", graphql="Globe"), entity("Bag", "bag", {"balls": members(Ref["Ball"])})],
        ("Ball could be", f"{__name__}.Ball", "other.Ball"),
    ),
]


@pytest.mark.parametrize(("several", "sides"), [case[1:] for case in COLLISIONS], ids=[case[0] for case in COLLISIONS])
def test_a_name_for_two_things_is_refused_and_both_are_named(several: list[type], sides: tuple[str, ...]) -> None:
    Kinds.of(Ball, Thrown)
    for declarations in ([Ball, Thrown, *several], [*several, Ball, Thrown]):
        with pytest.raises(TypeError) as refused:
            Kinds.of(*declarations)
        for side in sides:
            assert side in str(refused.value)


@pytest.mark.parametrize(
    "several",
    [
        [entity("Ball", "globe", graphql="Globe")],
        [event("Thrown", "globe.thrown", graphql="GlobeThrown")],
        [event("BallEdge", "ball.edge", graphql="Edged")],
        [entity("Extent", "extent", graphql="Expanse")],
        [entity("BallSize", "size", graphql="Size")],
    ],
)
def test_another_graphql_name_resolves_a_collision(several: list[type]) -> None:
    kinds = Kinds.of(Ball, Thrown, *several)
    kind = (kinds.entities | kinds.events)[several[0].declared.kind]  # type: ignore[attr-defined,operator]
    assert re.search(rf"^type {kind.declared.graphql} ", export(schema_for(kinds)), re.MULTILINE)


def test_the_same_class_twice_is_once() -> None:
    assert Kinds.of(Ball, Ball, Thrown).fingerprint == Kinds.of(Ball, Thrown).fingerprint


def test_a_module_gives_what_it_declares_and_nothing_that_it_imports() -> None:
    module = ModuleType("other")
    globe = entity("Globe", "globe")
    vars(module).update(Globe=globe, Ball=Ball, Entity=Entity)
    assert Kinds.of(module).entities.keys() == {"globe"}


HEADED: dict[str, Any] = {"__annotations__": {"why": str}, "headline": lambda self: self.why}
NOT_KINDS: list[tuple[Any, str]] = [
    (event("Lost", "lost", {"by": Ref["Nobody"]}), "Lost: name 'Nobody' is not defined"),  # type: ignore[name-defined]
    (entity("Bag", "bag", {"by": latest(Ref["Nobody"])}), "no entity kind is called Nobody"),  # type: ignore[name-defined]
    (event("Lost", "lost", {}), "Lost has no field"),
    (event("Lost", "lost", {"by": int | str}), r"Lost\.by: int \| str is not a field type"),
    (event("Lost", "lost", {"by": float}), r"Lost\.by: .*float.* is not a field type"),
    (event("Lost", "lost", {"by": list[str]}), r"Lost\.by: .* is not a field type"),
    (event("Lost", "lost", version=3, upcasts={2: dict}), "Lost is version 3 and has no upcast from 1"),
    (event("Lost", "Lost"), "event kind 'Lost' of other.Lost"),
    (event("Lost", "lost..again"), "event kind 'lost..again' of other.Lost"),
    (event("Lost", ""), "event kind '' of other.Lost"),
    (entity("Globe", "glo be"), "entity kind 'glo be' of other.Globe"),
    (entity("Globe", "globe:x"), "entity kind 'globe:x' of other.Globe"),
    (entity("Globe", "globe", {"x": latest(float)}), r"Globe\.x: .*float.* is not a field type"),
    (entity("Globe", "globe", {"__doc__": None}), "Globe needs a docstring"),
    (reading(lowest(Ball.size)), "Globe.a is read from ball.size, which is no attribute of Globe"),
    (reading(SUM, lowest(SUM)), "Globe.b is read from globe.a: only a number that is `latest`"),
    (reading(PRICE, lowest(PRICE)), "Globe.b is read from globe.a: only a number that is `latest`"),
    (reading(SIZE, lowest(SIZE), lowest(SIZE)), "Globe: b and c are the same"),
    (reading(SIZE, total(SIZE)), "Globe.b is read from globe.a: by lowest or highest only, not by total"),  # type: ignore[arg-type]
    (reading(SIZE, latest(SIZE)), "Globe.b is read from globe.a: by lowest or highest only, not by latest"),  # type: ignore[arg-type]
    (
        dataclass(frozen=True)(type("Lost", (Event,), {"__annotations__": {"why": str}}, kind="lost")),
        "Lost needs a headline",
    ),
    (
        type("Lost", (Event,), {**HEADED, "__doc__": "It was."}, kind="lost"),
        "Lost needs @dataclass",
    ),
    (
        dataclass(type("Lost", (Event,), {**HEADED, "__doc__": "It was."}, kind="lost")),
        "Lost needs @dataclass.frozen=True",
    ),
    (
        dataclass(frozen=True)(type("Lost", (Event,), HEADED, kind="lost")),
        "Lost needs a docstring",
    ),
    (
        type("Again", (Thrown,), {"__doc__": "It was."}, kind="ball.thrown.again"),
        "Again needs @dataclass",
    ),
]


@pytest.mark.parametrize(("declared", "message"), NOT_KINDS, ids=[message for _, message in NOT_KINDS])
def test_what_is_not_a_kind_is_refused(declared: type, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Kinds.of(Ball, declared)


def test_all_ways_to_say_that_a_field_may_be_empty_are_one() -> None:
    one, other = event("A", "a", {"x": int | None}), event("A", "a", {"x": Optional[int]})  # noqa: UP045
    assert Kinds.of(one).fingerprint == Kinds.of(other).fingerprint
