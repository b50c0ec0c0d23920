"""The calendar against Python's own, and against its 400-year cycle where Python has none."""

import datetime
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.domain import calendar
from timeline.errors import BadInput

EPOCH = datetime.date(1970, 1, 1).toordinal()
FORM = (
    "write an instant like 2025-01-10T09:30:00Z or 2025-01-10T09:30:00.000+01:00,"
    " with at most three digits after the point"
)

instants = st.integers(calendar.FIRST_INSTANT, calendar.LAST_INSTANT)


def days_by_cycle(year: int, month: int, day: int) -> int:
    """The calendar repeats after 400 years of 146,097 days: move into Python's years, ask, move back."""
    cycles = (1 - year) // 400 + 1 if year < 1 else 0
    return datetime.date(year + cycles * 400, month, day).toordinal() - EPOCH - cycles * 146_097


@given(st.dates())
@example(datetime.date(1, 1, 1))
@example(datetime.date(9999, 12, 31))
def test_days_agree_with_datetime(date: datetime.date) -> None:
    assert calendar.days_since_epoch(date.year, date.month, date.day) == date.toordinal() - EPOCH


@pytest.mark.parametrize("year", [-9999, -401, -400, -399, -100, -4, -1, 0, 1, 1900, 2000, 2023, 2024, 9999])
def test_every_day_of_a_year_agrees_with_the_400_year_cycle(year: int) -> None:
    days = [(month, day) for month in range(1, 13) for day in range(1, calendar.days_in_month(year, month) + 1)]
    assert len(days) == (366 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 365)
    assert [calendar.days_since_epoch(year, *day) for day in days] == [days_by_cycle(year, *day) for day in days]


@given(instants)
@example(calendar.FIRST_INSTANT)
@example(-1)
@example(0)
@example(calendar.day_start(0) - 1)
def test_civil_is_the_inverse(instant: int) -> None:
    at = calendar.civil(instant)
    clock = ((at.hour * 60 + at.minute) * 60 + at.second) * 1000 + at.millisecond
    assert calendar.day_start(at.year, at.month, at.day) + clock == instant
    assert 1 <= at.month <= 12
    assert 1 <= at.day <= calendar.days_in_month(at.year, at.month)
    assert 0 <= clock < calendar.DAY


def test_civil_gives_every_date_of_a_400_year_cycle_in_turn() -> None:
    year, month, day = 2000, 1, 1
    for number in range(calendar.days_since_epoch(2000), calendar.days_since_epoch(2400)):
        assert calendar.civil(number * calendar.DAY)[:3] == (year, month, day)
        day += 1
        if day > calendar.days_in_month(year, month):
            month, day = month + 1, 1
        if month > 12:
            year, month = year + 1, 1
    assert (year, month, day) == (2400, 1, 1)


@given(st.datetimes(timezones=st.just(datetime.UTC)))
def test_instants_are_written_as_datetime_writes_them(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    instant = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(milliseconds=1)
    assert calendar.format_instant(instant) == written
    assert calendar.parse_instant(written) == instant


@given(instants)
@example(calendar.FIRST_INSTANT)
@example(calendar.LAST_INSTANT)
def test_what_is_written_reads_back(instant: int) -> None:
    assert calendar.parse_instant(calendar.format_instant(instant)) == instant


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (calendar.day_start(2025, 1, 10), "2025-01-10T00:00:00.000Z"),
        (calendar.day_start(-44, 3, 15), "-000044-03-15T00:00:00.000Z"),
        (calendar.day_start(0), "0000-01-01T00:00:00.000Z"),
        (calendar.day_start(0) - 1, "-000001-12-31T23:59:59.999Z"),
        (calendar.FIRST_INSTANT, "-009999-01-01T00:00:00.000Z"),
        (calendar.LAST_INSTANT, "+010000-01-01T00:00:00.000Z"),
    ],
)
def test_years_outside_four_digits_are_expanded(instant: int, written: str) -> None:
    assert calendar.format_instant(instant) == written
    assert calendar.parse_instant(written) == instant


