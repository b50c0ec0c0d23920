"""Texts that sort as values do, on every database: a value's sort key compares with those of the same attribute."""

from decimal import Decimal
from typing import Any

from timeline.domain.dates import FuzzyDate
from timeline.domain.decimals import MAX_FRACTION, MAX_WHOLE
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref
from timeline.domain.rules import HIGHEST, LOWEST

_SCALE = 10**MAX_FRACTION
_OFFSET = 10 ** (MAX_WHOLE + MAX_FRACTION + 1)
_INSTANTS = 1 << 63
_TEXT = 200  # characters of a text that take part in its order


def sort_key(attribute: AttributeKind, value: Any) -> str | None:
    """None where there is nothing to compare: no value, or a quantity without the bound that the rule compares.

    Quantities compare by the bound of the rule: the upper one for `lowest`, the lower one for `highest`. For all other
    rules by their value, or whichever bound they have; their unit or currency stands behind a `|`.
    """
    match value:
        case None:
            return None
        case bool():
            return str(int(value))
        case int():
            return f"{value + (1 << 31):010d}"
        case Decimal():
            return _number(value)
        case FuzzyDate():
            return f"{value.start_hi + _INSTANTS:020d}{value.start_lo + _INSTANTS:020d}"
        case Ref():
            return value.key
        case Quantity() | Money():
            return _amount(attribute, value)
        case _:
            return str(value).casefold()[:_TEXT]


def _amount(attribute: AttributeKind, value: Quantity | Money) -> str | None:
    lower, upper = value.bounds
    if attribute.rule in (LOWEST, HIGHEST):
        bound = upper if attribute.rule is LOWEST else lower
        return None if bound is None else _number(bound)
    unit = value.currency if isinstance(value, Money) else value.unit or ""
    known = upper if upper is not None else lower
    return None if known is None else f"{_number(known)}|{unit}"


def _number(value: Decimal) -> str:
    numerator, denominator = value.as_integer_ratio()
    return f"{numerator * _SCALE // denominator + _OFFSET:050d}"
