"""Investments and acquisitions, and the deals they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from timeline.domain.attributes import Change, latest, members
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.quantities import Money
from timeline.domain.refs import Ref
from timeline.domain.texts import enumerated
from timeline.errors import BadInput
from timeline.kinds.organisations import Organisation


class Deal(Entity, kind="deal"):
    """One transaction, however many reports there are of it."""

    amount = latest(Money)
    investors = members(Ref[Organisation], inverse="deals")
    recipient = latest(Ref[Organisation], inverse="received")


Several = Annotated[Ref[Deal] | None, about("The deal: reports of one deal count once in totals.")]


@dataclass(frozen=True, kw_only=True)
class InvestmentAnnounced(Event, kind="investment.announced"):
    """Investors announced that they would put money into an organisation, a venture or a purpose."""

    investors: tuple[Ref[Organisation], ...]
    recipient: Annotated[Ref[Organisation] | None, about("The organisation or venture that receives it.")] = None
    amount: Annotated[Money | None, about("Of the whole deal, by all investors together.")] = None
    purpose: Annotated[str | None, about("What it is for.", example="Data centres")] = None
    deal: Several = None

    def __post_init__(self) -> None:
        if not self.investors:
            raise BadInput("at least one investor is needed", ("investors",))

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        if self.amount:
            for investor in self.investors:
                yield Organisation.announced_investment.of(investor).add(self.amount, item=self.deal)
        if self.deal:
            for investor in self.investors:
                yield Deal.investors.of(self.deal).add(investor)
            if self.recipient:
                yield Deal.recipient.of(self.deal).set(self.recipient)
            if self.amount:
                yield Deal.amount.of(self.deal).set(self.amount)

    def headline(self) -> str:
        amount = f" of {self.amount.text}" if self.amount else ""
        into = f" in {self.recipient}" if self.recipient else ""
        purpose = f" for {self.purpose}" if self.purpose else ""
        return f"{enumerated(self.investors)} announced an investment{amount}{into}{purpose}"


@dataclass(frozen=True, kw_only=True)
class AcquisitionAnnounced(Event, kind="acquisition.announced"):
    """An organisation announced that it would acquire another."""

    acquirer: Ref[Organisation]
    acquired: Ref[Organisation]
    price: Annotated[Money | None, about("What is paid for it.")] = None
    deal: Several = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Organisation.acquired.of(self.acquirer).add(self.acquired)
        if self.deal:
            yield Deal.investors.of(self.deal).add(self.acquirer)
            yield Deal.recipient.of(self.deal).set(self.acquired)
            if self.price:
                yield Deal.amount.of(self.deal).set(self.price)

    def headline(self) -> str:
        price = f" for {self.price.text}" if self.price else ""
        return f"{self.acquirer} announced the acquisition of {self.acquired}{price}"
