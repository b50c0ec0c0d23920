"""Dates as people write them, as EDTF."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain.calendar import MONTHS, days_in_month
from timeline.domain.edtf import parse_simple
from timeline.domain.written import month_number, readings

FORMS = [
    ("2025/01/10", ("2025-01-10",)),
    ("2025/1/5", ("2025-01-05",)),
    ("2025.01.10", ("2025-01-10",)),
    ("2025/01", ("2025-01",)),
    ("2025-1", ("2025-01",)),
    ("2025-01-10 00:00:00", ("2025-01-10",)),
    ("January 2025", ("2025-01",)),
    ("Jan 2025", ("2025-01",)),
    ("Sept. 2025", ("2025-09",)),
    ("Jan-2025", ("2025-01",)),
    ("Jan 10, 2025", ("2025-01-10",)),
    ("january 10th 2025", ("2025-01-10",)),
    ("10 January 2025", ("2025-01-10",)),
    ("1st May 1999", ("1999-05-01",)),
    ("10-Jan-2025", ("2025-01-10",)),
    ("2025 January 10", ("2025-01-10",)),
    ("10.1.2025", ("2025-01-10",)),
    ("20/01/2025", ("2025-01-20",)),
    ("01/20/2025", ("2025-01-20",)),
    ("1/2/2025", ("2025-02-01", "2025-01-02")),
    ("2/2/2025", ("2025-02-02",)),
    ("1980s", ("198X",)),
    ("c. 1953", ("1953~",)),
    ("circa January 2025", ("2025-01~",)),
    ("around 2025-01-10", ("2025-01-10~",)),
    ("2018-04-05T03:56:24.123456789Z", ("2018-04-05T03:56:24.123Z",)),
    ("2018-04-05 03:56:24+0100", ("2018-04-05T03:56:24+01:00",)),
]


@pytest.mark.parametrize(("text", "meant"), FORMS)
def test_what_people_write(text: str, meant: tuple[str, ...]) -> None:
    assert readings(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Monday",
        "2025",
        "30 February 2025",
        "31.4.2025",
        "2025/13/01",
        "Mar 2025 sometime",
        "Marz 2025",
        "May",
        "602",
        "2025-01-20 09:30",
        "٢٠٢٥/٠١",
        "c. 1953?",
        "1985s",
        "Jan 2025" * 20,
    ],
)
def test_what_is_no_date_means_none(text: str) -> None:
    assert readings(text) == ()


@given(st.integers(0, 9999), st.integers(1, 12), st.data())
def test_every_day_is_read_in_every_form(year: int, month: int, data: st.DataObject) -> None:
    day = data.draw(st.integers(1, days_in_month(year, month)))
    edtf, name = f"{year:04}-{month:02}-{day:02}", MONTHS[month - 1]
    for form in (f"{name} {day}, {year:04}", f"{day} {name[:3]} {year:04}", f"{year:04}/{month}/{day}"):
        assert readings(form) == (edtf,)
    assert edtf in readings(f"{day}/{month}/{year:04}")
    assert readings(f"{day}.{month}.{year:04}") == (edtf,)


@given(st.text(max_size=30))
def test_whatever_it_means_is_a_date(text: str) -> None:
    assert all(parse_simple(each) for each in readings(text))


def test_months_have_their_names_and_their_beginnings() -> None:
    assert [month_number(name) for name in MONTHS] == list(range(1, 13))
    assert [month_number(each) for each in ("JAN", "febr", "sept", "mayo", "ju", "")] == [1, 2, 9, None, None, None]
