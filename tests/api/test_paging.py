"""Pages in all four orders, both ways, against a plain list; and what stays put while the log grows."""

import itertools
from typing import Any

import pytest

from tests.api.client import Client
from tests.api.conftest import Statements
from tests.making import made
from timeline.domain.dates import parse_date
from timeline.timelines import Timelines

# Equal dates, dates that contain each other, and bounds without end on either side.
DATES = [
    *("2025-01-10", "2025-01", "2025", "2025-01-10", "[..2025-01-20]", "[2021..]", "2021/..", "../2025", "202X"),
    *("2025-01-10T09:30Z", "2024-12-31", "[2025-01-10..2025-01-20]", "-0044-03-15", "2025-01-10", "2021/2025-06"),
    *("../2020", "[2022..]", "2025-02", "20XX", "2025-01-10"),
]
ORDERS = ("OCCURRED_ASC", "OCCURRED_DESC", "RECORDED_ASC", "RECORDED_DESC")
PAGE = """
query ($order: EventOrder, $first: Int, $after: String, $last: Int, $before: String, $at: KnownAt) {
  timeline(slug: "toys") {
    events(orderBy: $order, first: $first, after: $after, last: $last, before: $before, knownAt: $at) {
      edges { cursor node { position } }
      nodes { position }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      basis { position }
    }
  }
}
"""


@pytest.fixture
def dates(timelines: Timelines) -> list[str]:
    """The dates of the events at positions 1, 2, 3 …"""
    dates = DATES + DATES[::-1]
    append(timelines, dates)
    return dates


def append(timelines: Timelines, dates: list[str]) -> None:
    kinds = timelines.kinds
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear"}, occurred=date) for date in dates])


def expected(dates: list[str], order: str) -> list[int]:
    """Positions in an order, by definition."""
    bounds = [(parse_date(date).start_hi, parse_date(date).start_lo) for date in dates]
    by_date = [position for *_, position in sorted((*each, n) for n, each in enumerate(bounds, 1))]
    positions = by_date if order.startswith("OCCURRED") else list(range(1, len(dates) + 1))
    return positions if order.endswith("ASC") else positions[::-1]


async def page(client: Client, **given: Any) -> tuple[list[int], dict[str, Any]]:
    events = (await client.ask(PAGE, **given))["timeline"]["events"]
    positions = [node["position"] for node in events["nodes"]]
    cursors = [edge["cursor"] for edge in events["edges"]]
    assert [edge["node"]["position"] for edge in events["edges"]] == positions
    info = events["pageInfo"]
    assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
    return positions, info


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_of_every_size_make_up_the_whole(client: Client, dates: list[str], order: str) -> None:
    whole = expected(dates, order)
    for size in range(1, 8):
        seen: list[int] = []
        cursor = None
        while True:
            positions, info = await page(client, order=order, first=size, after=cursor)
            assert positions == whole[len(seen) : len(seen) + size]
            seen += positions
            assert info["hasPreviousPage"] is (len(seen) > size)
            assert info["hasNextPage"] is (len(seen) < len(whole))
            if not info["hasNextPage"]:
                break
            cursor = info["endCursor"]
        assert seen == whole

        seen, cursor = [], None
        while True:
            positions, info = await page(client, order=order, last=size, before=cursor)
            end = len(whole) - len(seen)
            assert positions == whole[max(0, end - size) : end]
            assert info["hasNextPage"] is bool(seen)
            seen = positions + seen
            assert info["hasPreviousPage"] is (len(seen) < len(whole))
            if not info["hasPreviousPage"]:
                break
            cursor = info["startCursor"]
        assert seen == whole


async def test_no_page_is_longer_than_it_was_asked_for_and_fifty_when_nothing_was(
    client: Client, timelines: Timelines
) -> None:
    append(timelines, ["2025"] * 210)
    assert len((await page(client))[0]) == 50
    assert (await page(client, first=200))[0] == list(range(1, 201))
    after = (await page(client, first=60))[1]["endCursor"]
    assert (await page(client, before=after))[0] == list(range(10, 60))  # before alone: the last 50 before it
    assert (await page(client, after=after))[0] == list(range(61, 111))


async def test_an_empty_timeline_has_an_empty_page(client: Client) -> None:
    for order, way in itertools.product(ORDERS, ("first", "last")):
        positions, info = await page(client, order=order, **{way: 3})
        assert positions == []
        assert info == dict.fromkeys(("startCursor", "endCursor")) | {"hasNextPage": False, "hasPreviousPage": False}


