"""Filters against a plain list of the same events."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.making import made
from timeline.domain.dates import BEGINNING, END, parse_date
from timeline.timelines import Timelines

DATES = [
    *("2025-01-10", "2025-01", "2025", "[..2025-01-20]", "[2021..]", "2021/..", "../2025", "../2020", "202X", "20XX"),
    *("2025-01-10T09:30Z", "2024-12-31T23:59:59.999Z", "[2025-01-10..2025-01-20]", "-0044-03-15", "2021/2025-06"),
    *("2026-03/2026-05", "2026~", "2024-XX", "0000", "9999-12-31", "[1999..2001]", "2025/2025-01"),
]
FIND = "events(filter: $f, orderBy: RECORDED_ASC, first: 200) { nodes { position } }"


async def found(client: Client, **wanted: Any) -> list[int]:
    events = (await client.toys(FIND, f__EventFilter=wanted))["events"]
    return [node["position"] for node in events["nodes"]]


def extent(text: str) -> tuple[int, int]:
    """From where to where an event may lie, from the four bounds of its date."""
    date = parse_date(text)
    return date.start_lo, max(date.start_hi, BEGINNING if date.end_hi is None else date.end_hi)


async def test_occurred_finds_what_may_overlap(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear"}, occurred=date) for date in DATES])
    for wanted in [*DATES, "2025-01-11", "2025-01-20T23:59:59.999Z", "2025-01-21", "2026-02", "[..1998]", "0044"]:
        lo, hi = extent(wanted)
        model = [n for n, (first, last) in enumerate(map(extent, DATES), 1) if first < hi and lo < last]
        assert await found(client, occurred=wanted) == model, wanted
    assert extent("[2021..]")[1] == END
    # By hand, so that the model is not the only witness.
    assert await found(client, occurred="2026-04") == [5, 6, 9, 10, 16, 17]
    assert await found(client, occurred="-0100") == [4, 7, 8]


@pytest.fixture
def mixed(timelines: Timelines) -> None:
    def event(kind: str, data: dict[str, Any], *urls: str, occurred: str = "2025-01-10") -> Any:
        return made(timelines.kinds, kind, data, occurred=occurred, sources=[{"url": url} for url in urls])

    timelines.append(
        "toys",
        [
            event("toy.moved", {"toy": "bear", "room": "attic"}, "https://www.Example.org/a", "http://other.net"),
            event("toy.scored", {"toy": "bear", "room": "cellar", "points": 3}, "https://example.org:8443/b"),
            event("toy.bought", {"toy": "doll", "friends": ["bear"]}, "https://sub.example.org/", occurred="2024"),
            event("toy.moved", {"toy": "doll"}, occurred="2024"),
            event("entity.described", {"entity": "room:attic", "name": "Attic"}, "https://user@EXAMPLE.ORG/x"),
        ],
    )


async def test_each_filter_alone_and_together(client: Client, mixed: None) -> None:
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3, 4, 5]),
        (
            {"kinds": None, "entities": None, "occurred": None, "recordedAfter": None, "sourceHost": None},
            [1, 2, 3, 4, 5],
        ),
        ({"kinds": ["toy.moved"]}, [1, 4]),
        ({"kinds": ["toy.moved", "entity.described", "toy.moved"]}, [1, 4, 5]),
        ({"kinds": []}, []),
        ({"entities": ["toy:bear"]}, [1, 2, 3]),
        ({"entities": ["room:cellar", "toy:doll"]}, [2, 3, 4]),
        ({"entities": ["room:attic"]}, [1, 5]),
        ({"entities": ["toy:nobody"]}, []),
        ({"entities": ["unknown:bear"]}, []),
        ({"entities": []}, []),
        ({"occurred": "2024"}, [3, 4]),
        ({"recordedAfter": 0}, [1, 2, 3, 4, 5]),
        ({"recordedAfter": 3}, [4, 5]),
        ({"recordedAfter": 2**53 - 1}, []),
        ({"sourceHost": "example.org"}, [1, 2, 5]),
        ({"sourceHost": "WWW.Example.ORG"}, [1, 2, 5]),
        ({"sourceHost": "sub.example.org"}, [3]),
        ({"sourceHost": "other.net"}, [1]),
        ({"sourceHost": "example"}, []),
        ({"sourceHost": "%"}, []),
        ({"kinds": ["toy.moved"], "entities": ["toy:bear", "toy:doll"], "occurred": "2025", "recordedAfter": 0}, [1]),
        ({"entities": ["toy:bear"], "sourceHost": "example.org", "recordedAfter": 1}, [2]),
    ]
    for wanted, positions in cases:
        assert await found(client, **wanted) == positions, wanted
        counted = await client.toys("events(filter: $f) { totalCount }", f__EventFilter=wanted)
        assert counted["events"]["totalCount"] == len(positions), wanted
    pinned = await client.toys(
        'events(filter: {entities: ["toy:bear"]}, knownAt: {position: 2}) { nodes { position } }'
    )
    assert pinned["events"]["nodes"] == [{"position": 1}, {"position": 2}]


async def test_filters_that_mean_nothing_are_refused(client: Client, mixed: None) -> None:
    query = """query ($f: EventFilter) { timeline(slug: "toys") { events(filter: $f) { nodes { id } } } }"""
    cases: list[tuple[dict[str, Any], str, list[str | int] | None]] = [
        ({"kinds": ["toy.moved", "toy.eaten"]}, "BAD_INPUT", ["filter", "kinds", 1]),
        ({"kinds": ["\x00"]}, "BAD_INPUT", ["filter", "kinds", 0]),
        ({"entities": ["toy:bear", "bear"]}, "BAD_INPUT", ["filter", "entities", 1]),
        ({"entities": ["toy:Bear"]}, "BAD_INPUT", ["filter", "entities", 0]),
        ({"entities": ["toy:"]}, "BAD_INPUT", ["filter", "entities", 0]),
        ({"entities": ["toy:a\x00"]}, "BAD_INPUT", ["filter", "entities", 0]),
        ({"entities": ["toy:bear"] * 101}, "TOO_LARGE", ["filter", "entities"]),
        ({"sourceHost": "a\x00b"}, "BAD_INPUT", ["filter", "sourceHost"]),
        ({"sourceHost": ""}, "BAD_INPUT", ["filter", "sourceHost"]),
        ({"sourceHost": "x" * 201}, "TOO_LARGE", ["filter", "sourceHost"]),
        ({"search": "x" * 201}, "TOO_LARGE", ["filter", "search"]),
    ]
    for wanted, code, path in cases:
        refused = await client.refused(query, f=wanted)
        assert (refused.code, refused.path) == (code, path), wanted
    for wanted in (
        {"occurred": "2025-02-29"},
        {"occurred": 2025},
        {"recordedAfter": -1},
        {"recordedAfter": 2**53},
        {"recordedAfter": 1.5},
        {"recordedAfter": True},
        {"recordedAfter": "1"},
        {"text": "bear"},
    ):
        assert (await client.refused(query, f=wanted)).code == "BAD_INPUT", wanted
