"""What was known at a position or a moment, and the one basis of a request."""

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from tests.api.client import Client
from tests.conftest import Clock
from tests.making import head, made, moved
from timeline.timelines import Timelines

START = 1_750_000_000_000  # 2025-06-15T15:06:40Z, where the tests' clock stands
EVENTS = (
    "events(knownAt: $k, orderBy: RECORDED_ASC) { nodes { position } basis { position recordedAt hash } totalCount }"
)


@pytest.fixture
def grown(timelines: Timelines, clock: Clock) -> None:
    """Records 1 and 2 at the start, 3 a second later, 4 ten seconds later."""
    for later, count in ((0, 2), (1_000, 1), (10_000, 1)):
        clock.now = START + later
        timelines.append("toys", [moved(timelines.kinds) for _ in range(count)])


async def test_known_at_a_position_or_at_a_moment(client: Client, grown: None) -> None:
    cases: list[tuple[dict[str, Any] | None, int]] = [
        (None, 4),
        *(({"position": n}, n) for n in range(5)),
        ({"time": "2025-06-15T15:06:39.999Z"}, 0),
        ({"time": "-009999-01-01T00:00:00Z"}, 0),
        ({"time": "2025-06-15T15:06:40.000Z"}, 2),
        ({"time": "2025-06-15T17:06:40.999+02:00"}, 2),
        ({"time": "2025-06-15T15:06:41Z"}, 3),
        ({"time": "2025-06-15T15:06:50Z"}, 4),
        ({"time": "9999-12-31T23:59:59Z"}, 4),
    ]
    for known_at, position in cases:
        events = (await client.toys(EVENTS, k__KnownAt=known_at))["events"]
        assert [node["position"] for node in events["nodes"]] == list(range(1, position + 1)), known_at
        assert (events["basis"]["position"], events["totalCount"]) == (position, position)
        assert (events["basis"]["hash"] is None) is (position == 0)
    same = await client.toys("basis { position recordedAt hash } " + EVENTS, k__KnownAt={"position": 4})
    assert same["basis"] == same["events"]["basis"]
    assert same["basis"]["recordedAt"] == "2025-06-15T15:06:50.000Z"


async def test_known_at_reaches_every_question(client: Client, timelines: Timelines, grown: None) -> None:
    page = await client.toys("events(orderBy: RECORDED_ASC) { nodes { eventId } }")
    ids = [node["eventId"] for node in page["events"]["nodes"]]
    selection = """
      event(eventId: $id, knownAt: $k) { position timeline { basis { position } } }
      extent(knownAt: $k) { earliest }
      histogram(by: YEAR, knownAt: $k) { count }
    """
    for position in range(5):
        known = await client.toys(selection, **{"id__UUID!": ids[2]}, k__KnownAt={"position": position})
        assert (known["event"] is not None) is (position >= 3)
        assert (known["extent"] is not None) is (position > 0)
        assert known["histogram"] == ([{"count": position}] if position else [])
        if known["event"]:
            assert known["event"] == {"position": 3, "timeline": {"basis": {"position": position}}}
    assert (await client.toys("event(eventId: $id) { position }", **{"id__UUID!": ids[2]}))["event"] == {"position": 3}
    nobody = "0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c11"
    assert (await client.toys("event(eventId: $id) { position }", **{"id__UUID!": nobody}))["event"] is None


async def test_what_cannot_be_known(client: Client, grown: None) -> None:
    query = """query ($k: KnownAt) { timeline(slug: "toys") { events(knownAt: $k) { nodes { id } } } }"""
    for position in (5, 2**53 - 1):
        refused = await client.refused(query, k={"position": position})
        assert (refused.code, refused.path) == ("BAD_INPUT", ["knownAt", "position"])
        assert "beyond the head, 4" in refused.message
    for wrong in (
        {"position": -1},
        {"position": 2**53},
        {"position": 1.0},
        {"position": True},
        {"position": None},
        {},
        {"position": 1, "time": "2025-06-15T15:06:41Z"},
        {"time": "2025"},
        {"time": "2025-06-15T15:06:41"},
        {"time": "2025-06-15T15:06:60Z"},
        {"time": "2025-02-29T00:00:00Z"},
        {"time": 1_750_000_000},
    ):
        assert (await client.refused(query, k=wrong)).code == "BAD_INPUT", wrong


