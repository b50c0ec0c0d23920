"""Quantities and money as precisely as they are known: "around 2,000 chips", "under $6 million"."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from timeline.domain.amounts import Amount, Bounds, Qualifier, add_amounts, read_amount
from timeline.domain.currencies import CURRENCIES
from timeline.domain.decimals import format_decimal, parse_decimal, say_decimal
from timeline.domain.texts import kind_of, name
from timeline.errors import BadInput

__all__ = [
    "Money",
    "Qualifier",
    "Quantity",
    "format_decimal",
    "parse_decimal",
    "total_money",
    "total_quantity",
]

# Only where the sign alone cannot be read as another currency; all others show their code.
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """EXACT and ABOUT have a value, UNDER an upper bound, OVER a lower one, BETWEEN both; nothing else is given."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    qualifier: Qualifier
    unit: str | None

    def __post_init__(self) -> None:
        self.shape.check("value")
        if self.unit is not None:
            _check_unit(self.unit)

    @classmethod
    def from_json(cls, data: object) -> Self:
        """From `{"value": "2000", "qualifier": "ABOUT", "unit": "chips"}`; see `read_amount`."""
        amount, unit = read_amount(data, "value", "unit")
        return cls(*amount, unit)

    def to_json(self) -> dict[str, str]:
        return self.shape.write("value") | ({} if self.unit is None else {"unit": self.unit})

    @property
    def bounds(self) -> Bounds:
        """Lower and upper, both the value where there is one; None where it is open."""
        return self.shape.bounds

    @property
    def text(self) -> str:
        said = self.shape.say(say_decimal if self.unit != "%" else lambda number: f"{say_decimal(number)}%")
        return said if self.unit in (None, "%") else f"{said} {self.unit}"

    def __str__(self) -> str:
        return self.text

    @property
    def shape(self) -> Amount:
        return Amount(self.value, self.lower, self.upper, self.qualifier)


@dataclass(frozen=True, slots=True)
class Money:
    """As a Quantity, in a currency of ISO 4217."""

    amount: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    qualifier: Qualifier
    currency: str

    def __post_init__(self) -> None:
        self.shape.check("amount")
        _check_currency(self.currency)

    @classmethod
    def from_json(cls, data: object) -> Self:
        """From `{"upper": "6000000", "qualifier": "UNDER", "currency": "USD"}`; see `read_amount`."""
        amount, currency = read_amount(data, "amount", "currency")
        return cls(*amount, currency)

    def to_json(self) -> dict[str, str]:
        return self.shape.write("amount") | {"currency": self.currency}

    @property
    def bounds(self) -> Bounds:
        """Lower and upper, both the amount where there is one; None where it is open."""
        return self.shape.bounds

    @property
    def text(self) -> str:
        return self.shape.say(self._say)

    def __str__(self) -> str:
        return self.text

    def _say(self, number: Decimal) -> str:
        minus, said = "-" if number < 0 else "", say_decimal(number.copy_abs())
        if said[-2:-1] == ".":  # $5.5 is read as five dollars and fifty cents, and written so
            said += "0"
        return minus + _SIGNS.get(self.currency, f"{self.currency} ") + said

    @property
    def shape(self) -> Amount:
        return Amount(self.amount, self.lower, self.upper, self.qualifier)


def total_quantity(quantities: Iterable[Quantity]) -> Quantity | None:
    """The sum as `add_amounts` adds, None where nothing is known of it or there is nothing to add.

    BAD_INPUT where units differ; no unit is a unit of its own.
    """
    terms = list(quantities)
    units = {term.unit for term in terms}
    if len(units) > 1:
        shown = sorted("no unit" if unit is None else repr(unit) for unit in units)
        raise BadInput(f"quantities in {shown[0]} and in {shown[1]} do not add up")
    amount = add_amounts(term.shape for term in terms)
    return Quantity(*amount, terms[0].unit) if terms and amount else None


def total_money(sums: Iterable[Money]) -> Money | None:
    """The sum as `add_amounts` adds, None where nothing is known of it or there is nothing to add.

    BAD_INPUT where currencies differ.
    """
    terms = list(sums)
    currencies = sorted({term.currency for term in terms})
    if len(currencies) > 1:
        raise BadInput(f"sums of money in {currencies[0]} and in {currencies[1]} do not add up")
    amount = add_amounts(term.shape for term in terms)
    return Money(*amount, terms[0].currency) if terms and amount else None


def _check_unit(unit: object) -> None:
    try:
        checked = name(unit)
    except BadInput as bad:
        raise bad.under("unit") from None
    if checked != checked.strip():
        raise BadInput("a unit has no blanks around it", ("unit",))


def _check_currency(currency: object) -> None:
    if not isinstance(currency, str):
        raise BadInput(f"a currency is needed, a code of ISO 4217 like USD, not {kind_of(currency)}", ("currency",))
    if currency not in CURRENCIES:
        raise BadInput(f"{currency[:40]!r} is no currency of ISO 4217, write a code like USD", ("currency",))
