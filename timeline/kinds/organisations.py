"""Organisations, the people who lead them, and the places where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from timeline.domain.attributes import Change, earliest, latest, members, total
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.quantities import Money
from timeline.domain.refs import Ref
from timeline.domain.texts import enumerated


class Place(Entity, kind="place"):
    """A city, a region or a country."""


class Person(Entity, kind="person", plural="people"):
    """A person who is in the news."""


class Organisation(Entity, kind="organisation"):
    """A company, a government, a research group: whoever acts as one."""

    founded = earliest(FuzzyDate)
    founders = members(Ref[Person], inverse="founded")
    leader = latest(Ref[Person], inverse="leads")
    headquarters = latest(Ref[Place], inverse="organisations")
    announced_investment = total(Money, doc="What it said that it would invest, each deal once.")
    acquired = members(Ref["Organisation"], doc="The organisations it announced to acquire.")


@dataclass(frozen=True, kw_only=True)
class OrganisationFounded(Event, kind="organisation.founded"):
    """An organisation was founded."""

    organisation: Ref[Organisation]
    founders: tuple[Ref[Person], ...] = ()

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Organisation.founded.of(self.organisation).set(occurred)
        for founder in self.founders:
            yield Organisation.founders.of(self.organisation).add(founder)

    def headline(self) -> str:
        by = f" by {enumerated(self.founders)}" if self.founders else ""
        return f"{self.organisation} was founded{by}"


@dataclass(frozen=True, kw_only=True)
class OrganisationLed(Event, kind="organisation.led"):
    """A person leads an organisation: from a date on, or for a period."""

    organisation: Ref[Organisation]
    leader: Ref[Person]
    title: Annotated[str | None, about("The position, in their own words.", example="Chief executive")] = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Organisation.leader.of(self.organisation).set(self.leader)

    def headline(self) -> str:
        return f"{self.leader} leads {self.organisation}" + (f" as {self.title}" if self.title else "")


@dataclass(frozen=True, kw_only=True)
class OrganisationHeadquartered(Event, kind="organisation.headquartered"):
    """An organisation has its headquarters in a place."""

    organisation: Ref[Organisation]
    place: Ref[Place]

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Organisation.headquarters.of(self.organisation).set(self.place)

    def headline(self) -> str:
        return f"{self.organisation} has its headquarters in {self.place}"
