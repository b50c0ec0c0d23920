"""What dates say to people."""

import pytest

from timeline.domain.dates import parse_date

DASH = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("edtf", "text"),
    [
        ("2025-01-10", "10 January 2025"),
        ("2025-12-01", "1 December 2025"),
        ("2025-01", "January 2025"),
        ("2025", "2025"),
        ("202X", "2020s"),
        ("19XX", "1900s"),
        ("2024-XX", "2024"),
        ("2024-XX-XX", "2024"),
        ("2024-01-XX", "January 2024"),
        # a decade that would read as its century
        ("190X", f"1900{DASH}1909"),
        ("200X", f"2000{DASH}2009"),
        # times
        ("2025-01-20T09:30-08:00", "20 January 2025, 09:30 UTC-08:00"),
        ("2025-01-20T09:30Z", "20 January 2025, 09:30 UTC"),
        ("2025-01-20T09:30+00:00", "20 January 2025, 09:30 UTC"),
        ("2025-01-20T09:30:05+05:30", "20 January 2025, 09:30:05 UTC+05:30"),
        ("2025-01-20T09:30:00.000Z", "20 January 2025, 09:30:00.000 UTC"),
        ("2025-01-20T09:30:00.5Z", "20 January 2025, 09:30:00.5 UTC"),
        # qualifiers
        ("2025-01-10~", "around 10 January 2025"),
        ("2025?", "possibly 2025"),
        ("2025%", "possibly around 2025"),
        ("202X~", "around the 2020s"),
        ("202X?", "possibly the 2020s"),
        # periods
        ("2021/..", "since 2021"),
        ("2021~/..", "since around 2021"),
        ("202X/..", "since the 2020s"),
        ("../2025", "until 2025"),
        ("2025-01-10/2025-01-20", "from 10 January 2025 to 20 January 2025"),
        ("2020~/2021?", "from around 2020 to possibly 2021"),
        ("201X/202X", "from the 2010s to the 2020s"),
        # ranges
        ("[..2025-01-20]", "by 20 January 2025"),
        ("[2021..]", "2021 or later"),
        ("[202X..]", "2020s or later"),
        ("[2025-01-10..2025-01-20]", "between 10 January 2025 and 20 January 2025"),
        ("[2021..2022~]", "between 2021 and around 2022"),
        # far years
        ("0000", "1 BC"),
        ("-0044", "45 BC"),
        ("-0044-03-15", "15 March 45 BC"),
        ("0044", "AD 44"),
        ("0476-09-04", "4 September AD 476"),
        ("047X", "AD 470s"),
        ("1000", "1000"),
        ("-004X", f"50{DASH}41 BC"),
        ("-01XX", f"200{DASH}101 BC"),
        ("-000X", f"10{DASH}2 BC"),
        ("000X", f"1 BC{DASH}AD 9"),
        ("00XX", f"1 BC{DASH}AD 99"),
    ],
)
def test_readings(edtf: str, text: str) -> None:
    assert parse_date(edtf).text == text
    assert str(parse_date(edtf)) == text
