"""Quantities and money: their JSON, what they refuse and what they say."""

import json
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.amounts import Shape, chip, numbers, quantities, sums_of_money, usd
from timeline.domain.currencies import CURRENCIES
from timeline.domain.quantities import (
    Money,
    Qualifier,
    Quantity,
    format_decimal,
    parse_decimal,
)
from timeline.errors import BadInput


@given(quantities)
def test_quantities_survive_json(quantity: Quantity) -> None:
    assert Quantity.from_json(json.loads(json.dumps(quantity.to_json()))) == quantity


@given(sums_of_money)
def test_money_survives_json(money: Money) -> None:
    assert Money.from_json(json.loads(json.dumps(money.to_json()))) == money


@pytest.mark.parametrize(
    ("given_json", "written"),
    [
        ({"value": "2000", "qualifier": "ABOUT", "unit": "chips"}, None),
        ({"value": "2000"}, {"value": "2000", "qualifier": "EXACT"}),
        ({"value": 2000}, {"value": "2000", "qualifier": "EXACT"}),
        ({"value": "-0"}, {"value": "0", "qualifier": "EXACT"}),
        ({"value": "-0.5"}, {"value": "-0.5", "qualifier": "EXACT"}),
        ({"value": "007"}, {"value": "7", "qualifier": "EXACT"}),
        ({"value": "2.50"}, {"value": "2.50", "qualifier": "EXACT"}),
        ({"value": "0.000000000000000001"}, {"value": "0.000000000000000001", "qualifier": "EXACT"}),
        ({"value": "1" + "0" * 29}, {"value": "1" + "0" * 29, "qualifier": "EXACT"}),
        ({"upper": "6"}, {"upper": "6", "qualifier": "UNDER"}),
        ({"lower": "5"}, {"lower": "5", "qualifier": "OVER"}),
        ({"lower": "5", "upper": "6"}, {"lower": "5", "upper": "6", "qualifier": "BETWEEN"}),
        ({"lower": "5", "upper": "5", "qualifier": "BETWEEN"}, None),
        ({"value": "5", "lower": None, "unit": None}, {"value": "5", "qualifier": "EXACT"}),
    ],
)
def test_json_of_quantities(given_json: dict[str, object], written: dict[str, object] | None) -> None:
    assert Quantity.from_json(given_json).to_json() == (written or given_json)


def test_json_of_money() -> None:
    data = {"upper": "6000000", "qualifier": "UNDER", "currency": "USD"}
    assert Money.from_json(data) == Money(None, None, Decimal(6_000_000), Qualifier.UNDER, "USD")
    assert Money.from_json(data).to_json() == data
    assert usd(amount="5.50").to_json() == {"amount": "5.50", "qualifier": "EXACT", "currency": "USD"}


