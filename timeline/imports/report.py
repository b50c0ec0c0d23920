"""What came of an import."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from timeline.domain.calendar import civil
from timeline.domain.dates import FuzzyDate
from timeline.domain.edtf import Precision

_ENOUGH = 20  # dates, below which nothing can be said of them


@dataclass(frozen=True, slots=True)
class Rejected:
    """`kind` is that of the event that the row should have made; None where not even that is known."""

    number: int
    kind: str | None
    reason: str


@dataclass(slots=True)
class Report:
    """`rows` were read, and `passed_over` of them meant no event; events were appended, there already or rejected."""

    unit: str
    rows: int = 0
    passed_over: int = 0
    appended: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "passedOver": self.passed_over,
            "appended": self.appended,
            "duplicates": self.duplicates,
            "rejected": [{self.unit: each.number, "kind": each.kind, "reason": each.reason} for each in self.rejected],
            "warnings": self.warnings,
        }


def suspicions(dates: Sequence[FuzzyDate]) -> list[str]:
    """What makes dates look more precise than they are known: too many first days of a month, or of a year."""
    days = [civil(date.start_lo) for date in dates if date.precision is Precision.DAY and not date.approximate]
    firsts = sum(day.day == 1 for day in days)
    new_years = sum(day.day == day.month == 1 for day in days)
    found = []
    for count, chance, what, instead in (
        (firsts - new_years, 11 / 365.25, "first days of a month other than January", "only the month, like 2025-02"),
        (new_years, 1 / 365.25, "first days of a year", "only the year, like 2025"),
    ):
        expected = len(days) * chance
        if len(days) >= _ENOUGH and _too_many(count, expected):
            found.append(
                f"{count:,} of {len(days):,} dates are {what}, and chance would make it {expected:,.0f}."
                f" Where the day is not known, write {instead}."
            )
    return found


def _too_many(count: int, expected: float) -> bool:
    """Four standard deviations beyond what chance makes of it, and at least five."""
    return count >= 5 and count > expected + 4 * math.sqrt(expected)
