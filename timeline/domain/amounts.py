"""What quantities and money share: a value, or the bounds between which it lies, and how that is qualified."""

import enum
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from timeline.domain.decimals import add_decimals, check_decimal, format_decimal, parse_decimal
from timeline.domain.texts import kind_of
from timeline.errors import BadInput


class Qualifier(enum.StrEnum):
    """EXACT and ABOUT come with a value, UNDER with an upper bound, OVER with a lower one, BETWEEN with both."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"
    UNDER = "UNDER"
    OVER = "OVER"
    BETWEEN = "BETWEEN"


T = TypeVar("T")
Bounds = tuple[Decimal | None, Decimal | None]
_EXACT_OR_ABOUT = (Qualifier.EXACT, Qualifier.ABOUT)


class Amount(NamedTuple):
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    qualifier: Qualifier

    @property
    def bounds(self) -> Bounds:
        """Lower and upper; None where it is open."""
        return (self.value, self.value) if self.qualifier in _EXACT_OR_ABOUT else (self.lower, self.upper)

    def check(self, first: str) -> None:
        """BAD_INPUT unless exactly what the qualifier needs is there; `first` is what the value is called."""
        given = dict(zip((first, "lower", "upper"), self[:3], strict=True))
        present = [name for name, number in given.items() if number is not None]
        needed = {
            Qualifier.UNDER: ["upper"],
            Qualifier.OVER: ["lower"],
            Qualifier.BETWEEN: ["lower", "upper"],
        }.get(self.qualifier, [first])
        if present != needed:
            raise BadInput(
                f"{self.qualifier} needs {' and '.join(needed)} and nothing else, "
                f"not {' and '.join(present) or 'no number at all'}"
            )
        for name, number in given.items():
            if number is not None:
                try:
                    check_decimal(number)
                except BadInput as bad:
                    raise bad.under(name) from None
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise BadInput("lower is more than upper")

    def say(self, number: Callable[[Decimal], str]) -> str:
        """For people; `number` says one number with its unit or currency."""
        lower, upper = (None if bound is None else number(bound) for bound in self.bounds)
        match self.qualifier:
            case Qualifier.EXACT:
                return f"{upper}"
            case Qualifier.ABOUT:
                return f"around {upper}"
            case Qualifier.UNDER:
                return f"under {upper}"
            case Qualifier.OVER:
                return f"over {lower}"
            case Qualifier.BETWEEN:
                return f"between {lower} and {upper}"

    def write(self, first: str) -> dict[str, str]:
        numbers = zip((first, "lower", "upper"), self[:3], strict=True)
        written = {name: format_decimal(number) for name, number in numbers if number is not None}
        return written | {"qualifier": self.qualifier.value}


def read_amount(data: object, first: str, last: str) -> tuple[Amount, Any]:
    """An amount from a JSON object, and what it has under `last`; null is the same as nothing.

    A qualifier left out follows from what is given: EXACT for a value, UNDER, OVER or BETWEEN for bounds.
    """
    if not isinstance(data, dict):
        raise BadInput(f"an object with {first}, or lower and upper, is needed, not {kind_of(data)}")
    if unknown := data.keys() - {first, "lower", "upper", "qualifier", last}:
        raise BadInput(f"there is no {min(map(str, unknown))[:40]!r} here: {first}, lower, upper, qualifier, {last}")
    value, lower, upper = (_read(parse_decimal, data, name) for name in (first, "lower", "upper"))
    qualifier = _read(_qualifier, data, "qualifier") or _implied(value, lower, upper)
    return Amount(value, lower, upper, qualifier), data.get(last)


def add_amounts(amounts: Iterable[Amount]) -> Amount | None:
    """The sum by bounds: a bound that one of them lacks is open in the sum, and None where both would be.

    EXACT when all are, ABOUT when all are EXACT or ABOUT, else by the bounds that are known. A bound that outgrows the
    digits a number may have is open too. So the sum does not depend on the order, nor on sums of parts made before.
    """
    terms = list(amounts)
    lower = add_decimals(term.bounds[0] for term in terms)
    upper = add_decimals(term.bounds[1] for term in terms)
    if lower is None and upper is None:
        return None
    if all(term.qualifier in _EXACT_OR_ABOUT for term in terms):
        about = any(term.qualifier is Qualifier.ABOUT for term in terms)
        return Amount(lower, None, None, Qualifier.ABOUT if about else Qualifier.EXACT)
    return Amount(None, lower, upper, _implied(None, lower, upper))


def _implied(value: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> Qualifier:
    if value is not None or (lower is None and upper is None):
        return Qualifier.EXACT
    if lower is None:
        return Qualifier.UNDER
    return Qualifier.OVER if upper is None else Qualifier.BETWEEN


def _qualifier(value: object) -> Qualifier:
    if isinstance(value, str) and value in Qualifier.__members__:
        return Qualifier(value)
    raise BadInput(f"a qualifier is one of {', '.join(Qualifier)}")


def _read(read: Callable[[object], T], data: dict[str, Any], name: str) -> T | None:
    if (given := data.get(name)) is None:
        return None
    try:
        return read(given)
    except BadInput as bad:
        raise bad.under(name) from None
