"""Counts per period against the standard library's calendar, and against plain arithmetic where that ends."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.client import Client
from tests.conftest import Clock
from tests.making import made
from timeline.domain.calendar import format_instant
from timeline.timelines import Timelines

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PERIODS = ("HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DECADE", "CENTURY")
BARS = "histogram(by: $p, groupBy: $g, axis: $a, filter: $f) { start end count group }"


def instant(moment: datetime) -> str:
    return format_instant((moment - EPOCH) // timedelta(milliseconds=1))


def start_of(moment: datetime, period: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "HOUR":
            return moment.replace(minute=0, second=0, microsecond=0)
        case "DAY":
            return day
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
    size = {"YEAR": 1, "DECADE": 10, "CENTURY": 100}[period]
    return day.replace(day=1, month=1, year=max(1, day.year // size * size))


async def bars(client: Client, period: str, **more: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {
        "p__Period!": period,
        "g__HistogramGroup": None,
        "a__Axis": "WORLD",
        "f__EventFilter": None,
    }
    found: list[dict[str, Any]] = (await client.toys(BARS, **given | more))["histogram"]
    return found


def append(timelines: Timelines, dates: list[str]) -> None:
    for chunk in range(0, len(dates), 1_000):
        several = dates[chunk : chunk + 1_000]
        timelines.append(
            "toys", [made(timelines.kinds, "toy.moved", {"toy": "bear"}, occurred=date) for date in several]
        )


async def test_every_period_against_the_calendar(client: Client, timelines: Timelines) -> None:
    rng = random.Random(5)
    years = (1, 4, 100, 400, 1582, 1600, 1900, 1969, 2000, 2024, 2100, 9999)
    days = ((1, 1), (2, 28), (3, 1), (12, 31))
    moments = [datetime(year, month, day, tzinfo=UTC) for year in years for month, day in days]
    moments += [datetime(year, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC) for year in (4, 400, 2000, 2024)]
    moments += [
        EPOCH + timedelta(milliseconds=rng.randrange(-62_000_000_000_000, 253_000_000_000_000)) for _ in range(300)
    ]
    moments = [max(moment, datetime(1, 1, 8, tzinfo=UTC)) for moment in moments]  # the week before it begins in year 0
    append(timelines, [instant(moment) for moment in moments])
    for period in PERIODS:
        expected = Counter(start_of(moment, period) for moment in moments)
        found = await bars(client, period)
        starts = [each["start"] for each in found]
        by_start = {instant(start): count for start, count in expected.items()}
        if period in ("DECADE", "CENTURY"):  # the first of these begins in the year 0, where datetime ends
            by_start["0000-01-01T00:00:00.000Z"] = by_start.pop("0001-01-01T00:00:00.000Z")
        assert {each["start"]: each["count"] for each in found} == by_start, period
        assert starts == sorted(starts)
        assert all(each["group"] is None for each in found)


async def test_bars_end_where_the_next_begin(client: Client, timelines: Timelines) -> None:
    append(timelines, ["2024-12-31T23:30Z"])
    ends = {
        "HOUR": ("2024-12-31T23", "2025-01-01"),
        "DAY": ("2024-12-31", "2025-01-01"),
        "WEEK": ("2024-12-30", "2025-01-06"),
        "MONTH": ("2024-12-01", "2025-01-01"),
        "QUARTER": ("2024-10-01", "2025-01-01"),
        "YEAR": ("2024-01-01", "2025-01-01"),
        "DECADE": ("2020-01-01", "2030-01-01"),
        "CENTURY": ("2000-01-01", "2100-01-01"),
    }
    for period, (start, end) in ends.items():
        (bar,) = await bars(client, period)
        assert bar["start"].startswith(start)
        assert bar["end"].startswith(end)
        assert bar["count"] == 1


async def test_years_before_the_first(client: Client, timelines: Timelines) -> None:
    append(
        timelines, ["-0044-03-15", "-0001-12-31", "0000", "-9999", "-9999-01-01T00:00Z", "-0100", "-0101", "9999-12"]
    )
    starts = {
        "YEAR": {"-009999": 2, "-000101": 1, "-000100": 1, "-000044": 1, "-000001": 1, "0000": 1, "9999": 1},
        "DECADE": {"-010000": 2, "-000110": 1, "-000100": 1, "-000050": 1, "-000010": 1, "0000": 1, "9990": 1},
        "CENTURY": {"-010000": 2, "-000200": 1, "-000100": 3, "0000": 1, "9900": 1},
    }
    for period, expected in starts.items():
        found = {each["start"].split("-01-01T")[0]: each["count"] for each in await bars(client, period)}
        assert found == expected
    # The calendar comes round every 400 years, so it was a Thursday, as in 1956.
    (ides,) = [each for each in await bars(client, "WEEK") if each["start"].startswith("-000044")]
    assert (ides["start"], ides["end"]) == ("-000044-03-12T00:00:00.000Z", "-000044-03-19T00:00:00.000Z")


async def test_events_count_at_their_earliest_start_if_they_have_one(client: Client, timelines: Timelines) -> None:
    append(timelines, ["2025-03", "[2025..2030]", "2025/2030", "202X", "../2025", "[..2025]", "[2025..]", "2025/.."])
    assert [(each["start"][:4], each["count"]) for each in await bars(client, "YEAR")] == [("2020", 1), ("2025", 5)]
    extent = (await client.toys("extent { earliest latest }"))["extent"]
    assert extent == {"earliest": "2020-01-01T00:00:00.000Z", "latest": "2031-01-01T00:00:00.000Z"}
    only = await client.toys("extent(filter: {recordedAfter: 6}) { earliest latest }")
    assert only["extent"] == {"earliest": "2025-01-01T00:00:00.000Z", "latest": None}
    assert (await client.toys("extent(filter: {recordedAfter: 8}) { earliest }"))["extent"] is None


async def test_when_it_became_known(client: Client, timelines: Timelines, clock: Clock) -> None:
    for moment in ("2025-06-15T23:59:59.999Z", "2025-06-16T00:00:00Z", "2025-06-16T00:00:00.001Z"):
        clock.now = (datetime.fromisoformat(moment) - EPOCH) // timedelta(milliseconds=1)
        append(timelines, ["../1999"])
    found = await bars(client, "WEEK", a__Axis="KNOWLEDGE")
    assert [(each["start"][:10], each["count"]) for each in found] == [("2025-06-09", 1), ("2025-06-16", 2)]
    assert await bars(client, "WEEK") == []


async def test_groups(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    timelines.append(
        "toys",
        [
            made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}, occurred="2024-01-01"),
            made(kinds, "toy.moved", {"toy": "bear"}, occurred="2024-12-31"),
            made(kinds, "toy.scored", {"toy": "doll", "room": "attic", "points": 1}, occurred="2024"),
            made(kinds, "toy.bought", {"toy": "doll", "friends": ["doll", "bear"]}, occurred="2025"),
        ],
    )

    async def grouped(group: str | None, **more: Any) -> list[tuple[str, str, int]]:
        found = await bars(client, "YEAR", g__HistogramGroup=group, **more)
        return [(each["start"][:4], each["group"], each["count"]) for each in found]

    assert await grouped("KIND") == [("2024", "toy.moved", 2), ("2024", "toy.scored", 1), ("2025", "toy.bought", 1)]
    assert await grouped("ENTITY") == [
        *(("2024", "room:attic", 2), ("2024", "toy:bear", 2), ("2024", "toy:doll", 1)),
        *(("2025", "toy:bear", 1), ("2025", "toy:doll", 1)),
    ]
    assert await grouped("KIND", f__EventFilter={"entities": ["room:attic"]}) == [
        *(("2024", "toy.moved", 1), ("2024", "toy.scored", 1)),
    ]
    assert sum(count for *_, count in await grouped("ENTITY", a__Axis="KNOWLEDGE")) == 7


async def test_more_bars_than_anyone_can_draw(client: Client, timelines: Timelines) -> None:
    first = datetime(2000, 1, 1, tzinfo=UTC)
    append(timelines, [instant(first + timedelta(days=n))[:10] for n in range(2_001)])
    query = """query ($f: EventFilter) { timeline(slug: "toys") { histogram(by: DAY, filter: $f) { count } } }"""
    refused = await client.refused(query)
    assert (refused.code, refused.path) == ("TOO_LARGE", ["by"])
    assert len((await client.ask(query, f={"recordedAfter": 1}))["timeline"]["histogram"]) == 2_000
    assert len(await bars(client, "MONTH")) == 66
