"""Kinds with every rule, with and without keys; one event changes whichever attribute it names."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from timeline.domain.attributes import Change, earliest, highest, latest, lowest, members, tally, total
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref


class Thing(Entity, kind="thing"):
    """Whatever has attributes."""

    size = latest(int)
    smallest = lowest(size)
    largest = highest(size)
    owner = latest(Ref["Thing"])
    mark = latest(int, per="Thing")
    best_mark = lowest(mark)
    label = latest(str, per=str)
    made = earliest(FuzzyDate)
    least = lowest(int)
    cheapest = lowest(Money, per="Thing")
    heaviest = highest(Quantity)
    most = highest(Decimal)
    spent = total(Money)
    points = total(int, per="Thing")
    weight = total(Quantity)
    visits = tally()
    friends = members(Ref["Thing"])
    tags = members(str, per=str)


class Attribute(enum.StrEnum):
    """What is said."""

    SIZE = "size"
    OWNER = "owner"
    MARK = "mark"
    LABEL = "label"
    MADE = "made"
    LEAST = "least"
    CHEAPEST = "cheapest"
    HEAVIEST = "heaviest"
    MOST = "most"
    SPENT = "spent"
    POINTS = "points"
    WEIGHT = "weight"
    VISITS = "visits"
    FRIENDS = "friends"
    TAGS = "tags"


@dataclass(frozen=True, kw_only=True)
class Stated(Event, kind="thing.stated"):
    """Something was said of a thing, with whatever the attribute needs."""

    thing: Ref[Thing]
    other: Ref[Thing]
    attribute: Attribute
    number: int | None = None
    amount: Money | None = None
    quantity: Quantity | None = None
    remove: bool = False
    item: str | None = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        thing, other, number = self.thing, self.other, self.number
        word = f"word{number}"
        match self.attribute:
            case Attribute.SIZE:
                yield Thing.size.of(thing).set(number)
            case Attribute.OWNER:
                yield Thing.owner.of(thing).set(other if number else None)
            case Attribute.MARK:
                yield Thing.mark.of(thing, other).set(number)
                yield Thing.mark.of(other, thing).set(number)
            case Attribute.LABEL:
                yield Thing.label.of(thing, "left").set(word)
            case Attribute.MADE:
                yield Thing.made.of(thing).set(occurred)
            case Attribute.LEAST:
                yield Thing.least.of(thing).set(number)
            case Attribute.CHEAPEST:
                yield Thing.cheapest.of(thing, other).set(self.amount)
            case Attribute.HEAVIEST:
                yield Thing.heaviest.of(thing).set(self.quantity)
            case Attribute.MOST:
                yield Thing.most.of(thing).set(None if number is None else Decimal(number) / 4)
            case Attribute.SPENT if self.amount:
                yield Thing.spent.of(thing).add(self.amount, item=other if self.item else None)
            case Attribute.POINTS if number is not None:
                yield Thing.points.of(thing, other).add(number, item=self.item)
            case Attribute.WEIGHT if self.quantity:
                yield Thing.weight.of(thing).add(self.quantity, item=self.item)
            case Attribute.VISITS:
                yield Thing.visits.of(thing).count(self.item)
            case Attribute.FRIENDS:
                yield self._friend(Thing.friends.of(thing))
            case Attribute.TAGS:
                slot = Thing.tags.of(thing, "left")
                yield slot.remove(word) if self.remove else slot.add(word)

    def _friend(self, slot: Any) -> Change:
        change: Change = slot.remove(self.other) if self.remove else slot.add(self.other)
        return change

    def headline(self) -> str:
        return f"{self.thing}: {self.attribute}"
