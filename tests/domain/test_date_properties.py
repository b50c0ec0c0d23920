"""Bounds of dates against calculations that share nothing with ours, and what holds of every date."""

import calendar as python_calendar
import datetime
import string
from time import struct_time

import pytest
from edtf import parse_edtf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from timeline.domain.dates import BEGINNING, END, parse_date, parse_moment
from timeline.errors import BadInput

DAY = 86_400_000
CYCLE = 146_097 * DAY  # 400 years
EPOCH = datetime.date(1970, 1, 1)
LAST = (datetime.date(9999, 12, 31) - EPOCH).days * DAY + DAY


def starts(year: int, month: int = 1, day: int = 1) -> int:
    """By Python's dates; years that they lack are moved by whole cycles of 400 years and back."""
    cycles = 0
    while year < 1:
        year, cycles = year + 400, cycles + 1
    while year > 9999:
        year, cycles = year - 400, cycles - 1
    return (datetime.date(year, month, day) - EPOCH).days * DAY - cycles * CYCLE


def four(year: int) -> str:
    return f"-{-year:04}" if year < 0 else f"{year:04}"


years = st.integers(-9999, 9999)
inner_years = st.integers(-9998, 9998)  # so that no offset leads out of the years
months = st.tuples(years, st.integers(1, 12))
offsets = st.integers(-1439, 1439)


@st.composite
def days(draw: st.DrawFn, of: st.SearchStrategy[int] = years) -> tuple[int, int, int]:
    year, month = draw(of), draw(st.integers(1, 12))
    last = python_calendar.monthrange(year % 400 + 400, month)[1]
    return year, month, draw(st.integers(1, last))


def say_offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@st.composite
def date_times(draw: st.DrawFn, of: st.SearchStrategy[int] = inner_years) -> tuple[str, int, int]:
    """Text, first millisecond, width."""
    year, month, day = draw(days(of))
    hour, minute, offset = draw(st.integers(0, 23)), draw(st.integers(0, 59)), draw(offsets)
    text = f"{four(year)}-{month:02}-{day:02}T{hour:02}:{minute:02}"
    lo = starts(year, month, day) + (hour * 60 + minute - offset) * 60_000
    width = 60_000
    if draw(st.booleans()):
        second, digits = draw(st.integers(0, 59)), draw(st.integers(0, 3))
        text, lo, width = f"{text}:{second:02}", lo + second * 1000, 10 ** (3 - digits)
        if digits:
            fraction = draw(st.integers(0, 10**digits - 1))
            text, lo = f"{text}.{fraction:0{digits}}", lo + fraction * width
    return text + (draw(st.sampled_from(["Z", "+00:00"])) if offset == 0 else say_offset(offset)), lo, width


simple_dates = st.one_of(
    years.map(four),
    st.integers(0, 999).map(lambda head: f"{head:03}X"),
    st.integers(0, 99).map(lambda head: f"-{head:02}XX"),
    months.map(lambda month: f"{four(month[0])}-{month[1]:02}"),
    months.map(lambda month: f"{four(month[0])}-{month[1]:02}-XX"),
    years.map(lambda year: f"{four(year)}-XX"),
    days().map(lambda day: f"{four(day[0])}-{day[1]:02}-{day[2]:02}"),
    date_times().map(lambda date_time: date_time[0]),
)
qualified = st.tuples(simple_dates, st.sampled_from(["", "", "?", "~", "%"])).map("".join)


@given(years)
@example(-9999)
@example(-1)
@example(0)
@example(9999)
def test_years(year: int) -> None:
    date = parse_date(four(year))
    assert (date.start_lo, date.start_hi) == (starts(year), starts(year + 1))


@given(months)
def test_months(month: tuple[int, int]) -> None:
    year, number = month
    date = parse_date(f"{four(year)}-{number:02}")
    following = (year, number + 1) if number < 12 else (year + 1, 1)
    assert (date.start_lo, date.start_hi) == (starts(year, number), starts(*following))


@given(days())
@example((-9999, 1, 1))
@example((0, 2, 29))
@example((2000, 2, 29))
def test_days(day: tuple[int, int, int]) -> None:
    year, month, number = day
    date = parse_date(f"{four(year)}-{month:02}-{number:02}")
    assert (date.start_lo, date.start_hi) == (starts(*day), starts(*day) + DAY)


@given(years, st.integers(1, 12), st.integers(29, 31))
def test_a_day_is_accepted_exactly_when_the_month_has_it(year: int, month: int, day: int) -> None:
    exists = day <= python_calendar.monthrange(year % 400 + 400, month)[1]
    text = f"{four(year)}-{month:02}-{day:02}"
    if exists:
        assert parse_date(text).start_lo == starts(year, month, day)
    else:
        with pytest.raises(BadInput, match=r" has \d\d days"):
            parse_date(text)


@given(st.integers(-999, 999))
def test_decades(head: int) -> None:
    text = f"{'-' if head < 0 else ''}{abs(head):03}X"
    date = parse_date(text)
    members = [int(text.replace("X", str(digit))) for digit in range(10)]
    assert (date.start_lo, date.start_hi) == (starts(min(members)), starts(max(members) + 1))


