"""Quantities and sums of money of every shape."""

from decimal import Decimal

from hypothesis import strategies as st

from timeline.domain.currencies import CURRENCIES
from timeline.domain.quantities import Money, Qualifier, Quantity

Shape = tuple[Decimal | None, Decimal | None, Decimal | None, Qualifier]

numbers = st.builds(
    lambda sign, whole, fraction: Decimal(f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"),
    st.sampled_from(["", "-"]),
    st.integers(0, 10**30 - 1) | st.integers(0, 10_000_000),
    st.text("0123456789", max_size=18),
)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    qualifier = draw(st.sampled_from(Qualifier))
    lower, upper = sorted((draw(numbers), draw(numbers)))
    by_qualifier: dict[Qualifier, Shape] = {
        Qualifier.EXACT: (lower, None, None, qualifier),
        Qualifier.ABOUT: (lower, None, None, qualifier),
        Qualifier.UNDER: (None, None, upper, qualifier),
        Qualifier.OVER: (None, lower, None, qualifier),
        Qualifier.BETWEEN: (None, lower, upper, qualifier),
    }
    return by_qualifier[qualifier]


def quantity_of(shape: Shape, unit: str | None) -> Quantity:
    return Quantity(*shape, unit)


def money_of(shape: Shape, currency: str) -> Money:
    return Money(*shape, currency)


units: st.SearchStrategy[str | None] = st.none() | st.sampled_from(["chips", "%", "GPU hours"])
quantities = st.builds(quantity_of, shapes(), units)
chips = st.builds(quantity_of, shapes(), st.just("chips"))
sums_of_money = st.builds(money_of, shapes(), st.sampled_from(sorted(CURRENCIES)))


def chip(**data: object) -> Quantity:
    return Quantity.from_json({"unit": "chips", **data})


def usd(**data: object) -> Money:
    return Money.from_json({"currency": "USD", **data})
