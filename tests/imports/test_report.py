"""Dates that look more precise than they are known."""

from collections.abc import Iterable

import pytest

from timeline.domain.dates import parse_date
from timeline.imports.report import suspicions


def warned(dates: Iterable[str]) -> list[str]:
    return suspicions([parse_date(date) for date in dates])


MANY = [f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]


@pytest.mark.parametrize(
    "dates",
    [
        MANY,
        [f"2025-{month:02}-01" for month in range(1, 11)],  # too few to say anything
        [f"{year}-01" for year in range(1900, 1990)],  # months are months
        [f"{year}-01-01~" for year in range(1900, 1990)],  # said to be approximate
    ],
)
def test_what_chance_makes_is_no_reason_to_warn(dates: list[str]) -> None:
    assert warned(dates) == []


def test_too_many_first_days_of_months() -> None:
    (warning,) = warned([*MANY, *(f"20{year}-06-01" for year in range(10, 50))])
    assert warning.startswith("51 of 376 dates are first days of a month other than January")


def test_too_many_first_days_of_years() -> None:
    (warning,) = warned([*MANY, *(f"20{year}-01-01" for year in range(10, 50))])
    assert warning.startswith("41 of 376 dates are first days of a year, and chance would make it 1.")
