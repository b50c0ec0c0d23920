"""Toy kinds: every shape of field and every rule, and nothing of the product."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from timeline.domain.attributes import Change, earliest, highest, latest, lowest, members, tally, total
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref


class Room(Entity, kind="room"):
    """A place for toys."""


class Colour(enum.StrEnum):
    """What a toy looks like."""

    RED = "red"
    BLUE = "blue"


class Toy(Entity, kind="toy", plural="playthings"):
    """Something to play with."""

    room = latest(Ref[Room])
    made = earliest(FuzzyDate)
    price = lowest(Money)
    weight = highest(Quantity)
    score = latest(int, per=Room, doc="How well it is liked there.")
    spent = total(Money)
    repairs = tally()
    friends = members(Ref["Toy"])


@dataclass(frozen=True, kw_only=True)
class Moved(Event, kind="toy.moved"):
    """A toy was put into a room."""

    toy: Ref[Toy]
    room: Ref[Room] | None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Toy.room.of(self.toy).set(self.room)

    def headline(self) -> str:
        return f"{self.toy} moved to {self.room or 'nowhere'}"


def _version_2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 called the points `stars`."""
    return {("points" if name == "stars" else name): value for name, value in data.items()}


@dataclass(frozen=True, kw_only=True)
class Scored(Event, kind="toy.scored", version=2, upcasts={1: _version_2}):
    """A toy was given points in a room."""

    toy: Ref[Toy]
    room: Ref[Room]
    points: Annotated[int, about("Out of ten.", least=0, most=10)]

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Toy.score.of(self.toy, self.room).set(self.points)

    def headline(self) -> str:
        return f"{self.toy} got {self.points} in {self.room}"


@dataclass(frozen=True, kw_only=True)
class Bought(Event, kind="toy.bought"):
    """A toy was bought: a field of every shape."""

    toy: Ref[Toy]
    price: Money | None = None
    weight: Quantity | None = None
    made: FuzzyDate | None = None
    colour: Colour | None = None
    discount: Decimal | None = None
    wrapped: bool | None = None
    pieces: int | None = None
    story: Annotated[str | None, about("How it went.", long=True)] = None
    tags: tuple[str, ...] = ()
    friends: tuple[Ref[Toy], ...] = ()
    topics: Annotated[tuple[Ref[Toy | Room], ...], about("Toys or rooms.")] = ()
    anything: Ref[Any] | None = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        if self.pieces == 13:
            raise ValueError("thirteen pieces cannot be shared")
        yield Toy.made.of(self.toy).set(self.made)
        yield Toy.price.of(self.toy).set(self.price)
        if self.price:
            yield Toy.spent.of(self.toy).add(self.price)
        for friend in self.friends:
            yield Toy.friends.of(self.toy).add(friend)

    def headline(self) -> str:
        return f"{self.toy} was bought" + (f" for {self.price.text}" if self.price else "")
