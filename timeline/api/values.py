"""Dates, quantities, money, sources and bases, as GraphQL shows them."""

from typing import Any

import strawberry

from timeline.api.batching import leaf
from timeline.api.scalars import EDTF, URL, DateTime, Decimal, Position
from timeline.api.words import described
from timeline.domain.dates import BEGINNING, END, Precision
from timeline.domain.quantities import Qualifier
from timeline.execution import total

described(
    Precision,
    "How precisely a date was written.",
    name="DatePrecision",
    **{each: f"To the {each.lower()}." for each in Precision if each is not Precision.RANGE},
    RANGE="Somewhere between two dates.",
)
described(
    Qualifier,
    "EXACT and ABOUT have a value, UNDER has an upper bound, OVER a lower one, BETWEEN both.",
    EXACT="Just this.",
    ABOUT="Around this.",
    UNDER="Less than this.",
    OVER="More than this.",
    BETWEEN="From the lower to the upper.",
)


def _instant(value: int) -> int | None:
    return None if value in (BEGINNING, END) else value


@strawberry.type(description="earliest is inclusive, latest exclusive, null is open.")
class Bounds:
    earliest: DateTime | None = leaf(lambda pair: _instant(pair[0]), description="The first instant it can be.")
    latest: DateTime | None = leaf(
        lambda pair: _instant(pair[1]), description="The instant after the last that it can be."
    )


@strawberry.type(
    name="FuzzyDate",
    description="A date as people and programs need it. earliest is inclusive, latest exclusive, null is open.",
)
class FuzzyDateType:
    edtf: EDTF = leaf(lambda date: date, description="As it was written, in EDTF.")
    start: Bounds = leaf(lambda date: (date.start_lo, date.start_hi), description="Between when and when it began.")
    end: Bounds | None = leaf(
        lambda date: (date.end_lo, date.end_hi) if date.is_period else None, description="For periods only."
    )
    precision: Precision = leaf(lambda date: date.precision, description="How precisely it was written.")
    approximate: bool = leaf(lambda date: date.approximate, description="Whether it was written with ~ or %.")
    uncertain: bool = leaf(lambda date: date.uncertain, description="Whether it was written with ? or %.")
    text: str = leaf(lambda date: date.text, description='For people: "by 20 January 2025".')


@strawberry.type(name="Quantity", description="A quantity as precisely as it is known: a value, or bounds.")
class QuantityType:
    value: Decimal | None = leaf(lambda each: each.value, description="The number, if it is EXACT or ABOUT.")
    lower: Decimal | None = leaf(lambda each: each.lower, description="It is at least this.")
    upper: Decimal | None = leaf(lambda each: each.upper, description="It is at most this.")
    qualifier: Qualifier = leaf(lambda each: each.qualifier, description="How the numbers are meant.")
    unit: str | None = leaf(lambda each: each.unit, description="What is counted or measured in.")
    text: str = leaf(lambda each: each.text, description='For people: "around 2,000".')


@strawberry.type(name="Money", description="An amount of money as precisely as it is known: an amount, or bounds.")
class MoneyType:
    amount: Decimal | None = leaf(lambda each: each.amount, description="The number, if it is EXACT or ABOUT.")
    lower: Decimal | None = leaf(lambda each: each.lower, description="It is at least this.")
    upper: Decimal | None = leaf(lambda each: each.upper, description="It is at most this.")
    qualifier: Qualifier = leaf(lambda each: each.qualifier, description="How the numbers are meant.")
    currency: str = leaf(lambda each: each.currency, description="ISO 4217.")
    text: str = leaf(lambda each: each.text, description='For people: "under $6 million".')


@strawberry.type(name="Source", description="Who says so.")
class SourceType:
    url: URL | None = leaf(lambda source: source.url, description="Where it can be read.")
    publisher: str | None = leaf(lambda source: source.publisher, description="Who published it.")
    title: str | None = leaf(lambda source: source.title, description="What it is called.")
    author: str | None = leaf(lambda source: source.author, description="Who wrote it.")
    published: FuzzyDateType | None = leaf(lambda source: source.published, description="When it was published.")
    retrieved: DateTime | None = leaf(lambda source: source.retrieved, description="When it was looked up.")
    quote: str | None = leaf(lambda source: source.quote, description="The words that say so.")


@strawberry.type(
    name="Basis",
    description="How far the log has got in this answer. To ask the same again, pin it with knownAt: {position: …}.",
)
class BasisType:
    position: Position = leaf(
        lambda basis: basis.position, description="The last position that this answer knows; 0 is the empty log."
    )
    recorded_at: DateTime | None = leaf(lambda basis: basis.recorded_at, description="When that was recorded.")
    hash: str | None = leaf(
        lambda basis: basis.hash and basis.hash.hex(),
        description="The hash of the record there, which covers all before it.",
    )


@strawberry.interface(description="Anything that has a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The global id, for node(id: …).")

    @classmethod
    @total
    def resolve_type(cls, value: Any, info: Any, abstract: Any) -> str:
        return value.graphql_type  # type: ignore[no-any-return]
