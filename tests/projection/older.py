"""The kinds of `things` as an earlier version of the code declared them, which knew fewer attributes."""

from collections.abc import Iterator
from dataclasses import dataclass

from timeline.domain.attributes import Change, latest, members, total
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref


class Thing(Entity, kind="thing"):
    """Whatever has attributes."""

    size = latest(int)
    owner = latest(Ref["Thing"])
    spent = total(Money)
    friends = members(Ref["Thing"])


@dataclass(frozen=True, kw_only=True)
class Stated(Event, kind="thing.stated"):
    """Something was said of a thing; of what has been added since, nothing follows."""

    thing: Ref[Thing]
    other: Ref[Thing]
    attribute: str
    number: int | None = None
    amount: Money | None = None
    quantity: Quantity | None = None
    remove: bool = False
    item: str | None = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        match self.attribute:
            case "size":
                yield Thing.size.of(self.thing).set(self.number)
            case "owner":
                yield Thing.owner.of(self.thing).set(self.other if self.number else None)
            case "spent" if self.amount:
                yield Thing.spent.of(self.thing).add(self.amount, item=self.other if self.item else None)
            case "friends":
                slot = Thing.friends.of(self.thing)
                yield slot.remove(self.other) if self.remove else slot.add(self.other)

    def headline(self) -> str:
        return f"{self.thing}: {self.attribute}"
