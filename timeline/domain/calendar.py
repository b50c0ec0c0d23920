"""The proleptic Gregorian calendar on integers, and instants as milliseconds since 1970-01-01T00:00 UTC.

Years are astronomical: year 0 exists and is 1 BC. Python's own dates end at the years 1 and 9999.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from timeline.errors import BadInput

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE = (306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275)  # days between 1 March and the first of the month
_EPOCH = 719_468  # days between 0000-03-01 and 1970-01-01
_INSTANT = re.compile(
    r"(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_FORM = (
    "write an instant like 2025-01-10T09:30:00Z or 2025-01-10T09:30:00.000+01:00,"
    " with at most three digits after the point"
)


class Civil(NamedTuple):
    """An instant as calendar and clock show it in UTC."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    millisecond: int


def days_in_month(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else _LENGTHS[month - 1]


def days_since_epoch(year: int, month: int = 1, day: int = 1) -> int:
    """Days from 1970-01-01 to a date that exists, negative before."""
    if month <= 2:  # years are counted from March, so that the leap day is the last of its year
        year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400 + _BEFORE[month - 1] + day - 1 - _EPOCH


def day_start(year: int, month: int = 1, day: int = 1) -> int:
    """The instant at which a date begins in UTC."""
    return days_since_epoch(year, month, day) * DAY


def civil(instant: int) -> Civil:
    days, rest = divmod(instant, DAY)
    cycle, day = divmod(days + _EPOCH, 146_097)  # 400 years
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= year * 365 + year // 4 - year // 100
    month = (5 * day + 2) // 153  # 0 is March
    day -= (153 * month + 2) // 5
    year += cycle * 400 + (month >= 10)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    return Civil(year, month + 3 if month < 10 else month - 9, day + 1, hour, minute, *divmod(rest, SECOND))


FIRST_INSTANT = day_start(-9999)
LAST_INSTANT = day_start(10_000)  # where the year 9999 ends


@lru_cache(maxsize=8192)
def format_instant(instant: int) -> str:
    """RFC 3339 in UTC with milliseconds; years outside 0000 to 9999 in ECMAScript's expanded form, `-000044-03-15T…`.

    ValueError where six digits of year do not suffice, so that a sentinel of infinity is never shown as a date.
    """
    at = civil(instant)
    if not -999_999 <= at.year <= 999_999:
        raise ValueError(f"{instant} ms is no instant that can be written")
    year = f"{at.year:04}" if 0 <= at.year <= 9999 else f"{at.year:+07}"
    return f"{year}-{at.month:02}-{at.day:02}T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.millisecond:03}Z"


def parse_instant(text: object) -> int:
    """What `format_instant` writes, and RFC 3339 with any offset, seconds, and at most three digits of fraction."""
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        shown = f"{text[:40]!r} is" if isinstance(text, str) else "that is"
        raise BadInput(f"{shown} not an instant: {_FORM}")
    offset, fraction = match[8], (match[7] or "").ljust(3, "0")
    at = Civil._make(map(int, (*match.groups()[:6], fraction)))
    if wrong := _fault(match[1], at) or offset_fault(offset):
        raise BadInput(f"{text}: {wrong}; {_FORM}")
    clock = at.hour * HOUR + at.minute * MINUTE + at.second * SECOND + at.millisecond
    instant = day_start(at.year, at.month, at.day) + clock - offset_length(offset)
    if not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise BadInput(f"{text}: in UTC it is outside the years -9999 to 9999")
    return instant


def offset_length(offset: str) -> int:
    """Milliseconds that clocks at `Z` or `±HH:MM` are ahead of UTC."""
    if offset == "Z":
        return 0
    length = int(offset[1:3]) * HOUR + int(offset[4:6]) * MINUTE
    return -length if offset[0] == "-" else length


def _fault(year: str, at: Civil) -> str | None:
    if year == "-000000":
        return "there is no year -000000, year zero is 0000"
    if not -9999 <= at.year <= 10_000:
        return "years go from -9999 to 9999"
    if not 1 <= at.month <= 12:
        return f"there is no month {at.month:02}"
    days = days_in_month(at.year, at.month)
    if not 1 <= at.day <= days:
        return f"there is no day {at.day:02}, {MONTHS[at.month - 1]} {year} has {days} days"
    if at.hour > 23 or at.minute > 59:
        return f"there is no time {at.hour:02}:{at.minute:02}, a day ends with 23:59"
    if at.second > 59:
        return f"there is no second {at.second}, and leap seconds are not kept"
    return None


def offset_fault(offset: str) -> str | None:
    if offset == "-00:00":
        return "-00:00 means that the offset is unknown, UTC is Z"
    if offset != "Z" and (offset[1:3] > "23" or offset[4:6] > "59"):
        return f"there is no offset {offset}, they go from -23:59 to +23:59"
    return None
