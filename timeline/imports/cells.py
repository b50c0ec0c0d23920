"""What stands in a cell, as the JSON of a field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from timeline.domain.dates import parse_date
from timeline.domain.decimals import check_decimal, format_decimal
from timeline.domain.edtf import parse_simple
from timeline.domain.fields import FieldType, Shape
from timeline.domain.written import readings
from timeline.errors import BadInput
from timeline.imports.markup import text_of
from timeline.imports.slugs import slug_of

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<how>\D*?)(?P<sign>[$€£¥]?) ?(?P<number>[-+]?[\d.,]+(?:e[-+]?\d+)?) ?(?P<times>[a-z]*)",
    re.ASCII | re.IGNORECASE,
)
_TIMES = {
    name: Decimal(10) ** power
    for power, names in {
        0: ("",),
        3: ("k", "thousand"),
        6: ("m", "mn", "million"),
        9: ("b", "bn", "billion"),
        12: ("tn", "trillion"),
    }.items()
    for name in names
}
_HOW = {
    name: qualifier
    for qualifier, names in {
        "EXACT": ("",),
        "ABOUT": ("~", "about", "around", "approximately", "approx.", "circa", "c."),
        "UNDER": ("<", "under", "less than", "below"),
        "OVER": (">", "over", "more than", "above"),
    }.items()
    for name in names
}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥"}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How cells are read, beyond the type of the field: each is a key of the mapping file.

    `split` parts a cell into a list; a field for one value takes the first. `day_first` says which of 1/2/2025 is the
    day. `digits` rounds amounts to so many significant digits.
    """

    html: bool = False
    split: str | None = None
    entity: str | None = None
    currency: str | None = None
    unit: str | None = None
    qualifier: str | None = None
    digits: int | None = None
    day_first: bool | None = None


def value_of(cell: str, field: FieldType, form: Form, kinds: frozenset[str]) -> Any:
    """JSON that the field reads, or None of an empty cell; BAD_INPUT if it says nothing of that type."""
    parts = [cell] if form.split is None else cell.split(form.split)
    parts = [part for part in (text_of(part) if form.html else part.strip() for part in parts) if part]
    if not parts:
        return None
    if not field.many:
        return _one(parts[0], field, form, kinds)
    values = [_one(part, field, form, kinds) for part in parts]
    return list({str(each.get("ref", each) if isinstance(each, dict) else each): each for each in values}.values())


def _one(cell: str, field: FieldType, form: Form, kinds: frozenset[str]) -> Any:
    match field.shape:
        case Shape.TEXT:
            return cell if field.about.long else " ".join(cell.split())
        case Shape.INTEGER:
            return whole(cell)
        case Shape.DECIMAL:
            return format_decimal(number(cell))
        case Shape.BOOLEAN:
            if cell.lower() not in _TRUTH:
                raise BadInput(f"{cell[:40]!r} is neither true nor false")
            return _TRUTH[cell.lower()]
        case Shape.DATE:
            return date(cell, form.day_first)
        case Shape.CHOICE:
            assert field.choice is not None
            given = re.sub(r"[\s_-]+", "", cell).casefold()
            return next((each.value for each in field.choice if re.sub(r"[_-]+", "", each).casefold() == given), cell)
        case Shape.REF:
            return _entity(cell, field, form, kinds)
        case Shape.QUANTITY | Shape.MONEY:
            return _amount(cell, field.shape, form)


def date(cell: str, day_first: bool | None = None) -> str:
    """EDTF, of that or of another common form. BAD_INPUT for what is none, or could be two."""
    text = " ".join(cell.split())
    if parse_simple(text):
        return text
    meant = readings(text)
    if len(meant) > 1 and day_first is not None:
        meant = (meant[0 if day_first else 1],)
    if len(meant) > 1:
        raise BadInput(f"{text}: is it {meant[0]} or {meant[1]}? Say day_first = true or false in the mapping")
    if not meant and " " in text:
        raise BadInput(f"{text[:40]!r} is not a date that can be read")
    return meant[0] if meant else parse_date(text).edtf


def number(cell: str) -> Decimal:
    """`1,234.5`, `3.1e8`; without the `.0` that spreadsheets add."""
    text = cell.strip()
    if not _NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
        raise BadInput(f"{text[:40]!r} is not a number")
    value = Decimal(text.replace(",", ""))
    check_decimal(value)
    return _tidy(value)


def _tidy(value: Decimal) -> Decimal:
    integral = value.to_integral_value()
    return integral if value == integral else value


def whole(cell: str) -> int:
    value = number(cell)
    if value != value.to_integral_value():
        raise BadInput(f"{cell[:40]!r} is not a whole number")
    return int(value)


def _amount(cell: str, shape: Shape, form: Form) -> dict[str, str]:
    found = _AMOUNT.fullmatch(" ".join(cell.split()))
    how = found and _HOW.get(found["how"].strip().lower())
    times = found and _TIMES.get(found["times"].lower())
    if not found or how is None or times is None or (found["sign"] and shape is Shape.QUANTITY):
        raise BadInput(f"{cell[:40]!r} is not an amount like 2000, around 2,000 or under 5.6 million")
    if found["sign"] and found["sign"] != _SIGNS.get(form.currency or ""):
        raise BadInput(f"{cell[:40]!r} is not in {form.currency}")
    value = _tidy(number(found["number"]) * times)
    if form.digits and value:
        value = round(value, form.digits - 1 - value.adjusted())
    qualifier = form.qualifier if how == "EXACT" and form.qualifier else how
    name = {"UNDER": "upper", "OVER": "lower"}.get(qualifier, "value" if shape is Shape.QUANTITY else "amount")
    tail: Mapping[str, str | None] = {"unit": form.unit} if shape is Shape.QUANTITY else {"currency": form.currency}
    written = {name: format_decimal(value), "qualifier": qualifier}
    return written | {key: each for key, each in tail.items() if each is not None}


def _entity(cell: str, field: FieldType, form: Form, kinds: frozenset[str]) -> dict[str, str] | str:
    kind, colon, slug = cell.partition(":")
    if colon and kind in kinds and slug == slug.strip():
        return cell  # named as the API names it
    name = " ".join(cell.split())
    kind = form.entity or (field.kinds[0] if len(field.kinds) == 1 else "")
    return {"ref": f"{kind}:{slug_of(name)}", "name": name}
