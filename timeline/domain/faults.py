"""Why a text is not a date: the first fault a person would want to hear of. Only asked once parsing has failed."""

import re

from timeline.domain.calendar import MONTHS, days_in_month, offset_fault
from timeline.domain.edtf import MAX_DATE, SIMPLE, parse_simple
from timeline.domain.written import readings

_EXAMPLES = "2025, 2025-01, 2025-01-10, 202X, 2021/.. or [..2025-01-20]"
_Y = r"-?\d{4}"
_D = rf"{_Y}-\d\d-\d\d"
_T = rf"{_D}T\d\d:\d\d(?::\d\d(?:\.\d{{1,3}})?)?"

# In this order: the first that matches the beginning of the date is its fault.
_FAULTS = tuple(
    (re.compile(pattern, re.ASCII), message)
    for pattern, message in (
        (r"[\[\]]|.*[\[\]]", "brackets stand around a whole range, like [2021..2022]"),
        (r".*\.\.", "a range stands in brackets, like [2021..2022] or [2021..]"),
        (rf"{_T},", "a fraction of a second stands after a point"),
        (r".*[{},]", "lists of dates are not accepted, write a range like [2021..2022]"),
        (r"[?~%]|.*[?~%].", "'?', '~' or '%' stands once, at the end of a date"),
        (r"-0000", "there is no year -0000, year zero is 0000"),
        (r"Y|[+-]?\d{5}", "a year has four digits, from -9999 to 9999, and '-' stands before month and day"),
        (r"\+", "a year has no plus sign"),
        (r"(?:-\d{0,3}|\d{1,3})(?:[-T?~%]|$)", "a year has four digits, like 0044"),
        (r"[-\dT:X]*x", "an unknown digit is a capital X"),
        (r"-?(?:\d?X|\d\dX(?!X))", "only the last digit or the last two digits of a year can be X"),
        (r"-?(?:\d{3}X|\d\dXX)-", "a month needs all four digits of its year"),
        (rf"{_Y}-(?:2[1-9]|3\d|4[01])(?!\d)", "seasons and quarters are not accepted, write months"),
        (r"(\d{4})-(\d{4})$", "a period is written {0}/{1}"),
        (rf"{_Y}(?:-\d\d)?-(?:\d|\d{{3,}}|$)(?!\d)", "months and days have two digits"),
        (rf"{_Y}-(?!0[1-9]|1[0-2])(\d\d)", "there is no month {0}"),
        (rf"{_Y}-\d\d-00", "there is no day 00"),
        (rf"{_Y}-XX-\d", "a known day needs a known month"),
        (r"[-\dX]+[Tt](?<!\d\d\d\d-\d\d-\d\d[Tt])", "a time needs a day, like 2025-01-20T09:30Z"),
        (rf"{_D}t", "a capital T stands between day and time"),
        (rf"{_D}T24", "there is no hour 24, write 00:00 of the next day"),
        (rf"{_D}T(2[5-9]|[3-9]\d)", "there is no hour {0}"),
        (rf"{_D}T\d\d:([6-9]\d)", "there is no minute {0}"),
        (rf"{_D}T\d\d:\d\d:60", "there is no second 60, leap seconds are not kept"),
        (rf"{_D}T\d\d:\d\d:([6-9]\d)", "there is no second {0}"),
        (rf"{_D}T\d\d:\d\d:\d\d\.\d{{4}}", "a fraction of a second has at most three digits"),
        (rf"{_T}[?~%]?$", "a time needs its offset, Z or one like +01:00"),
        (rf"{_T}[-+z](?!\d\d:\d\d[?~%]?$)", "an offset is Z or one like +01:00"),
        (rf"{_D}T(?!\d\d:\d\d(?::\d\d(?:\.\d+)?)?[-+Z])", "a time is written like 09:30Z or 09:30:00.000-08:00"),
    )
)
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d{1,2}/\d{1,2}", re.ASCII)  # and no reading of it is a day
_OFFSET = re.compile(rf"{_T}([-+]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(rf"({_Y})-(\d\d)-(\d\d)(?!\d)", re.ASCII)


def fault(text: str) -> str:
    """What is wrong with a text that is no date, starting with the part that is wrong where it can be shown."""
    if ":" not in text and (meant := readings(text)):
        return f"{text}: write {' or '.join(meant)}"
    return _fault_of_characters(text) or _fault_of_shape(text)


def _fault_of_characters(text: str) -> str | None:
    if not text:
        return f"a date is needed, like {_EXAMPLES}"
    if len(text) > MAX_DATE:
        return f"a date has at most {MAX_DATE} characters, not {len(text):,}"
    for character in text:
        name = f"U+{ord(character):04X}"
        if character.isspace():
            return f"a date has no blanks, and there is {name}: write it like 2025-01-31, 2025-01 or 2025"
        if not character.isascii():
            if character.isnumeric():
                return f"the digits of a date are 0 to 9, not {name}"
            return f"the character {name} has no place in a date"
        if not character.isprintable():
            return f"the control character {name} has no place in a date"
    return None


def _fault_of_shape(text: str) -> str:
    if "/" in text:
        first, _, last = text.partition("/")
        if "/" in last:
            if _SLASHED.fullmatch(text):
                return f"{text}: there is no such day"
            return f"{text}: an interval has one '/'"
        if not first or not last:
            return f"{text}: both sides of '/' are needed, an open one is '..'"
        if first == last == "..":
            return f"{text}: an interval needs one side that is not open"
        return _fault_of_ends(text, first, last)
    if text.startswith("[") and text.endswith("]"):
        if "," in text:
            return f"{text}: lists of dates are not accepted, write a range like [2021..2022]"
        first, dots, last = text[1:-1].partition("..")
        if not dots:
            return f"{text}: a range needs '..', like [2021..2022]"
        if not first and not last:
            return f"{text}: a range needs one side that is not open"
        return _fault_of_ends(text, first, last)
    if text.startswith("[") and text.endswith(("]?", "]~", "]%")):
        return f"{text}: '?', '~' and '%' stand inside the brackets"
    return _fault_of_simple(text)


def _fault_of_ends(text: str, first: str, last: str) -> str:
    if first[:-1] == ".." or last[:-1] == "..":
        return f"{text}: an open end is '..' and nothing else"
    wrong = (end for end in (first, last) if end not in ("", "..") and parse_simple(end) is None)
    return _fault_of_simple(next(wrong, text))


def _fault_of_simple(text: str) -> str:
    for pattern, message in _FAULTS:
        if match := pattern.match(text):
            return f"{text}: {message.format(*match.groups())}"
    if match := _DAY.match(text):
        days = days_in_month(int(match[1]), int(match[2]))
        if not 1 <= int(match[3]) <= days:
            return f"{text}: {MONTHS[int(match[2]) - 1]} {match[1]} has {days} days"
    if (match := _OFFSET.match(text)) and (wrong := offset_fault(match[1])):
        return f"{text}: {wrong}"
    if SIMPLE.fullmatch(text):
        return f"{text}: in UTC it is outside the years -9999 to 9999"
    return f"{text}: not a date, write one like {_EXAMPLES}"
