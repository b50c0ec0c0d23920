"""The JSON of single values: each `read_` takes anything, and returns a value or raises BAD_INPUT."""

import enum
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from timeline.domain import texts
from timeline.domain.dates import FuzzyDate, parse_date
from timeline.domain.limits import MAX_LIST, MAX_SLUG
from timeline.domain.quantities import format_decimal, parse_decimal
from timeline.domain.refs import Ref
from timeline.errors import BadInput, TooLarge

INT_MIN, INT_MAX = -(2**31), 2**31 - 1  # what GraphQL's Int can carry


def same(value: Any) -> Any:
    return value


def read_text(value: object) -> str:
    return texts.text(value)


def read_line(value: object) -> str:
    return texts.line(value)


def read_integer(least: int, most: int, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"a whole number is needed, not {texts.kind_of(value)}")
    if not least <= value <= most:
        raise BadInput(f"a whole number from {least:,} to {most:,} is needed")
    return value


def read_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadInput(f"true or false is needed, not {texts.kind_of(value)}")
    return value


def read_decimal(value: object) -> Decimal:
    return parse_decimal(value)


def write_decimal(value: Decimal) -> str:
    return format_decimal(value)


def read_date(value: object) -> FuzzyDate:
    if not isinstance(value, str):
        raise BadInput(f"a date is needed as a text, not {texts.kind_of(value)}")
    return parse_date(value)


def write_date(value: FuzzyDate) -> str:
    return value.edtf


def read_choice(choice: type[enum.StrEnum], value: object) -> enum.StrEnum:
    if not isinstance(value, str) or value not in list(choice):
        raise BadInput(f"one of {', '.join(choice)} is needed")
    return choice(value)


def read_ref(kinds: tuple[str, ...], value: object) -> Ref[Any]:
    """A slug, or `kind:slug`, or `{"ref": …, "name": …}`. Where several `kinds` (none: any) fit, it says which."""
    name = None
    if isinstance(value, dict):
        if unknown := sorted(value.keys() - {"ref", "name"}):
            raise BadInput(f"an entity has a ref and a name, not {unknown[0][:MAX_SLUG]!r}")
        given = value.get("name")
        name = None if given is None else _named(given)
        value = value.get("ref")
    if not isinstance(value, str):
        raise BadInput(f"an entity is named by a text, not {texts.kind_of(value)}")
    return _ref(kinds, value, name)


@lru_cache(maxsize=4096)  # a log names the same entities over and over
def _ref(kinds: tuple[str, ...], value: str, name: str | None) -> Ref[Any]:
    kind, colon, slug = value.rpartition(":")
    if not colon:
        if len(kinds) != 1:
            raise BadInput(f"say which kind of entity: {' or '.join(kinds) or 'kind'}:{value[:MAX_SLUG]}")
        kind = kinds[0]
    elif kinds and kind not in kinds:
        raise BadInput(f"{kind[:MAX_SLUG]!r} is not admitted here, only {' or '.join(kinds)}")
    else:
        texts.slug(kind)
    return Ref(kind, texts.slug(slug), name)


def _named(value: object) -> str:
    try:
        return texts.name(value)
    except BadInput as bad:
        raise bad.under("name") from None


def write_ref(value: Ref[Any]) -> str:
    return value.key


def read_list(read: Callable[[object], Any], value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"a list is needed, not {texts.kind_of(value)}")
    if len(value) > MAX_LIST:
        raise TooLarge(f"at most {MAX_LIST} entries, not {len(value):,}")
    items = []
    for index, item in enumerate(value):
        try:
            items.append(read(item))
        except BadInput as bad:
            raise bad.under(index) from None
    return tuple(items)


def write_list(write: Callable[[Any], Any], value: tuple[Any, ...]) -> list[Any]:
    return [write(item) for item in value]
