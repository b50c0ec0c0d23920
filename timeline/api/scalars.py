"""The scalars of the contract: each reads text or numbers strictly, and says what is wrong with what it refuses."""

from collections.abc import Callable, Mapping
from decimal import Decimal as PythonDecimal
from typing import Any, NewType
from uuid import UUID as PythonUUID

import strawberry

from timeline.domain import texts
from timeline.domain.calendar import format_instant, parse_instant
from timeline.domain.contents import read_id
from timeline.domain.dates import FuzzyDate
from timeline.domain.decimals import format_decimal, parse_decimal
from timeline.domain.values import read_date
from timeline.errors import BadInput

EDTF = NewType("EDTF", FuzzyDate)
DateTime = NewType("DateTime", int)
Position = NewType("Position", int)
Decimal = NewType("Decimal", PythonDecimal)
JSON = NewType("JSON", object)
URL = NewType("URL", str)
UUID = NewType("UUID", PythonUUID)

MAX_POSITION = 2**53 - 1  # the largest whole number that every JSON reader keeps exact


def read_position(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_POSITION:
        raise BadInput("a position is a whole number from 0 to 2^53 - 1")
    return value


def read_instant(value: object) -> int:
    if not isinstance(value, str):
        raise BadInput(f"a date-time is needed as a text, not {texts.kind_of(value)}")
    return parse_instant(value)


def _write_date(value: Any) -> str:
    return value if isinstance(value, str) else value.edtf


def _scalar(
    name: str,
    description: str,
    read: Callable[[Any], Any],
    write: Callable[[Any], Any],
    specified_by: str | None = None,
) -> Any:
    return strawberry.scalar(
        name=name, description=description, parse_value=read, serialize=write, specified_by_url=specified_by
    )


def _same(value: Any) -> Any:
    return value


SCALARS: Mapping[object, Any] = {
    EDTF: _scalar(
        "EDTF",
        "A date or time as precisely as it is known: an EDTF (ISO 8601-2) subset.",
        read_date,
        _write_date,
        "https://www.loc.gov/standards/datetime/",
    ),
    DateTime: _scalar(
        "DateTime",
        "An instant in UTC, RFC 3339 with milliseconds; years outside 0000 to 9999 in ECMAScript's expanded form.",
        read_instant,
        format_instant,
        "https://scalars.graphql.org/andimarek/date-time.html",
    ),
    Position: _scalar(
        "Position",
        "A place in a timeline's log, counted from 1; 0 is the empty log. A JSON number up to 2^53 - 1.",
        read_position,
        _same,
    ),
    Decimal: _scalar("Decimal", "An exact decimal number, as a string.", parse_decimal, format_decimal),
    JSON: _scalar("JSON", "Any JSON value.", _same, _same, "https://www.rfc-editor.org/rfc/rfc8259"),
    URL: _scalar("URL", "An absolute http or https address.", texts.url, _same, "https://url.spec.whatwg.org/"),
    UUID: _scalar("UUID", "A UUID in its usual form.", read_id, str, "https://www.rfc-editor.org/rfc/rfc9562"),
}
