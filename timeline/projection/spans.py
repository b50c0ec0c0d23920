"""Where events lie in time: the extent of them all, and counts per period."""

import enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from timeline.database import tables
from timeline.domain.calendar import day_start
from timeline.domain.dates import BEGINNING, END
from timeline.errors import TooLarge
from timeline.projection.filters import EventFilter, conditions
from timeline.projection.generation import Generation, together

occurrence, record, mention = tables.occurrence.c, tables.record.c, tables.mention.c

MAX_BARS = 2_000
_DAY = 86_400_000
_ERAS = 30  # 12,000 years: whatever the calendar reaches is positive after this shift, and integer division rounds down
_SHIFT = _ERAS * 146_097 + 719_468  # days from 1 March -12000 to 1970-01-01
_FIRST_YEAR = -_ERAS * 400


class Period(enum.Enum):
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"
    DECADE = "DECADE"
    CENTURY = "CENTURY"


class Axis(enum.Enum):
    """WORLD: when events occurred. KNOWLEDGE: when they were recorded."""

    WORLD = "WORLD"
    KNOWLEDGE = "KNOWLEDGE"


class Group(enum.Enum):
    KIND = "KIND"
    ENTITY = "ENTITY"


def extent(
    connection: Connection, generation: Generation, basis: int, wanted: EventFilter
) -> tuple[int | None, int | None]:
    """The earliest start and the latest end among those that have one, in ms; (None, None) if none has."""
    where = conditions(wanted, generation, basis)
    first = select(func.min(occurrence.start_lo)).where(*where, occurrence.start_lo > BEGINNING)
    last = select(func.max(occurrence.reach)).where(*where, occurrence.reach < END, occurrence.reach > BEGINNING)
    row = connection.execute(select(first.scalar_subquery(), last.scalar_subquery())).one()
    return row[0], row[1]


def histogram(
    connection: Connection,
    generation: Generation,
    basis: int,
    wanted: EventFilter,
    period: Period,
    axis: Axis,
    group: Group | None,
) -> list[tuple[int, str | None, int]]:
    """(period's index, group, count) in order, for the periods that have any; TOO_LARGE beyond 2,000 of them.

    Each event counts at its earliest start; one that may have begun at any time in the past has none and is left out.
    With `group` ENTITY an event counts once for each entity that it names.
    """
    time = occurrence.start_lo if axis is Axis.WORLD else record.recorded_at
    bucket = _bucket(time, period).label("bucket")
    where = conditions(wanted, generation, basis)
    source: Any = tables.occurrence
    if axis is Axis.WORLD:
        where.append(occurrence.start_lo > BEGINNING)
    else:
        source = source.join(
            tables.record,
            and_(record.timeline_id == occurrence.timeline_id, record.position == occurrence.position),
        )
    grouping: list[ColumnElement[Any]] = []
    if group is Group.KIND:
        grouping = [occurrence.kind]
    elif group is Group.ENTITY:
        source = source.join(
            tables.mention,
            and_(together(mention, occurrence), mention.position == occurrence.position),
        )
        grouping = [mention.entity]
    statement = (
        select(bucket, *grouping, func.count())
        .select_from(source)
        .where(*where)
        .group_by(bucket, *grouping)
        .order_by(bucket, *grouping)
        .limit(MAX_BARS + 1)
    )
    bars = [(row[0], row[1] if grouping else None, row[-1]) for row in connection.execute(statement)]
    if len(bars) > MAX_BARS:
        raise TooLarge(f"more than {MAX_BARS:,} bars: ask for a longer period, or narrow the filter", ("by",))
    return bars


def _bucket(time: ColumnElement[int], period: Period) -> ColumnElement[int]:
    """The index of the period that a time lies in, counted from the year -12000, in whole-number arithmetic."""
    hours = (time + _SHIFT * _DAY) // 3_600_000
    if period is Period.HOUR:
        return hours
    days = hours // 24
    if period is Period.DAY:
        return days
    if period is Period.WEEK:
        return (days + _MONDAY) // 7
    # Civil from days (https://howardhinnant.github.io/date_algorithms.html): years that begin in March.
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * day_of_year + 2) // 153
    months = (era * 400 + year_of_era) * 12 + from_march + 2  # months since January -12000
    return months // _MONTHS[period]


_MONDAY = (3 - _SHIFT) % 7  # 1970-01-01 was a Thursday, three days after a Monday
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12, Period.DECADE: 120, Period.CENTURY: 1_200}


def bounds_of(period: Period, index: int) -> tuple[int, int]:
    """The half-open bounds, in ms UTC, of the period with this index."""
    return _start_of(period, index), _start_of(period, index + 1)


def _start_of(period: Period, index: int) -> int:
    if period is Period.HOUR:
        return index * 3_600_000 - _SHIFT * _DAY
    if period in (Period.DAY, Period.WEEK):
        days = index if period is Period.DAY else index * 7 - _MONDAY
        return (days - _SHIFT) * _DAY
    months = index * _MONTHS[period]
    return day_start(_FIRST_YEAR + months // 12, months % 12 + 1)