async def test_what_is_appended_before_a_cursor_moves_nothing(client: Client, timelines: Timelines) -> None:
    append(timelines, ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04"])
    _, info = await page(client, first=2)
    append(timelines, ["2024", "2025-01-02", "2025-01-03T00:00Z"])
    assert (await page(client, first=2, after=info["endCursor"]))[0] == [6, 7]
    assert (await page(client, first=9, after=info["endCursor"]))[0] == [6, 7, 3, 4]
    _, info = await page(client, order="RECORDED_DESC", first=2)
    append(timelines, ["2025"])
    assert (await page(client, order="RECORDED_DESC", first=3, after=info["endCursor"]))[0] == [5, 4, 3]


async def test_page_two_can_be_pinned_to_what_page_one_knew(client: Client, timelines: Timelines) -> None:
    append(timelines, ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04"])
    events = (await client.ask(PAGE, first=2))["timeline"]["events"]
    append(timelines, ["2025-01-03", "2025-01-02"])
    at = {"position": events["basis"]["position"]}
    positions, info = await page(client, first=2, after=events["pageInfo"]["endCursor"], at=at)
    assert positions == [3, 4]
    assert not info["hasNextPage"]
    assert (await page(client, first=9, at=at))[0] == [1, 2, 3, 4]


async def test_the_total_is_of_all_that_the_filter_admits(client: Client, dates: list[str]) -> None:
    selection = "events(first: 2, filter: $f, knownAt: $k) { totalCount }"
    for given, known, count in (
        ({}, None, 40),
        ({"recordedAfter": 30}, None, 10),
        ({"recordedAfter": 30}, {"position": 32}, 2),
        ({"kinds": []}, None, 0),
    ):
        answer = await client.toys(selection, f__EventFilter=given, k__KnownAt=known)
        assert answer["events"]["totalCount"] == count


MISUSE: list[tuple[dict[str, Any], str]] = [
    ({"first": 0}, "from 1 to 200"),
    ({"first": -1}, "from 1 to 200"),
    ({"first": 201}, "from 1 to 200"),
    ({"last": 0}, "from 1 to 200"),
    ({"last": 2_147_483_647}, "from 1 to 200"),
    ({"first": 1, "last": 1}, "not both"),
    ({"first": 1, "before": "x"}, "after goes with first"),
    ({"last": 1, "after": "x"}, "after goes with first"),
    ({"after": "x", "before": "x"}, "after goes with first"),
    ({"first": 2_147_483_648}, "32-bit"),
    ({"first": "5"}, "Int"),
    ({"after": 5}, "String"),
    ({"order": "SIDEWAYS"}, "SIDEWAYS"),
]


async def test_what_is_not_one_page_is_refused(sqlite_client: Client) -> None:
    for given, told in MISUSE:
        refused = await sqlite_client.refused(PAGE, **given)
        assert (refused.code, told in refused.message) == ("BAD_INPUT", True), (given, refused)


async def test_timelines_have_pages_too(client: Client, timelines: Timelines, statements: Statements) -> None:
    for slug in ("b", "c.1", "a", "d-e"):
        timelines.create(slug, slug.upper())
    slugs = ["a", "b", "c.1", "d-e", "toys"]
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
      timelines(first: $first, after: $after, last: $last, before: $before) {
        nodes { slug basis { position } } edges { cursor node { slug title } } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }"""
    for size in (1, 2, 5, 7):
        seen: list[str] = []
        after = before = None
        while len(seen) < 5:
            statements.clear()
            found = (await client.ask(query, first=size, after=after))["timelines"]
            assert len(statements) == 3  # the page, the heads, the count
            seen += [node["slug"] for node in found["nodes"]]
            after = found["pageInfo"]["endCursor"]
            assert found["pageInfo"]["hasNextPage"] is (len(seen) < 5)
            assert found["totalCount"] == 5
        assert seen == slugs
        seen = []
        while len(seen) < 5:
            found = (await client.ask(query, last=size, before=before))["timelines"]
            seen = [edge["node"]["slug"] for edge in found["edges"]] + seen
            before = found["pageInfo"]["startCursor"]
            assert found["pageInfo"]["hasPreviousPage"] is (len(seen) < 5)
        assert seen == slugs