async def test_one_basis_for_a_whole_request(client: Client, timelines: Timelines) -> None:
    """Another thread appends between two fields of one request; none of them sees it."""
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Bear"}})])
    appended = threading.Event()

    def append_once(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM occurrence" in statement and not appended.is_set():  # the first page was read
            appended.set()
            another = made(timelines.kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Teddy"}})
            thread = threading.Thread(target=timelines.append, args=("toys", [another]))
            thread.start()
            thread.join()

    page = "events { nodes { position headline entities { entity { name aliases } } } basis { position } totalCount }"
    query = f"""{{
      a: timeline(slug: "toys") {{ basis {{ position hash }} {page} histogram(by: YEAR) {{ count }} }}
      b: timeline(slug: "toys") {{ basis {{ position hash }} {page} histogram(by: YEAR) {{ count }} }}
    }}"""
    engine = timelines.database.read
    event.listen(engine, "after_cursor_execute", append_once)
    try:
        both = await client.ask(query)
    finally:
        event.remove(engine, "after_cursor_execute", append_once)
    assert appended.is_set()
    assert head(timelines) == 2
    assert both["a"] == both["b"]
    assert both["a"]["basis"]["position"] == both["a"]["events"]["totalCount"] == 1
    assert both["a"]["events"]["nodes"][0]["entities"][0]["entity"] == {"name": "Bear", "aliases": []}
    assert (await client.toys("basis { position }"))["basis"]["position"] == 2


async def test_at_least_waits_for_a_position(client: Client, timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds)])
    query = """query ($p: Position) { timeline(slug: "toys", atLeast: $p) { basis { position } } }"""
    for position in (None, 0, 1):
        assert (await client.ask(query, p=position))["timeline"]["basis"]["position"] == 1
    waiting = asyncio.create_task(client.ask(query, p=2))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await asyncio.to_thread(timelines.append, "toys", [moved(timelines.kinds)])
    assert (await waiting)["timeline"]["basis"]["position"] == 2
    refused = await client.refused(query, p=3)
    assert (refused.code, refused.path) == ("BEHIND", ["atLeast"])
    assert (await client.ask('{ timeline(slug: "none", atLeast: 5) { slug } }'))["timeline"] is None


async def test_at_least_holds_for_fields_beside_it_too(client: Client, timelines: Timelines) -> None:
    """One request has one basis: nothing is read before the wait is over."""
    query = """{
      now: timeline(slug: "toys") { basis { position } }
      later: timeline(slug: "toys", atLeast: 1) { basis { position } }
    }"""
    waiting = asyncio.create_task(client.answer(query))
    await asyncio.sleep(0.1)
    await asyncio.to_thread(timelines.append, "toys", [moved(timelines.kinds)])
    assert (await waiting)["data"] == {"now": {"basis": {"position": 1}}, "later": {"basis": {"position": 1}}}


async def test_the_events_of_several_entities_as_they_were(client: Client, timelines: Timelines) -> None:
    """With so much of the past that each page skips what was recorded since."""
    names = ("bear", "doll", "kite")
    for start in range(0, 600, 300):
        toys = [names[number % 3] for number in range(start, start + 300)]
        timelines.append("toys", [moved(timelines.kinds, toy, id=UUID(int=start + n)) for n, toy in enumerate(toys)])
    answer = await client.toys(
        "entities(knownAt: {position: 550}) { nodes { slug events(orderBy: OCCURRED_DESC, first: 2) {"
        " nodes { position } pageInfo { endCursor } } } }"
    )
    found = {node["slug"]: node["events"] for node in answer["entities"]["nodes"]}
    last = {name: [at for at in range(550, 540, -1) if names[(at - 1) % 3] == name] for name in names}
    for name in names:
        assert [each["position"] for each in found[name]["nodes"]] == last[name][:2]
        cursor = found[name]["pageInfo"]["endCursor"]
        more = await client.toys(
            f'toy(slug: "{name}", knownAt: {{position: 550}}) {{'
            f' events(orderBy: OCCURRED_DESC, first: 1, after: "{cursor}") {{ nodes {{ position }} }} }}'
        )
        assert [each["position"] for each in more["toy"]["events"]["nodes"]] == last[name][2:3]
