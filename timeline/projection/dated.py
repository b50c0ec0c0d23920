"""Dates of which something was known by a position, found without a look at what was recorded since.

At level 0 stands each date; above it stand stretches of time, and above these longer ones. What was the first record of
each never changes, but where a record is blanked. So an append only adds, and mostly nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select

from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.database.prepared import Prepared
from timeline.domain.dates import BEGINNING, END
from timeline.projection.generation import Generation, in_generation
from timeline.projection.unions import united

Date = tuple[int, int]  # start_hi, start_lo
SHIFTS = (0, 20, 33)  # of milliseconds: stretches of 17 minutes, and of 99 days
TOP = len(SHIFTS) - 1

_dated, _occurrence = tables.dated.c, tables.occurrence.c


def rows_of(dates: Iterable[tuple[Date, int]]) -> list[tuple[int, ...]]:
    """Of dates with the positions of their records, which ascend."""
    first: dict[tuple[int, int, int], int] = {}
    for date, position in dates:
        if (0, *date) not in first:
            for place in _places(date):
                first.setdefault(place, position)
    return [(*place, position) for place, position in first.items()]


def nearest(connection: Connection, generation: Generation, basis: int, date: Date, *, descending: bool) -> Date | None:
    """The first date, in the order of the world or in the other one, of which a record up to `basis` is.

    It is not before `date`, but may have the same `start_hi`. None if there is none.
    """
    here = {**generation.given, "basis": basis}
    beside = _BESIDE[descending].rows(connection, {**here, **_sides(date[0], descending=descending)})
    if not beside:
        return None
    level, hi, lo = min((row.level, row.start_hi, row.start_lo) for row in beside)
    if level == 0:
        return hi, lo
    low, high = _within(level, hi)
    below = _BELOW[descending, level].rows(connection, {**here, "low": low, "high": high})
    # It is gone if what was the first of it was blanked in this moment.
    return (below[0].start_hi, below[0].start_lo) if below else date


def _sides(start_hi: int, *, descending: bool) -> dict[str, int]:
    """At each level the first and the last of those that are beyond `start_hi` inside of one above; itself at 0."""
    given: dict[str, int] = {}
    for level in range(TOP + 1):
        stretch = start_hi >> SHIFTS[level]
        low, high = (BEGINNING, END) if level == TOP else _within(level + 1, start_hi >> SHIFTS[level + 1])
        if descending:
            high = stretch - (level > 0)
        else:
            low = stretch + (level > 0)
        given |= {f"low_{level}": low, f"high_{level}": high}
    return given


def forget(connection: Connection, generation: Generation, date: Date) -> None:
    """Tell again what was the first record of a date, and of the stretches around it, after one was blanked."""
    for level, hi, lo in _places(date):
        given: Mapping[str, Any] = {**generation.given, "level": level, "hi": hi, "lo": lo}
        connection.execute(_DELETE, given)
        if level == 0:
            first = connection.execute(_FIRST, given).scalar()
        else:
            low, high = _within(level, hi)
            first = connection.execute(_FIRST_WITHIN, {**given, "level": level - 1, "low": low, "high": high}).scalar()
        if first is not None:
            insert_rows(connection, tables.dated, [(level, hi, lo, first)], shared=generation)


def _places(date: Date) -> list[tuple[int, int, int]]:
    hi, lo = date
    return [(0, hi, lo), *((level, hi >> SHIFTS[level], 0) for level in range(1, TOP + 1))]


def _within(level: int, stretch: Any) -> tuple[Any, Any]:
    """The first and the last of the level below."""
    times = 1 << (SHIFTS[level] - SHIFTS[level - 1])
    return stretch * times, stretch * times + (times - 1)


def _first(level: int, low: Any, high: Any, *, descending: bool) -> Select[Any]:
    """The first that was known between two of one level."""
    order = [column.desc() if descending else column for column in (_dated.start_hi, _dated.start_lo)]
    between = _dated.level == level, _dated.start_hi.between(low, high), _dated.position <= bindparam("basis")
    columns = _dated.level, _dated.start_hi, _dated.start_lo
    return select(*columns).where(in_generation(_dated), *between).order_by(*order).limit(1)


def _beside(*, descending: bool) -> Prepared:
    ends: list[Any] = [(level, bindparam(f"low_{level}"), bindparam(f"high_{level}")) for level in range(TOP + 1)]
    return Prepared(united([_first(*each, descending=descending) for each in ends]))


def _below(top: int, *, descending: bool) -> Prepared:
    """The first date in the first stretch, and so on, of one that stands at level `top`."""
    low: Any = bindparam("low")
    high: Any = bindparam("high")
    for level in range(top - 1, 0, -1):
        ends = _within(level, _first(level, low, high, descending=descending).cte(f"at_{level}").c.start_hi)
        low, high = (select(each).scalar_subquery() for each in ends)
    return Prepared(_first(0, low, high, descending=descending))


_BESIDE = {each: _beside(descending=each) for each in (False, True)}
_BELOW = {(each, top): _below(top, descending=each) for each in (False, True) for top in range(1, TOP + 1)}
_AT_LEVEL = in_generation(_dated) & (_dated.level == bindparam("level"))
_BETWEEN = _AT_LEVEL & _dated.start_hi.between(bindparam("low"), bindparam("high"))
_DELETE = delete(tables.dated).where(_AT_LEVEL, _dated.start_hi == bindparam("hi"), _dated.start_lo == bindparam("lo"))
_FIRST = select(func.min(_occurrence.position)).where(
    in_generation(_occurrence), _occurrence.start_hi == bindparam("hi"), _occurrence.start_lo == bindparam("lo")
)
_FIRST_WITHIN = select(func.min(_dated.position)).where(_BETWEEN)
