"""Exact decimal numbers: as strings in JSON, as "5.6 million" for people, and added without rounding."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from timeline.domain.texts import kind_of
from timeline.errors import BadInput

MAX_WHOLE = 30  # digits before the point
MAX_FRACTION = 18  # digits after it

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_LIMIT = Decimal(10) ** MAX_WHOLE
_WORDS = ((12, "trillion"), (9, "billion"), (6, "million"))

# Python's own context rounds to 28 digits without a word.
_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])


def parse_decimal(value: object) -> Decimal:
    """A decimal string in plain notation, or a JSON integer."""
    if isinstance(value, float):
        raise BadInput("a number is given as a decimal string, so that nothing is rounded")
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**MAX_WHOLE:
            raise BadInput(f"a number has at most {MAX_WHOLE} digits before the point")
        return Decimal(value)
    if not isinstance(value, str):
        raise BadInput(f'a number is given as a decimal string like "5.6", not as {kind_of(value)}')
    if not _PLAIN.fullmatch(value):
        raise BadInput(f'{value[:40]!r} is not a decimal number like "2000", "-0.5" or "5.6"')
    whole, _, fraction = value.lstrip("-").partition(".")
    if len(whole) > MAX_WHOLE or len(fraction) > MAX_FRACTION:
        raise BadInput(f"a number has at most {MAX_WHOLE} digits before the point and {MAX_FRACTION} after it")
    return Decimal(value)


def check_decimal(value: Decimal) -> None:
    """Refuse what `format_decimal` would write as something that `parse_decimal` does not take back."""
    if not value.is_finite() or value.copy_abs() >= _LIMIT or -int(value.as_tuple().exponent) > MAX_FRACTION:
        raise BadInput(f"a number has at most {MAX_WHOLE} digits before the point and {MAX_FRACTION} after it")


def format_decimal(value: Decimal) -> str:
    """Plain notation with the digits it was given with; no exponent, no plus sign, no negative zero."""
    return format(value or value.copy_abs(), "f")


def add_decimals(values: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum; None where one of them is, or where the sum is longer than a number may be."""
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total = _EXACT.add(total, value)
    return total if total.copy_abs() < _LIMIT else None


def say_decimal(value: Decimal) -> str:
    """ "2,000", "5.576 million": a million and more in words, where at most three digits of fraction say it exactly."""
    for power, word in _WORDS:
        scaled = _EXACT.scaleb(value, -power)
        if 1 <= scaled.copy_abs() < 1_000_000:
            short = _EXACT.normalize(scaled)
            if int(short.as_tuple().exponent) >= -3:
                return f"{short:,f} {word}"
            break
    return f"{value or value.copy_abs():,f}"
