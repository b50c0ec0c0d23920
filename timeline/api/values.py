"""Dates, quantities, money, sources and bases, as GraphQL shows them."""

from typing import Any

import strawberry

from timeline.api.batching import leaf
from timeline.api.scalars import EDTF, URL, DateTime, Decimal, Position
from timeline.domain.dates import BEGINNING, END, Precision
from timeline.domain.quantities import Qualifier

strawberry.enum(Precision, name="DatePrecision", description="How precisely a date was written.")
strawberry.enum(
    Qualifier,
    name="Qualifier",
    description="EXACT and ABOUT have a value, UNDER has an upper bound, OVER a lower one, BETWEEN both.",
)


def _instant(value: int) -> int | None:
    return None if value in (BEGINNING, END) else value


@strawberry.type(description="earliest is inclusive, latest exclusive, null is open.")
class Bounds:
    earliest: DateTime | None = leaf(lambda pair: _instant(pair[0]))
    latest: DateTime | None = leaf(lambda pair: _instant(pair[1]))


@strawberry.type(
    name="FuzzyDate",
    description="A date as people and programs need it. earliest is inclusive, latest exclusive, null is open.",
)
class FuzzyDateType:
    edtf: EDTF = leaf(lambda date: date)
    start: Bounds = leaf(lambda date: (date.start_lo, date.start_hi))
    end: Bounds | None = leaf(
        lambda date: (date.end_lo, date.end_hi) if date.is_period else None, description="For periods only."
    )
    precision: Precision = leaf(lambda date: date.precision)
    approximate: bool = leaf(lambda date: date.approximate)
    uncertain: bool = leaf(lambda date: date.uncertain)
    text: str = leaf(lambda date: date.text, description='For people: "by 20 January 2025".')


@strawberry.type(name="Quantity", description="A quantity as precisely as it is known: a value, or bounds.")
class QuantityType:
    value: Decimal | None = leaf(lambda each: each.value)
    lower: Decimal | None = leaf(lambda each: each.lower)
    upper: Decimal | None = leaf(lambda each: each.upper)
    qualifier: Qualifier = leaf(lambda each: each.qualifier)
    unit: str | None = leaf(lambda each: each.unit)
    text: str = leaf(lambda each: each.text, description='For people: "around 2,000".')


@strawberry.type(name="Money", description="An amount of money as precisely as it is known: an amount, or bounds.")
class MoneyType:
    amount: Decimal | None = leaf(lambda each: each.amount)
    lower: Decimal | None = leaf(lambda each: each.lower)
    upper: Decimal | None = leaf(lambda each: each.upper)
    qualifier: Qualifier = leaf(lambda each: each.qualifier)
    currency: str = leaf(lambda each: each.currency, description="ISO 4217.")
    text: str = leaf(lambda each: each.text, description='For people: "under $6 million".')


@strawberry.type(name="Source", description="Who says so.")
class SourceType:
    url: URL | None = leaf(lambda source: source.url)
    publisher: str | None = leaf(lambda source: source.publisher)
    title: str | None = leaf(lambda source: source.title)
    author: str | None = leaf(lambda source: source.author)
    published: FuzzyDateType | None = leaf(lambda source: source.published)
    retrieved: DateTime | None = leaf(lambda source: source.retrieved)
    quote: str | None = leaf(lambda source: source.quote)


@strawberry.type(
    name="Basis",
    description="How far the log has got in this answer. To ask the same again, pin it with knownAt: {position: …}.",
)
class BasisType:
    position: Position = leaf(lambda basis: basis.position)
    recorded_at: DateTime | None = leaf(lambda basis: basis.recorded_at)
    hash: str | None = leaf(lambda basis: basis.hash and basis.hash.hex())


@strawberry.interface(description="Anything that has a global id.")
class Node:
    id: strawberry.ID

    @classmethod
    def resolve_type(cls, value: Any, info: Any, abstract: Any) -> str:
        return value.graphql_type  # type: ignore[no-any-return]
