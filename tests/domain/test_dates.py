"""The subset of EDTF, its bounds as the design's table gives them, and every refusal with its words."""

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


REFUSALS = [
    # days, months, years
    ("2023-02-29", "2023-02-29: February 2023 has 28 days"),
    ("1900-02-29", "February 1900 has 28 days"),
    ("-0001-02-29", "February -0001 has 28 days"),
    ("2025-02-30", "February 2025 has 28 days"),
    ("2025-04-31", "April 2025 has 30 days"),
    ("2025-01-32", "January 2025 has 31 days"),
    ("2025-01-00", "there is no day 00"),
    ("2025-00", "there is no month 00"),
    ("2025-13", "2025-13: there is no month 13"),
    ("-0044-13", "there is no month 13"),
    ("2025-99-01", "there is no month 99"),
    ("2021-21", "seasons and quarters are not accepted"),
    ("2021-41", "seasons and quarters are not accepted"),
    ("20250", "a year has four digits, from -9999 to 9999"),
    ("-20250", "a year has four digits, from -9999 to 9999"),
    ("20250110", "'-' stands before month and day"),
    ("Y170000", "a year has four digits, from -9999 to 9999"),
    ("202", "a year has four digits, like 0044"),
    ("44-03-15", "a year has four digits, like 0044"),
    ("-44", "a year has four digits, like 0044"),
    ("+2025", "a year has no plus sign"),
    ("-0000", "there is no year -0000, year zero is 0000"),
    ("-0000-01-01", "there is no year -0000"),
    ("2025-1-5", "write 2025-01-05"),
    ("2025-01-5", "write 2025-01-05"),
    ("2025-1-32", "months and days have two digits"),
    ("Jan 2025", "Jan 2025: write 2025-01"),
    ("20/01/2025", "20/01/2025: write 2025-01-20"),
    ("01/02/2025", "01/02/2025: write 2025-02-01 or 2025-01-02"),
    ("2025/01/20", "2025/01/20: write 2025-01-20"),
    ("2025/01/32", "an interval has one '/'"),
    ("10 January 2025", "write 2025-01-10"),
    ("1980s", "write 198X"),
    ("c. 1953", "write 1953~"),
    ("2025-032", "months and days have two digits"),
    ("2025-", "months and days have two digits"),
    # unknown digits
    ("XXXX", "only the last digit or the last two digits of a year can be X"),
    ("2XXX", "only the last digit or the last two digits of a year can be X"),
    ("20X5", "only the last digit or the last two digits of a year can be X"),
    ("202x", "an unknown digit is a capital X"),
    ("2025-xx", "an unknown digit is a capital X"),
    ("202X-01", "a month needs all four digits of its year"),
    ("20XX-XX", "a month needs all four digits of its year"),
    ("2024-XX-10", "a known day needs a known month"),
    # times
    ("2025-01-20T09:30", "a time needs its offset, Z or one like +01:00"),
    ("2025-01-20T09:30:00", "a time needs its offset"),
    ("2025-01-20T09:30:00.123", "a time needs its offset"),
    ("2025-01-20T09:30~", "a time needs its offset"),
    ("2025-01-20T24:00Z", "there is no hour 24, write 00:00 of the next day"),
    ("2025-01-20T25:00Z", "there is no hour 25"),
    ("2025-01-20T09:60Z", "there is no minute 60"),
    ("2016-12-31T23:59:60Z", "there is no second 60, leap seconds are not kept"),
    ("2025-01-20T09:30:61Z", "there is no second 61"),
    ("2025-01-20T09:30:00.1234Z", "a fraction of a second has at most three digits"),
    ("2025-01-20T09:30:00,5Z", "a fraction of a second stands after a point"),
    ("2025-01-20T09:30+24:00", "there is no offset +24:00"),
    ("2025-01-20T09:30-08:60", "there is no offset -08:60"),
    ("2025-01-20T09:30-00:00", "-00:00 means that the offset is unknown"),
    ("2025-01-20T09:30+0100", "an offset is Z or one like +01:00"),
    ("2025-01-20T09:30+01", "an offset is Z or one like +01:00"),
    ("2025-01-20T09:30z", "an offset is Z or one like +01:00"),
    ("2025-01-20t09:30Z", "a capital T stands between day and time"),
    ("2025-01-20T09Z", "a time is written like 09:30Z"),
    ("2025-01-20T0930Z", "a time is written like 09:30Z"),
    ("2025-01T09:30Z", "a time needs a day"),
    ("2024-01-XXT09:30Z", "a time needs a day"),
    ("-9999-01-01T00:00+00:01", "in UTC it is outside the years -9999 to 9999"),
    ("9999-12-31T23:59-00:01", "in UTC it is outside the years -9999 to 9999"),
    # qualifiers
    ("?2025", "stands once, at the end of a date"),
    ("2025?-01", "stands once, at the end of a date"),
    ("2025~?", "stands once, at the end of a date"),
    ("[2021..2022]~", "stand inside the brackets"),
    ("2021/..~", "an open end is '..' and nothing else"),
    ("..?/2021", "an open end is '..' and nothing else"),
    # intervals and ranges
    ("2025-01-27/2025-01-10", "it ends before it starts"),
    ("2025-02/2025-01-31", "it ends before it starts"),
    ("[2025-01-20..2025-01-10]", "it ends before it starts"),
    ("2025-01-20T09:30Z/2025-01-20T10:29+01:00", "it ends before it starts"),
    ("../..", "an interval needs one side that is not open"),
    ("[..]", "a range needs one side that is not open"),
    ("2021/", "both sides of '/' are needed, an open one is '..'"),
    ("/2021", "both sides of '/' are needed, an open one is '..'"),
    ("/", "both sides of '/' are needed"),
    ("2021/2022/2023", "an interval has one '/'"),
    ("2021..2022", "a range stands in brackets"),
    ("..", "a range stands in brackets"),
    ("[2021]", "a range needs '..'"),
    ("[2021/2022]", "brackets stand around a whole range"),
    ("2021/[2022..2023]", "brackets stand around a whole range"),
    ("[2021..2022", "brackets stand around a whole range"),
    ("[2021,2022]", "lists of dates are not accepted"),
    ("{2021,2022}", "lists of dates are not accepted"),
    ("2023-02-29/2024", "2023-02-29: February 2023 has 28 days"),
    ("2021/2023-02-29", "2023-02-29: February 2023 has 28 days"),
    ("[..2025-13]", "2025-13: there is no month 13"),
    # characters
    ("", "a date is needed"),
    (" ", "a date has no blanks, and there is U+0020: write it like 2025-01-31, 2025-01 or 2025"),
    (" 2025", "a date has no blanks, and there is U+0020: write it like 2025-01-31, 2025-01 or 2025"),
    ("2025 ", "a date has no blanks, and there is U+0020: write it like 2025-01-31, 2025-01 or 2025"),
    ("2025\n", "a date has no blanks, and there is U+000A: write it like 2025-01-31, 2025-01 or 2025"),
    ("2021 / 2022", "a date has no blanks, and there is U+0020: write it like 2025-01-31, 2025-01 or 2025"),
    ("2025\u00a0", "a date has no blanks, and there is U+00A0: write it like 2025-01-31, 2025-01 or 2025"),
    ("\uff12\uff10\uff12\uff15", "the digits of a date are 0 to 9, not U+FF12"),
    ("202\u0665", "the digits of a date are 0 to 9, not U+0665"),
    ("2025\x00", "the control character U+0000 has no place in a date"),
    ("2025\x7f", "the control character U+007F has no place in a date"),
    ("2025\u201301", "the character U+2013 has no place in a date"),
    ("2025\ud800", "the character U+D800 has no place in a date"),
    ("2" * 81, "a date has at most 80 characters, not 81"),
    ("2" * 1_000_000, "a date has at most 80 characters, not 1,000,000"),
    ("yesterday", "yesterday: not a date, write one like 2025"),
    ("2025S2", "2025S2: not a date, write one like 2025"),
]


@pytest.mark.parametrize(("text", "message"), REFUSALS, ids=[ascii(text[:20]) for text, _ in REFUSALS])
def test_refusals_name_the_fault(text: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_date(text)
    assert message in refused.value.message
    assert refused.value.code == "BAD_INPUT"
    assert len(refused.value.message) < 200


@pytest.mark.parametrize("value", [None, 2025, 2025.5, True, b"2025", ["2025"], {"edtf": "2025"}])
def test_a_date_is_a_text(value: object) -> None:
    with pytest.raises(BadInput, match="a date is a text"):
        parse_date(value)


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
