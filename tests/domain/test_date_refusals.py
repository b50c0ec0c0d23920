"""What is refused as a date, and how that is said."""

import pytest

from timeline.domain.dates import parse_date
from timeline.errors import BadInput

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
    ("2025/01/32", "there is no such day"),
    ("31/02/2024", "there is no such day"),
    ("2021-2023", "a period is written 2021/2023"),
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