@pytest.mark.parametrize(
    ("data", "message", "path"),
    [
        ({"value": 0.1}, "as a decimal string, so that nothing is rounded", ("value",)),
        ({"value": float("nan")}, "as a decimal string, so that nothing is rounded", ("value",)),
        ({"upper": 1.0}, "as a decimal string, so that nothing is rounded", ("upper",)),
        ({"value": True}, "not as a boolean", ("value",)),
        ({"value": ["1"]}, "not as a list", ("value",)),
        ({"value": "1e5"}, "'1e5' is not a decimal number", ("value",)),
        ({"value": "+5"}, "'+5' is not a decimal number", ("value",)),
        ({"value": ".5"}, "is not a decimal number", ("value",)),
        ({"value": "5."}, "is not a decimal number", ("value",)),
        ({"value": ""}, "is not a decimal number", ("value",)),
        ({"value": " 5"}, "is not a decimal number", ("value",)),
        ({"value": "5\n"}, "is not a decimal number", ("value",)),
        ({"value": "1_000"}, "is not a decimal number", ("value",)),
        ({"value": "1,000"}, "is not a decimal number", ("value",)),
        ({"value": "NaN"}, "is not a decimal number", ("value",)),
        ({"value": "Infinity"}, "is not a decimal number", ("value",)),
        ({"value": "\uff15"}, "is not a decimal number", ("value",)),
        ({"value": "\u0665"}, "is not a decimal number", ("value",)),
        ({"value": "1" * 31}, "at most 30 digits before the point", ("value",)),
        ({"value": 10**30}, "at most 30 digits before the point", ("value",)),
        ({"value": 10**5000}, "at most 30 digits before the point", ("value",)),
        ({"value": "0." + "1" * 19}, "and 18 after it", ("value",)),
        ({}, "EXACT needs value and nothing else, not no number at all", ()),
        ({"value": "1", "lower": "1"}, "EXACT needs value and nothing else, not value and lower", ()),
        ({"value": "1", "upper": "2", "qualifier": "ABOUT"}, "ABOUT needs value and nothing else", ()),
        ({"lower": "1", "qualifier": "UNDER"}, "UNDER needs upper and nothing else, not lower", ()),
        ({"upper": "1", "qualifier": "OVER"}, "OVER needs lower and nothing else, not upper", ()),
        ({"lower": "1", "qualifier": "BETWEEN"}, "BETWEEN needs lower and upper and nothing else", ()),
        ({"lower": "2", "upper": "1"}, "lower is more than upper", ()),
        (
            {"value": "1", "qualifier": "about"},
            "a qualifier is one of EXACT, ABOUT, UNDER, OVER, BETWEEN",
            ("qualifier",),
        ),
        ({"value": "1", "qualifier": 1}, "a qualifier is one of EXACT", ("qualifier",)),
        ({"value": "1", "currency": "USD"}, "there is no 'currency' here", ()),
        ({"value": "1", 5: 1}, "there is no '5' here", ()),
        ({"value": "1", "unit": ""}, "not blanks", ("unit",)),
        ({"value": "1", "unit": " chips"}, "no blanks around it", ("unit",)),
        ({"value": "1", "unit": "a\x00"}, "U+0000", ("unit",)),
        ({"value": "1", "unit": 5}, "not a number", ("unit",)),
        ("2000", "an object with value, or lower and upper, is needed, not a text", ()),
        (None, "is needed, not null", ()),
    ],
)
def test_what_quantities_refuse(data: object, message: str, path: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        Quantity.from_json(data)
    assert message in refused.value.message
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("data", "message", "path"),
    [
        ({"amount": "1"}, "a currency is needed, a code of ISO 4217 like USD, not null", ("currency",)),
        ({"amount": "1", "currency": "usd"}, "'usd' is no currency of ISO 4217", ("currency",)),
        ({"amount": "1", "currency": "XXX"}, "'XXX' is no currency of ISO 4217", ("currency",)),
        ({"amount": "1", "currency": "$" * 500}, "is no currency of ISO 4217", ("currency",)),
        ({"amount": "1", "currency": ["USD"]}, "not a list", ("currency",)),
        ({"value": "1", "currency": "USD"}, "there is no 'value' here", ()),
        ({"amount": "1", "currency": "USD", "unit": "x"}, "there is no 'unit' here", ()),
        ({"amount": 1.5, "currency": "USD"}, "so that nothing is rounded", ("amount",)),
        ({"currency": "USD"}, "EXACT needs amount and nothing else", ()),
    ],
)
def test_what_money_refuses(data: object, message: str, path: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        Money.from_json(data)
    assert message in refused.value.message
    assert refused.value.path == path
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    "shape",
    [
        (Decimal("NaN"), None, None, Qualifier.EXACT),
        (None, None, Decimal("Infinity"), Qualifier.UNDER),
        (Decimal(10) ** 30, None, None, Qualifier.ABOUT),
        (None, Decimal("1e-19"), None, Qualifier.OVER),
        (None, None, None, Qualifier.EXACT),
        (None, Decimal(2), Decimal(1), Qualifier.BETWEEN),
    ],
)
def test_code_cannot_build_what_json_could_not_carry(shape: Shape) -> None:
    with pytest.raises(BadInput):
        Quantity(*shape, None)
    with pytest.raises(BadInput):
        Money(*shape, "USD")


def test_numbers_are_kept_to_the_last_digit() -> None:
    nines = "9" * 30 + "." + "9" * 18
    assert format_decimal(parse_decimal(nines)) == nines
    assert chip(value=nines).to_json()["value"] == nines
    assert Quantity(Decimal("2E+5"), None, None, Qualifier.EXACT, None).to_json()["value"] == "200000"


