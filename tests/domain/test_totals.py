"""How quantities and money add up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.amounts import chip, chips, numbers, usd
from timeline.domain.decimals import add_decimals
from timeline.domain.quantities import Money, Quantity, total_money, total_quantity
from timeline.errors import BadInput


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ([{"value": "1"}, {"value": "2.5"}], {"value": "3.5"}),
        ([{"value": "1"}, {"value": "2", "qualifier": "ABOUT"}], {"value": "3", "qualifier": "ABOUT"}),
        ([{"value": "1"}, {"upper": "2"}], {"upper": "3"}),
        ([{"value": "1", "qualifier": "ABOUT"}, {"lower": "2"}], {"lower": "3"}),
        ([{"value": "1"}, {"lower": "2", "upper": "3"}], {"lower": "3", "upper": "4"}),
        ([{"lower": "1"}, {"lower": "2", "upper": "3"}], {"lower": "3"}),
        ([{"upper": "1"}, {"lower": "2", "upper": "3"}], {"upper": "4"}),
        ([{"upper": "6"}], {"upper": "6"}),
    ],
)
def test_totals_add_bounds(terms: list[dict[str, object]], total: dict[str, object]) -> None:
    assert total_quantity(chip(**term) for term in terms) == chip(**total)


def test_a_total_of_which_nothing_is_known_is_none() -> None:
    assert total_quantity([chip(upper="5"), chip(lower="3")]) is None
    assert total_money([usd(upper="5"), usd(lower="3"), usd(amount="1")]) is None
    assert total_quantity([]) is None
    assert total_money([]) is None


def test_totals_never_mix() -> None:
    with pytest.raises(BadInput, match="sums of money in EUR and in USD do not add up"):
        total_money([usd(amount="1"), Money.from_json({"amount": "1", "currency": "EUR"})])
    with pytest.raises(BadInput, match="quantities in 'chips' and in no unit do not add up"):
        total_quantity([chip(value="1"), Quantity.from_json({"value": "1"})])


def test_a_bound_that_outgrows_a_number_is_open() -> None:
    most = "9" * 30
    assert total_quantity([chip(lower="1", upper=most), chip(value="1")]) == chip(lower="2")
    assert total_quantity([chip(value=most), chip(value="1")]) is None
    assert total_quantity([chip(value=most), chip(value="0." + "9" * 18)]) == chip(value=most + "." + "9" * 18)


@given(st.lists(numbers, max_size=8))
def test_sums_are_exact(terms: list[Decimal]) -> None:
    total = add_decimals(terms)
    exact = sum(map(Fraction, terms), Fraction(0))
    assert (None if total is None else Fraction(total)) == (exact if abs(exact) < 10**30 else None)


@given(st.lists(chips, min_size=1, max_size=6).flatmap(lambda terms: st.tuples(st.just(terms), st.permutations(terms))))
def test_totals_do_not_depend_on_the_order(orders: tuple[list[Quantity], list[Quantity]]) -> None:
    terms, permuted = orders
    assert total_quantity(terms) == total_quantity(permuted)


@given(st.lists(chips, min_size=1, max_size=6))
def test_totals_keep_every_bound_that_all_terms_have(terms: list[Quantity]) -> None:
    total = total_quantity(terms)
    for side in (0, 1):
        parts = [Fraction(bound) for term in terms if (bound := term.bounds[side]) is not None]
        known = len(parts) == len(terms) and abs(sum(parts, Fraction(0))) < 10**30
        found = total.bounds[side] if total else None
        assert (None if found is None else Fraction(found)) == (sum(parts, Fraction(0)) if known else None)