@pytest.mark.parametrize("sentinel", [-(2**63), 2**63 - 1])
def test_a_sentinel_is_never_written_as_an_instant(sentinel: int) -> None:
    with pytest.raises(ValueError, match="no instant that can be written"):
        calendar.format_instant(sentinel)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-01-10T09:30:00Z", "2025-01-10T09:30:00.000Z"),
        ("2025-01-10T09:30:00.5Z", "2025-01-10T09:30:00.500Z"),
        ("2025-01-10T09:30:00.05Z", "2025-01-10T09:30:00.050Z"),
        ("2025-01-10T09:30:00.005+00:00", "2025-01-10T09:30:00.005Z"),
        ("2025-01-20T09:30:00-08:00", "2025-01-20T17:30:00.000Z"),
        ("2025-01-01T00:00:00+05:30", "2024-12-31T18:30:00.000Z"),
        ("2024-02-29T23:59:59.999-23:59", "2024-03-01T23:58:59.999Z"),
        ("+002025-01-10T09:30:00Z", "2025-01-10T09:30:00.000Z"),
    ],
)
def test_offsets_and_fractions(text: str, utc: str) -> None:
    assert calendar.format_instant(calendar.parse_instant(text)) == utc


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not an instant"),
        ("2025-01-10", "not an instant"),
        ("2025-01-10T09:30Z", "not an instant"),
        ("2025-01-10T09:30:00", "not an instant"),
        ("2025-01-10t09:30:00Z", "not an instant"),
        ("2025-01-10T09:30:00z", "not an instant"),
        ("2025-01-10 09:30:00Z", "not an instant"),
        ("2025-01-10T09:30:00Z\n", "not an instant"),
        ("2025-01-10T09:30:00.1234Z", "not an instant"),
        ("2025-01-10T09:30:00.Z", "not an instant"),
        ("2025-01-10T09:30:00+01", "not an instant"),
        ("２025-01-10T09:30:00Z", "not an instant"),
        ("2025-13-10T09:30:00Z", "there is no month 13"),
        ("2023-02-29T09:30:00Z", "there is no day 29, February 2023 has 28 days"),
        ("2025-01-00T09:30:00Z", "there is no day 00"),
        ("2025-01-10T24:00:00Z", "there is no time 24:00"),
        ("2025-01-10T09:60:00Z", "there is no time 09:60"),
        ("2016-12-31T23:59:60Z", "leap seconds are not kept"),
        ("2025-01-10T09:30:00-00:00", "the offset is unknown"),
        ("2025-01-10T09:30:00+24:00", "there is no offset +24:00"),
        ("2025-01-10T09:30:00+01:60", "there is no offset +01:60"),
        ("-000000-01-01T00:00:00Z", "year zero is 0000"),
        ("+012025-01-01T00:00:00Z", "years go from -9999 to 9999"),
    ],
)
def test_what_is_no_instant_is_refused_with_the_form_that_is_one(text: str, fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        calendar.parse_instant(text)
    assert fault in refused.value.message
    assert refused.value.message.endswith(FORM)


@pytest.mark.parametrize(
    "text", ["+010000-01-01T00:00:00.001Z", "-009999-01-01T00:00:00+00:01", "+010000-01-01T00:00:00-00:01"]
)
def test_instants_end_where_the_bounds_of_dates_end(text: str) -> None:
    with pytest.raises(BadInput, match="in UTC it is outside the years -9999 to 9999"):
        calendar.parse_instant(text)


timestamps = st.from_regex(
    re.compile(r"[-+]?\d{4,6}-[01]\d-[0-3]\d[Tt][0-2]\d:\d\d:\d\d(\.\d{0,4})?(Z|[-+][0-2]\d:\d\d)\n?", re.ASCII),
    fullmatch=True,
)


@given(
    timestamps
    | st.text(alphabet="0123456789-+:.TZtz \n\x00２é", max_size=40)
    | st.text()
    | st.sampled_from([None, 5, b"2025"])
)
def test_nothing_but_bad_input_is_raised(text: object) -> None:
    try:
        calendar.parse_instant(text)
    except BadInput as refused:
        message = refused.message
    else:
        message = ""
    message.encode()
    assert len(message) < 400
