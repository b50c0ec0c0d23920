"""The grammar of one simple date: a year, decade, century, month, day or date-time of EDTF (ISO 8601-2)."""

import enum
import re
from typing import NamedTuple

from timeline.domain.calendar import (
    DAY,
    FIRST_INSTANT,
    HOUR,
    LAST_INSTANT,
    MINUTE,
    SECOND,
    day_start,
    days_in_month,
    offset_length,
)

MAX_DATE = 80  # characters

SIMPLE = re.compile(
    r"(?!-0000)(-?\d{4}|-?\d{3}X(?!-)|-?\d\dXX(?!-))"
    r"(?:-(0[1-9]|1[0-2]|XX(?!-\d))"
    r"(?:-(0[1-9]|[12]\d|3[01]|XX(?!T))"
    r"(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?(Z|(?!-00:00)[+-](?:[01]\d|2[0-3]):[0-5]\d)"
    r")?)?)?([?~%])?",
    re.ASCII,
)


class Precision(enum.StrEnum):
    """From fine to coarse. RANGE: known only to lie somewhere between two dates."""

    MILLISECOND = "MILLISECOND"
    SECOND = "SECOND"
    MINUTE = "MINUTE"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    DECADE = "DECADE"
    CENTURY = "CENTURY"
    RANGE = "RANGE"


class Simple(NamedTuple):
    """One simple date: bounds (half-open, ms UTC), precision, and its `?`, `~` or `%`, else an empty string."""

    lo: int
    hi: int
    precision: Precision
    qualifier: str


def parse_simple(text: str) -> Simple | None:
    """None for all that is not exactly one simple date; `faults` says why."""
    match = SIMPLE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset, qualifier = match.groups("")
    if month in ("", "XX"):
        first, beyond, precision = year_span(year)
        return Simple(day_start(first), day_start(beyond), precision, qualifier)
    y, m = int(year), int(month)
    if day in ("", "XX"):
        lo = day_start(y, m)
        return Simple(lo, lo + days_in_month(y, m) * DAY, Precision.MONTH, qualifier)
    d = int(day)
    if d > 28 and d > days_in_month(y, m):
        return None
    lo = day_start(y, m, d)
    if not hour:
        return Simple(lo, lo + DAY, Precision.DAY, qualifier)
    width, precision = _clock_width(second, fraction)
    lo += int(hour) * HOUR + int(minute) * MINUTE + int(second or 0) * SECOND + int(fraction.ljust(3, "0"))
    lo -= offset_length(offset)
    if lo < FIRST_INSTANT or lo + width > LAST_INSTANT:
        return None
    return Simple(lo, lo + width, precision, qualifier)


def year_span(year: str) -> tuple[int, int, Precision]:
    """First year, year after the last, precision: of a year whose last digits may be X.

    A negative year counts backwards, -004X is -0049 to -0040; and as there is no year -0000, -000X is -0009 to -0001.
    """
    unknown = year.count("X")
    if not unknown:
        return int(year), int(year) + 1, Precision.YEAR
    size = 10**unknown
    precision = Precision.DECADE if unknown == 1 else Precision.CENTURY
    if year.startswith("-"):
        last = int(year.replace("X", "0"))
        return last - size + 1, min(last + 1, 0), precision
    first = int(year.replace("X", "0"))
    return first, first + size, precision


def _clock_width(second: str, fraction: str) -> tuple[int, Precision]:
    if not second:
        return MINUTE, Precision.MINUTE
    if not fraction:
        return SECOND, Precision.SECOND
    return 10 ** (3 - len(fraction)), Precision.MILLISECOND
