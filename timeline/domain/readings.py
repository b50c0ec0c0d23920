"""What a date says to people: "around 10 January 2025", "since 2021", "by 20 January 2025"."""

from functools import lru_cache

from timeline.domain.calendar import MONTHS
from timeline.domain.edtf import SIMPLE, Precision, year_span

_QUALIFIERS = {"": "", "~": "around ", "?": "possibly ", "%": "possibly around "}
_DASH = "\N{EN DASH}"


@lru_cache(maxsize=8192)  # a log has the same dates over and over
def reading(edtf: str) -> str:
    """The reading of a text that `parse_date` accepts."""
    first, slash, last = edtf.partition("/")
    if slash:
        if last == "..":
            return f"since {_after_word(first)}"
        if first == "..":
            return f"until {_after_word(last)}"
        return f"from {_after_word(first)} to {_after_word(last)}"
    if edtf.startswith("["):
        first, _, last = edtf[1:-1].partition("..")
        if not last:
            return f"{_simple(first)} or later"
        if not first:
            return f"by {_after_word(last)}"
        return f"between {_after_word(first)} and {_after_word(last)}"
    return _simple(edtf)


def _after_word(simple: str) -> str:
    return _simple(simple, "the ")


def _simple(simple: str, article: str = "") -> str:
    """`article` is what stands before a decade or century: "2020s", but "since the 2020s" and "around the 2020s"."""
    match = SIMPLE.fullmatch(simple)
    assert match is not None, simple
    year, month, day, hour, minute, second, fraction, offset, qualifier = match.groups("")
    said = _QUALIFIERS[qualifier]
    if not month or month == "XX":
        return said + _years(year, "the " if said else article)
    said_year = _year(int(year))
    if not day or day == "XX":
        return f"{said}{MONTHS[int(month) - 1]} {said_year}"
    said += f"{int(day)} {MONTHS[int(month) - 1]} {said_year}"
    if not hour:
        return said
    clock = f"{hour}:{minute}" + (f":{second}" if second else "") + (f".{fraction}" if fraction else "")
    return f"{said}, {clock} UTC" + ("" if offset in ("Z", "+00:00") else offset)


def _year(year: int) -> str:
    """Year 0 is 1 BC; years of fewer than four digits say their era, as "44" alone would not read as a year."""
    if year <= 0:
        return f"{1 - year} BC"
    return str(year) if year >= 1000 else f"AD {year}"


def _years(year: str, article: str) -> str:
    first, beyond, precision = year_span(year)
    if precision is Precision.YEAR:
        return _year(first)
    # "the 40s BC" are other years than -004X, and "2000s" could be the decade or the century: these show both ends.
    if first > 0 and not (precision is Precision.DECADE and first % 100 == 0):
        return f"{article}{_year(first)}s"
    if beyond <= 1:
        return f"{1 - first}{_DASH}{_year(beyond - 1)}"
    return f"{_year(first)}{_DASH}{_year(beyond - 1)}"
