"""A kind with a field of every shape, for imports."""

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref


class Part(Entity, kind="part"):
    """Something that is bought."""


class Shop(Entity, kind="shop"):
    """Who sells."""


class Buyer(Entity, kind="buyer"):
    """Who buys."""


class Grade(enum.StrEnum):
    NEW = "new"
    SECOND_HAND = "second_hand"


@dataclass(frozen=True, kw_only=True)
class PartBought(Event, kind="part.bought"):
    """A part was bought."""

    part: Ref[Part]
    sellers: tuple[Ref[Shop], ...] = ()
    buyer: Ref[Buyer | Shop] | None = None
    count: int | None = None
    weight: Decimal | None = None
    fragile: bool | None = None
    grade: Grade | None = None
    made: FuzzyDate | None = None
    price: Money | None = None
    size: Quantity | None = None
    label: str | None = None
    remark: Annotated[str | None, about("In short.", long=True)] = None
    tags: tuple[str, ...] = ()

    def headline(self) -> str:
        return f"{self.part} was bought"


@dataclass(frozen=True, kw_only=True)
class NewsReported(Event, kind="news.reported"):
    """News."""

    title: Annotated[str, about("The headline.")]
    text: Annotated[str | None, about("The story.", long=True)] = None

    def headline(self) -> str:
        return self.title
