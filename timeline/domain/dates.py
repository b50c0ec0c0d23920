"""Dates as precise as they are known: a text in a subset of EDTF, and the bounds of what it can mean."""

from dataclasses import dataclass
from functools import lru_cache

from timeline.domain.edtf import Precision, Simple, parse_simple
from timeline.domain.faults import fault
from timeline.domain.readings import reading
from timeline.errors import BadInput

__all__ = ["BEGINNING", "END", "FuzzyDate", "Precision", "parse_date", "parse_moment"]

BEGINNING = -(2**63)
END = 2**63 - 1

_COARSENESS = {precision: rank for rank, precision in enumerate(Precision)}
_MOMENT = "a moment is one date, like 2025, 2025-01, 2025-01-10 or 2025-01-20T09:30Z"


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """One moment somewhere between two bounds (a point), or all that lies between two such moments (a period).

    Bounds are half-open, in ms UTC; BEGINNING and END stand for -∞ and +∞. A point has no end bounds.
    A period may end before `start_hi` (`2025/2025-01`), as its start may lie anywhere in 2025: refused is only what is
    certainly reversed, where the end's upper bound is not after the start's lower bound.
    """

    edtf: str
    start_lo: int
    start_hi: int
    end_lo: int | None
    end_hi: int | None
    precision: Precision
    approximate: bool
    uncertain: bool

    @property
    def is_period(self) -> bool:
        return self.end_hi is not None

    @property
    def reach(self) -> int:
        """Where its possible extent ends."""
        return self.start_hi if self.end_hi is None else max(self.start_hi, self.end_hi)

    @property
    def text(self) -> str:
        """For people: "by 20 January 2025"."""
        return reading(self.edtf)

    def __str__(self) -> str:
        return self.text


def parse_date(text: object) -> FuzzyDate:
    """The date that a text of the subset means; BAD_INPUT that names the fault for every other text."""
    if not isinstance(text, str):
        raise BadInput("a date is a text, like 2025-01-10")
    return _parse(text)


def parse_moment(text: object) -> int:
    """The instant (ms UTC) up to which `at` looks: where the date it names ends.

    Accepted is one point with two finite bounds and no qualifier: a century, decade, year, month, day or date-time,
    or a range closed on both sides. Refused are `?`, `~`, `%`, intervals, and ranges with an open side.
    """
    date = parse_date(text)
    if date.is_period:
        raise BadInput(f"{text}: this is a period; {_MOMENT}")
    if date.approximate or date.uncertain:
        raise BadInput(f"{text}: leave out '?', '~' and '%' here; {_MOMENT}")
    if date.start_lo == BEGINNING or date.start_hi == END:
        raise BadInput(f"{text}: this is open on one side; {_MOMENT}")
    return date.start_hi


@lru_cache(maxsize=8192)
def _parse(text: str) -> FuzzyDate:
    if (simple := parse_simple(text)) is not None:
        lo, hi, precision, qualifier = simple
        return FuzzyDate(text, lo, hi, None, None, precision, qualifier in ("~", "%"), qualifier in ("?", "%"))
    first, slash, last = text.partition("/")
    if slash:
        return _period(text, first, last)
    if text.startswith("[") and text.endswith("]"):
        first, dots, last = text[1:-1].partition("..")
        if dots:
            return _range(text, first, last)
    raise BadInput(fault(text))


def _period(text: str, first: str, last: str) -> FuzzyDate:
    start = None if first == ".." else _end(text, first)
    end = None if last == ".." else _end(text, last)
    _check(text, start, end)
    given = [simple for simple in (start, end) if simple is not None]
    return FuzzyDate(
        text,
        start.lo if start else BEGINNING,
        start.hi if start else BEGINNING,
        end.lo if end else END,
        end.hi if end else END,
        max((simple.precision for simple in given), key=_COARSENESS.__getitem__),
        *_flags(given),
    )


def _range(text: str, first: str, last: str) -> FuzzyDate:
    start = _end(text, first) if first else None
    end = _end(text, last) if last else None
    _check(text, start, end)
    given = [simple for simple in (start, end) if simple is not None]
    lo, hi = start.lo if start else BEGINNING, end.hi if end else END
    return FuzzyDate(text, lo, hi, None, None, Precision.RANGE, *_flags(given))


def _end(text: str, end: str) -> Simple:
    simple = parse_simple(end)
    if simple is None:
        raise BadInput(fault(text))
    return simple


def _check(text: str, start: Simple | None, end: Simple | None) -> None:
    if start is None and end is None:
        raise BadInput(fault(text))
    if start and end and end.hi <= start.lo:
        raise BadInput(f"{text}: it ends before it starts")


def _flags(simples: list[Simple]) -> tuple[bool, bool]:
    qualifiers = {simple.qualifier for simple in simples}
    return bool(qualifiers & {"~", "%"}), bool(qualifiers & {"?", "%"})
