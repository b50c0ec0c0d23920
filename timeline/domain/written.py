"""Dates as people and other programs write them, as EDTF: "Jan 10, 2025", "10.1.2025", "January 2025", "1980s"."""

import re

from timeline.domain.calendar import MONTHS
from timeline.domain.edtf import MAX_DATE, parse_simple

_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_M = r"(?P<month>[A-Za-z]{3,9})\.?"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_Y = r"(?P<year>\d{4})"
_NAMED = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"{_M}[ -]{_Y}",
        rf"{_M} {_D},? {_Y}",
        rf"{_D}[ -]{_M},?[ -]{_Y}",
        rf"{_Y},? {_M}(?: {_D})?",
    )
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_CLOCK = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:(?<=:\d\d:\d\d)(\.\d{1,3})\d*)? ?([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)
_DECADE = re.compile(r"(\d{3})0s", re.ASCII)
_AROUND = re.compile(r"(?:c\.|ca\.?|circa|about|around|approx\.|approximately|~) ?", re.IGNORECASE)


def readings(text: str) -> tuple[str, ...]:
    """What a text that is not EDTF can mean: one date, two where day and month could be each other, or none.

    Of two the first takes the day to stand before the month.
    """
    if len(text) > MAX_DATE:
        return ()
    if around := _AROUND.match(text):
        rest = text[around.end() :]
        return tuple(
            f"{each}~" for each in ((rest,) if parse_simple(rest) else readings(rest)) if each[-1] not in "?~%"
        )
    return tuple(dict.fromkeys(each for each in _candidates(text) if parse_simple(each)))


def month_number(text: str) -> int | None:
    """1 to 12 of an English name or its beginning (three letters or more), else None."""
    number = _MONTH_NUMBERS.get(text[:3].lower())
    known = number and (MONTHS[number - 1].lower().startswith(text.lower()) or text.lower() == "sept")
    return number if known else None


def _candidates(text: str) -> list[str]:
    if match := _YEAR_FIRST.fullmatch(text):
        return [_date(match[1], match[3], match[4])]
    if match := _YEAR_LAST.fullmatch(text):
        first, mark, second, year = match.groups()
        return [_date(year, second, first)] + ([] if mark == "." else [_date(year, first, second)])
    if match := _CLOCK.fullmatch(text):
        day, minute, second, fraction, offset = match.groups("")
        offset = offset.upper() if len(offset) != 5 else f"{offset[:3]}:{offset[3:]}"
        return [f"{day}T{minute}{second}{fraction}{offset}"]
    if match := _DECADE.fullmatch(text):
        return [f"{match[1]}X"]
    for pattern in _NAMED:
        if (match := pattern.fullmatch(text)) and (month := month_number(match["month"])):
            return [_date(match["year"], str(month), match.groupdict().get("day"))]
    return []


def _date(year: str, month: str, day: str | None) -> str:
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
