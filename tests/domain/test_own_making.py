"""Kinds that do more when an event is made than to set its fields."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from timeline.domain.declare import Entity, Event
from timeline.domain.kinds import Kinds
from timeline.domain.refs import Ref
from timeline.errors import BadInput


class Kite(Entity, kind="kite"):
    """A kite."""


class Flight(Event, kind="kite.base"):
    def headline(self) -> str:
        return "It flew"


def kind_of(event: type[Event]) -> Any:
    return Kinds.of(Kite, event).event(event.declared.kind)


@dataclass(frozen=True, kw_only=True)
class Plain(Flight, kind="kite.plain"):
    """As every dataclass."""

    kite: Ref[Kite]
    times: int = 1
    place: str | None
    people: tuple[str, ...]


def test_what_is_absent_has_its_default() -> None:
    kind = kind_of(Plain)
    assert kind.plain
    event = kind.decode({"kite": "red"})
    assert event == Plain(kite=Ref("kite", "red"), times=1, place=None, people=())
    assert hash(event) == hash(kind.decode(kind.encode(event)))
    with pytest.raises(AttributeError):
        event.times = 2


@dataclass(frozen=True, kw_only=True)
class Checked(Flight, kind="kite.checked"):
    """One that is checked."""

    times: int

    def __post_init__(self) -> None:
        if self.times > 9:
            raise ValueError("too often")


@dataclass(frozen=True, kw_only=True)
class Initialised(Flight, kind="kite.initialised"):
    """One with an initialiser of its own."""

    times: int

    def __init__(self, times: int) -> None:
        if times > 9:
            raise ValueError("too often")
        object.__setattr__(self, "times", times)


@dataclass(frozen=True, kw_only=True)
class Allocated(Flight, kind="kite.allocated"):
    """One that is allocated by itself."""

    times: int

    def __new__(cls, times: int) -> "Allocated":
        if times > 9:
            raise ValueError("too often")
        return object.__new__(cls)


@pytest.mark.parametrize("event", [Checked, Initialised, Allocated])
def test_checks_of_its_own_are_made(event: type[Event]) -> None:
    kind = kind_of(event)
    assert kind.encode(kind.decode({"times": 9})) == {"times": 9}
    with pytest.raises(BadInput, match="too often"):
        kind.decode({"times": 10})


@dataclass(frozen=True, kw_only=True)
class Made(Flight, kind="kite.made"):
    """One whose default is made."""

    people: tuple[str, ...] = field(default_factory=lambda: ("Ann",))


def test_a_default_that_is_made() -> None:
    assert kind_of(Made).decode({}) == Made(people=("Ann",))


def test_a_field_that_nobody_can_give() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Hidden(Flight, kind="kite.hidden"):
        """One with a field that is not given."""

        times: int = field(init=False, default=1)

    with pytest.raises(TypeError, match=r"Hidden\.times: a field is what is stored"):
        kind_of(Hidden)
