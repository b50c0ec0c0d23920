"""The subset of EDTF and its bounds, as the design's table gives them."""

import pickle

import pytest

from timeline.domain.calendar import DAY, HOUR, MINUTE, SECOND, day_start
from timeline.domain.dates import BEGINNING, END, FuzzyDate, Precision, parse_date, parse_moment
from timeline.errors import BadInput


def bounds(text: str) -> tuple[int, int, int | None, int | None]:
    date = parse_date(text)
    return date.start_lo, date.start_hi, date.end_lo, date.end_hi


@pytest.mark.parametrize(
    ("text", "start_lo", "start_hi", "end_lo", "end_hi"),
    [
        ("2025-01-10", day_start(2025, 1, 10), day_start(2025, 1, 11), None, None),
        ("2025-01", day_start(2025, 1), day_start(2025, 2), None, None),
        ("[2025-01-10..2025-01-20]", day_start(2025, 1, 10), day_start(2025, 1, 21), None, None),
        ("[..2025-01-20]", BEGINNING, day_start(2025, 1, 21), None, None),
        ("[2021..]", day_start(2021), END, None, None),
        ("2021/..", day_start(2021), day_start(2022), END, END),
        ("../2025", BEGINNING, BEGINNING, day_start(2025), day_start(2026)),
    ],
)
def test_the_table_of_the_design(
    text: str, start_lo: int, start_hi: int, end_lo: int | None, end_hi: int | None
) -> None:
    assert bounds(text) == (start_lo, start_hi, end_lo, end_hi)


@pytest.mark.parametrize(
    ("text", "lo", "hi", "precision"),
    [
        ("2025", day_start(2025), day_start(2026), "YEAR"),
        ("202X", day_start(2020), day_start(2030), "DECADE"),
        ("20XX", day_start(2000), day_start(2100), "CENTURY"),
        ("000X", day_start(0), day_start(10), "DECADE"),
        ("-004X", day_start(-49), day_start(-39), "DECADE"),
        ("-01XX", day_start(-199), day_start(-99), "CENTURY"),
        ("-000X", day_start(-9), day_start(0), "DECADE"),
        ("-00XX", day_start(-99), day_start(0), "CENTURY"),
        ("-99XX", day_start(-9999), day_start(-9899), "CENTURY"),
        ("2024-XX", day_start(2024), day_start(2025), "YEAR"),
        ("2024-XX-XX", day_start(2024), day_start(2025), "YEAR"),
        ("2024-02-XX", day_start(2024, 2), day_start(2024, 3), "MONTH"),
        ("2024-02-29", day_start(2024, 2, 29), day_start(2024, 3), "DAY"),
        ("2025-12-31", day_start(2025, 12, 31), day_start(2026), "DAY"),
        ("0000-02-29", day_start(0, 2, 29), day_start(0, 3), "DAY"),
        ("-9999", day_start(-9999), day_start(-9998), "YEAR"),
        ("9999-12-31", day_start(9999, 12, 31), day_start(10_000), "DAY"),
    ],
)
def test_bounds_of_points(text: str, lo: int, hi: int, precision: str) -> None:
    assert bounds(text) == (lo, hi, None, None)
    assert parse_date(text).precision == precision


@pytest.mark.parametrize(
    ("clock", "width", "precision"),
    [
        ("09:30-08:00", MINUTE, "MINUTE"),
        ("09:30:00-08:00", SECOND, "SECOND"),
        ("09:30:00.0-08:00", 100, "MILLISECOND"),
        ("09:30:00.00-08:00", 10, "MILLISECOND"),
        ("09:30:00.000-08:00", 1, "MILLISECOND"),
    ],
)
def test_a_time_is_as_wide_as_it_was_written(clock: str, width: int, precision: str) -> None:
    date = parse_date(f"2025-01-20T{clock}")
    lo = day_start(2025, 1, 20) + 17 * HOUR + 30 * MINUTE
    assert (date.start_lo, date.start_hi, date.precision) == (lo, lo + width, precision)


@pytest.mark.parametrize(
    ("text", "lo"),
    [
        ("2025-01-20T00:00:00.7Z", day_start(2025, 1, 20) + 700),
        ("2025-01-20T00:00:59.123Z", day_start(2025, 1, 20) + 59 * SECOND + 123),
        ("2025-01-01T00:00+05:30", day_start(2025) - 5 * HOUR - 30 * MINUTE),
        ("2025-12-31T23:59-23:59", day_start(2026, 1, 2) - 2 * MINUTE),
        ("-0044-03-15T12:00Z", day_start(-44, 3, 15) + 12 * HOUR),
        ("9999-12-31T23:59:59.999Z", day_start(10_000) - 1),
    ],
)
def test_times_begin_in_utc(text: str, lo: int) -> None:
    assert parse_date(text).start_lo == lo