@given(st.integers(-99, 99))
def test_centuries(head: int) -> None:
    text = f"{'-' if head < 0 else ''}{abs(head):02}XX"
    date = parse_date(text)
    members = [int(text.replace("XX", f"{digits:02}")) for digits in range(100)]
    assert (date.start_lo, date.start_hi) == (starts(min(members)), starts(max(members) + 1))


@given(date_times())
def test_date_times(date_time: tuple[str, int, int]) -> None:
    text, lo, width = date_time
    date = parse_date(text)
    assert (date.start_lo, date.start_hi) == (lo, lo + width)


@given(date_times(st.integers(2, 9998)))
def test_date_times_agree_with_python(date_time: tuple[str, int, int]) -> None:
    text, _, _ = date_time
    moment = datetime.datetime.fromisoformat(text) - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    assert parse_date(text).start_lo == moment // datetime.timedelta(milliseconds=1)


@given(qualified)
def test_points(text: str) -> None:
    date = parse_date(text)
    assert date.edtf == text
    assert (date.is_period, date.end_lo, date.end_hi) == (False, None, None)
    assert starts(-9999) <= date.start_lo < date.start_hi == date.reach <= LAST
    assert date.approximate == text.endswith(("~", "%"))
    assert date.uncertain == text.endswith(("?", "%"))
    assert date.text == date.text.strip() != ""


@given(qualified, qualified, st.sampled_from(["{}/{}", "[{}..{}]"]))
def test_two_ends(first: str, last: str, form: str) -> None:
    a, b = parse_date(first), parse_date(last)
    text = form.format(first, last)
    if b.start_hi <= a.start_lo:
        with pytest.raises(BadInput, match="it ends before it starts"):
            parse_date(text)
        return
    date = parse_date(text)
    assert date.edtf == text
    assert date.start_lo == a.start_lo < date.start_hi
    assert (date.approximate, date.uncertain) == (a.approximate or b.approximate, a.uncertain or b.uncertain)
    if "/" in text:
        assert (date.start_hi, date.end_lo, date.end_hi) == (a.start_hi, b.start_lo, b.start_hi)
        assert date.precision in (a.precision, b.precision)
        assert date.reach == max(a.start_hi, b.start_hi)
    else:
        assert (date.start_hi, date.end_lo, date.end_hi) == (b.start_hi, None, None)


@given(qualified)
def test_one_end(text: str) -> None:
    date = parse_date(text)
    lo, hi = date.start_lo, date.start_hi
    found = [parse_date(form.format(text)) for form in ("{}/..", "../{}", "[{}..]", "[..{}]")]
    assert [(d.start_lo, d.start_hi, d.end_lo, d.end_hi) for d in found] == [
        (lo, hi, END, END),
        (BEGINNING, BEGINNING, lo, hi),
        (lo, END, None, None),
        (BEGINNING, hi, None, None),
    ]
    assert {(d.approximate, d.uncertain) for d in found} == {(date.approximate, date.uncertain)}


@given(simple_dates)
def test_a_moment_is_where_its_date_ends(text: str) -> None:
    assert parse_moment(text) == parse_date(text).start_hi


def lower_and_upper(text: str) -> tuple[struct_time, struct_time]:
    date = parse_edtf(text)
    return date.lower_strict(), date.upper_strict()


plain = st.one_of(
    st.integers(1, 9999).map(four),
    st.tuples(st.integers(1, 9999), st.integers(1, 12)).map(lambda month: f"{four(month[0])}-{month[1]:02}"),
    days(st.integers(1, 9999)).map(lambda day: f"{four(day[0])}-{day[1]:02}-{day[2]:02}"),
)


@settings(max_examples=120, deadline=None)
@given(plain)
def test_python_edtf_agrees_where_it_is_right(text: str) -> None:
    lower, upper = lower_and_upper(text)
    date = parse_date(text)
    assert date.start_lo == starts(*lower[:3])
    assert date.start_hi == starts(*upper[:3]) + DAY


grammar = st.text(alphabet="0123456789" * 2 + "-XTZ:.+/[]?~% \n\x00x２é" + ".." * 2, max_size=90)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good date with one character taken out, put in or exchanged."""
    text: str = draw(qualified)
    place = draw(st.integers(0, len(text)))
    inserted = draw(st.sampled_from(["", *string.printable, "２", "\u2013"]))
    kept = draw(st.integers(0, 1))
    return f"{text[:place]}{inserted}{text[place + kept :]}"


@given(st.text() | grammar | damaged() | st.tuples(damaged(), damaged()).map("/".join))
@settings(max_examples=500)
def test_any_text_is_a_date_or_bad_input(text: str) -> None:
    try:
        date = parse_date(text)
    except BadInput as refused:
        message = refused.message
    else:
        message = ""
        assert text.isascii()
        assert 4 <= len(text) <= 80
        assert date.edtf == text == text.strip()
        assert date.start_lo <= date.start_hi
        assert date.end_lo is None or date.end_hi is None or date.end_lo <= date.end_hi
        assert date.text
    message.encode()
    assert message.isprintable()
    assert len(message) < 260