@given(numbers)
def test_decimals_read_back(number: Decimal) -> None:
    assert parse_decimal(format_decimal(number)) == number
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", format_decimal(number))
    assert not re.fullmatch(r"-0(\.0+)?", format_decimal(number))


@given(st.text())
def test_any_text_is_a_number_or_bad_input(text: str) -> None:
    try:
        written = format_decimal(parse_decimal(text))
    except BadInput as refused:
        refused.message.encode()
    else:
        assert Fraction(written) == Fraction(text)
        assert text.isascii()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"value": "2000", "qualifier": "ABOUT", "unit": "chips"}, "around 2,000 chips"),
        ({"value": "2000"}, "2,000"),
        ({"value": "1234.5", "unit": "km"}, "1,234.5 km"),
        ({"lower": "671000000000", "unit": "parameters"}, "over 671 billion parameters"),
        ({"lower": "5", "upper": "10", "unit": "chips"}, "between 5 and 10 chips"),
        ({"value": "17", "unit": "%"}, "17%"),
        ({"lower": "15", "upper": "17.5", "unit": "%"}, "between 15% and 17.5%"),
        ({"upper": "100"}, "under 100"),
        ({"value": "-3000000"}, "-3 million"),
        ({"value": "999999"}, "999,999"),
        ({"value": "1000000"}, "1 million"),
        ({"value": "2788000", "unit": "GPU hours"}, "2.788 million GPU hours"),
        ({"value": "1234567"}, "1,234,567"),
        ({"value": "1000000000000000"}, "1,000 trillion"),
        ({"value": "1000000000000000000"}, "1,000,000,000,000,000,000"),
        ({"value": "-0"}, "0"),
    ],
)
def test_what_quantities_say(data: object, text: str) -> None:
    assert Quantity.from_json(data).text == str(Quantity.from_json(data)) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"upper": "6000000", "currency": "USD"}, "under $6 million"),
        ({"amount": "5576000", "currency": "USD"}, "$5.576 million"),
        ({"amount": "500000000000", "currency": "USD", "qualifier": "ABOUT"}, "around $500 billion"),
        ({"lower": "5000000000", "upper": "10000000000", "currency": "EUR"}, "between €5 billion and €10 billion"),
        ({"lower": "3000000", "currency": "CHF"}, "over CHF 3 million"),
        ({"amount": "20", "currency": "GBP"}, "£20"),
        ({"amount": "5.5", "currency": "EUR"}, "€5.50"),
        ({"amount": "0.0025", "currency": "USD"}, "$0.0025"),
        ({"amount": "1500", "currency": "JPY"}, "¥1,500"),
        ({"amount": "1500000.00", "currency": "CNY"}, "CN¥1.5 million"),
        ({"amount": "-593000000000", "currency": "USD"}, "-$593 billion"),
        ({"amount": "-2", "currency": "CAD"}, "-CAD 2"),
    ],
)
def test_what_money_says(data: object, text: str) -> None:
    assert Money.from_json(data).text == str(Money.from_json(data)) == text


@pytest.mark.parametrize(
    ("data", "bounds"),
    [
        ({"amount": "5"}, (5, 5)),
        ({"amount": "5", "qualifier": "ABOUT"}, (5, 5)),
        ({"upper": "6"}, (None, 6)),
        ({"lower": "5"}, (5, None)),
        ({"lower": "5", "upper": "6"}, (5, 6)),
    ],
)
def test_bounds(data: dict[str, object], bounds: tuple[int | None, int | None]) -> None:
    assert usd(**data).bounds == bounds


def test_currencies_are_codes_of_iso_4217() -> None:
    assert all(re.fullmatch("[A-Z]{3}", code) for code in CURRENCIES)
    assert {
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CNY",
        "CHF",
        "INR",
        "KRW",
        "TWD",
        "SGD",
        "BRL",
        "CLF",
        "XAU",
        "XDR",
    } <= CURRENCIES
    assert {"XXX", "XTS", "DEM", "BTC", "usd"}.isdisjoint(CURRENCIES)
    assert 160 < len(CURRENCIES) < 200