@pytest.mark.parametrize("text", ["2025", "202X", "2025-01", "2025-01-10", "2025-01-20T09:30Z", "2024-XX"])
@pytest.mark.parametrize(
    ("qualifier", "approximate", "uncertain"), [("~", True, False), ("?", False, True), ("%", True, True)]
)
def test_qualifiers_are_kept_and_widen_nothing(text: str, qualifier: str, approximate: bool, uncertain: bool) -> None:
    date = parse_date(text + qualifier)
    assert date.edtf == text + qualifier
    assert (date.approximate, date.uncertain) == (approximate, uncertain)
    assert bounds(text + qualifier) == bounds(text)
    assert (parse_date(text).approximate, parse_date(text).uncertain) == (False, False)


@pytest.mark.parametrize(
    ("text", "plain", "approximate", "uncertain"),
    [
        ("2021~/2022", "2021/2022", True, False),
        ("2021/2022?", "2021/2022", False, True),
        ("2021~/2022?", "2021/2022", True, True),
        ("2021%/..", "2021/..", True, True),
        ("../2022~", "../2022", True, False),
        ("[2021?..2022]", "[2021..2022]", False, True),
        ("[..2022~]", "[..2022]", True, False),
        ("[2021%..]", "[2021..]", True, True),
    ],
)
def test_each_side_may_be_qualified(text: str, plain: str, approximate: bool, uncertain: bool) -> None:
    assert (parse_date(text).approximate, parse_date(text).uncertain) == (approximate, uncertain)
    assert bounds(text) == bounds(plain)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2021/..", "YEAR"),
        ("../2025-01-10", "DAY"),
        ("2025-01-10/2025", "YEAR"),
        ("2025-01/2025-01-20T09:30Z", "MONTH"),
        ("2025-01-20T09:30Z/2025-01-20T09:30:01.5Z", "MINUTE"),
        ("19XX/202X", "CENTURY"),
        ("[2025-01-10..2025-01-20]", "RANGE"),
        ("[..2025]", "RANGE"),
        ("[2025..]", "RANGE"),
    ],
)
def test_a_period_is_as_precise_as_its_coarser_end_and_a_range_is_a_range(text: str, precision: str) -> None:
    assert parse_date(text).precision is Precision(precision)


def test_periods_and_points() -> None:
    assert all(parse_date(text).is_period for text in ("2021/2022", "../2022", "2021/.."))
    assert not any(parse_date(text).is_period for text in ("2021", "[2021..2022]", "[..2022]", "[2021..]"))


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("2021", day_start(2022)),
        ("2021/2022", day_start(2023)),
        ("2025/2025-01", day_start(2026)),
        ("2021/..", END),
        ("[2021..]", END),
        ("../2025", day_start(2026)),
    ],
)
def test_reach_is_where_the_possible_extent_ends(text: str, reach: int) -> None:
    assert parse_date(text).reach == reach


@pytest.mark.parametrize("text", ["2025/2025", "2025/2025-01", "2025-01-10/2025-01", "2025-12/2025", "[2025..2025-01]"])
def test_what_is_only_possibly_reversed_is_accepted(text: str) -> None:
    date = parse_date(text)
    assert date.start_lo < (date.end_hi or date.start_hi)


def test_a_date_is_a_value() -> None:
    date = parse_date("2025-01-10~")
    again = FuzzyDate(
        "2025-01-10~", day_start(2025, 1, 10), day_start(2025, 1, 11), None, None, Precision.DAY, True, False
    )
    assert (date, hash(date)) == (again, hash(again))
    assert pickle.loads(pickle.dumps(date)) == date
    assert str(date) == date.text == "around 10 January 2025"


def test_precisions_are_named_as_in_the_contract() -> None:
    names = "MILLISECOND SECOND MINUTE DAY MONTH YEAR DECADE CENTURY RANGE"
    assert " ".join(Precision) == " ".join(precision.name for precision in Precision) == names


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01", day_start(2025, 2)),
        ("2025", day_start(2026)),
        ("2025-01-10", day_start(2025, 1, 11)),
        ("202X", day_start(2030)),
        ("2024-XX", day_start(2025)),
        ("9999", day_start(10_000)),
        ("2025-01-20T09:30Z", day_start(2025, 1, 20) + 9 * HOUR + 31 * MINUTE),
        ("2025-01-20T09:30:00.000Z", day_start(2025, 1, 20) + 9 * HOUR + 30 * MINUTE + 1),
        ("[2025-01-10..2025-01-20]", day_start(2025, 1, 20) + DAY),
    ],
)
def test_a_moment_is_the_upper_bound(text: str, moment: int) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025~", "leave out '?', '~' and '%' here"),
        ("2025-01-10?", "leave out '?', '~' and '%' here"),
        ("2025%", "leave out '?', '~' and '%' here"),
        ("[2021?..2022]", "leave out '?', '~' and '%' here"),
        ("2021/2022", "this is a period"),
        ("2021/..", "this is a period"),
        ("../2022", "this is a period"),
        ("[2021..]", "this is open on one side"),
        ("[..2021]", "this is open on one side"),
        ("2023-02-29", "February 2023 has 28 days"),
        (None, "a date is a text"),
    ],
)
def test_a_moment_is_one_finite_unqualified_date(text: object, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_moment(text)
    assert message in refused.value.message
