"""What a subscriber gets: one contiguous slice of the filtered log, then what is new, whichever way it comes back."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any
from uuid import uuid4

import pytest

from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, Talk, talking
from tests.making import head, made, moved
from timeline.domain.claims import NewMeta
from timeline.domain.records import NewEvent
from timeline.timelines import Timelines


def fill(timelines: Timelines, count: int, toy: str = "bear") -> None:
    timelines.append("toys", [moved(timelines.kinds, toy) for _ in range(count)])


async def follow(talk: Talk, until: int, **variables: Any) -> tuple[list[int], list[Any]]:
    """Positions received until the log's position `until` is reached, and the batches."""
    await talk.subscribe(**variables)
    positions: list[int] = []
    batches: list[Any] = []
    while not batches or batches[-1]["basis"]["position"] < until:
        batches.append(await talk.batch())
        positions += [event["position"] for event in batches[-1]["events"]]
    return positions, batches


async def refused(port: int, query: str = EVENTS, **variables: Any) -> Any:
    async with talking(port) as talk:
        await talk.subscribe("x", query, **variables)
        message = await talk.hear()
        assert message["type"] == "error", message
        (error,) = message["payload"]
        return error["extensions"]["code"], error["extensions"].get("path")


async def test_catching_up_and_then_live(port: int, timelines: Timelines) -> None:
    fill(timelines, 250)
    async with talking(port) as talk:
        positions, batches = await follow(talk, 250)
        assert positions == list(range(1, 251))
        assert [len(batch["events"]) for batch in batches] == [100, 100, 50]
        assert [batch["caughtUp"] for batch in batches] == [False, False, True]
        for position in range(251, 256):
            fill(timelines, 1)
            batch = await talk.batch()
            assert [event["position"] for event in batch["events"]] == [position]
            assert batch["caughtUp"]


async def test_an_empty_log_is_said_at_once(port: int) -> None:
    async with talking(port) as talk:
        await talk.subscribe()
        batch = await talk.batch()
        assert (batch["events"], batch["caughtUp"], batch["basis"]) == ([], True, {"position": 0})


async def test_another_node_is_heard(port: int, open_timelines: Callable[[], Timelines]) -> None:
    other = open_timelines()
    async with talking(port) as talk:
        await talk.subscribe()
        await talk.batch()
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()
        for position in range(1, 6):
            await asyncio.to_thread(fill, other, 1)
            appended = loop.time()
            assert [event["position"] for event in (await talk.batch())["events"]] == [position]
            assert loop.time() - appended < 2  # not by the slow poll


async def test_a_position_or_a_cursor_says_where_to_begin(port: int, timelines: Timelines) -> None:
    fill(timelines, 5)
    async with talking(port) as talk:
        positions, batches = await follow(talk, 5, afterPosition=2, batch=2)
        assert positions == [3, 4, 5]
    async with talking(port) as talk:
        positions, _ = await follow(talk, 5, after=batches[0]["cursor"])
        assert positions == [5]


async def test_a_cursor_goes_on_where_another_node_stopped(
    port: int, timelines: Timelines, open_timelines: Callable[[], Timelines]
) -> None:
    fill(timelines, 5)
    async with talking(port) as talk:
        _, batches = await follow(talk, 5, batch=2)
    async with serving(app_for(open_timelines())) as other, talking(other) as talk:
        assert (await follow(talk, 5, after=batches[1]["cursor"]))[0] == [5]


@pytest.mark.parametrize(
    ("variables", "code", "path"),
    [
        ({"after": "nonsense"}, "BAD_CURSOR", None),
        ({"after": ""}, "BAD_CURSOR", None),
        ({"after": "WyJ4IiwxLCIiXQ"}, "BAD_CURSOR", None),
        ({"afterPosition": 6}, "CURSOR_AHEAD", ["afterPosition"]),
        ({"afterPosition": -1}, "BAD_INPUT", None),
        ({"after": "x", "afterPosition": 1}, "BAD_INPUT", ["afterPosition"]),
        ({"batch": 0}, "BAD_INPUT", ["batch"]),
        ({"batch": 201}, "BAD_INPUT", ["batch"]),
        ({"filter": {"kinds": ["no.such"]}}, "BAD_INPUT", ["filter", "kinds", 0]),
        ({"filter": {"entities": ["bear"]}}, "BAD_INPUT", ["filter", "entities", 0]),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    sqlite_port: int, on_sqlite: Timelines, variables: dict[str, Any], code: str, path: Any
) -> None:
    fill(on_sqlite, 5)
    assert await refused(sqlite_port, **variables) == (code, path)


async def test_a_timeline_that_is_not_there(sqlite_port: int) -> None:
    query = 'subscription { events(timeline: "none") { cursor } }'
    assert await refused(sqlite_port, query) == ("NOT_FOUND", ["timeline"])


async def test_a_cursor_belongs_to_its_filter(sqlite_port: int, on_sqlite: Timelines) -> None:
    fill(on_sqlite, 5)
    async with talking(sqlite_port) as talk:
        _, batches = await follow(talk, 5)
    code, _ = await refused(sqlite_port, after=batches[-1]["cursor"], filter={"kinds": ["toy.moved"]})
    assert code == "BAD_CURSOR"


async def test_a_cursor_of_another_history(sqlite_port: int, on_sqlite: Timelines, tmp_path: Any, kinds: Any) -> None:
    """After a fail-over that lost records, positions are used again."""
    fill(on_sqlite, 5)
    async with talking(sqlite_port) as talk:
        _, batches = await follow(talk, 5, batch=1)
    from timeline.database import Database
    from timeline.database.migrate import migrate

    database = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(database)
    other = Timelines(database, kinds)
    try:
        other.create("toys", "Toys")
        fill(other, 3)
        async with serving(app_for(other)) as port:
            assert (await refused(port, after=batches[1]["cursor"]))[0] == "HISTORY_DIVERGED"
            assert (await refused(port, after=batches[4]["cursor"]))[0] == "CURSOR_AHEAD"
    finally:
        other.close()


async def test_a_heartbeat_tells_how_far_the_log_was_looked_through(timelines: Timelines) -> None:
    async with serving(app_for(timelines, heartbeat=0.3)) as port, talking(port) as talk:
        await talk.subscribe(filter={"entities": ["toy:rabbit"]})
        first = await talk.batch()
        fill(timelines, 7)
        beats = [await talk.batch() for _ in range(2)]
        assert [batch["events"] for batch in beats] == [[], []]
        assert beats[-1]["basis"] == {"position": 7}
        assert beats[-1]["cursor"] != first["cursor"]
    async with serving(app_for(timelines)) as port, talking(port) as talk:
        fill(timelines, 1, "rabbit")
        positions, _ = await follow(talk, 8, after=beats[-1]["cursor"], filter={"entities": ["toy:rabbit"]})
        assert positions == [8]


async def test_filters_and_what_is_said_about_what_they_admit(port: int, timelines: Timelines) -> None:
    """Late and live: the same positions."""
    kinds = timelines.kinds
    bear: Any = moved(kinds, "bear")
    rabbit: Any = moved(kinds, "rabbit")
    ted: Any = moved(kinds, "rabbit")
    corrected = NewEvent(
        event=ted.event,
        occurred=bear.occurred,
        id=uuid4(),
        corrects=bear.id,
        changed=("data",),
        reason="it was the rabbit",
    )
    disputed: list[Any] = [corrected, rabbit]
    disputes = [NewMeta(kind="dispute", target=each.id, id=uuid4()) for each in disputed]
    withdrawn = NewMeta(kind="retraction", target=rabbit.id, reason="never happened", id=uuid4())
    steps: list[Any] = [[bear], [rabbit], [corrected], disputes, [withdrawn], [moved(kinds, "bear")]]
    wanted = {"entities": ["toy:bear"]}
    async with talking(port) as talk:
        await talk.subscribe(filter=wanted)
        await talk.batch()
        for step in steps:
            await asyncio.to_thread(timelines.append, "toys", step)
        live: list[int] = []
        while not live or live[-1] < head(timelines):
            live += [event["position"] for event in (await talk.batch())["events"]]
    # 1 bear, 2 rabbit, 3 a correction whose target is the bear, 4 a dispute of 3, which names the rabbit,
    # 5 a dispute of the rabbit, 6 its retraction, 7 bear
    assert live == [1, 3, 7]
    async with talking(port) as talk:
        late, _ = await follow(talk, 7, filter=wanted)
        assert late == live
    async with talking(port) as talk:
        assert (await follow(talk, 7, filter={"entities": ["toy:rabbit"]}))[0] == [2, 3, 4, 5, 6]
    async with talking(port) as talk:
        assert (await follow(talk, 7, filter={"recordedAfter": 4}))[0] == [5, 6, 7]


async def test_a_search_is_answered_as_of_each_record(port: int, timelines: Timelines) -> None:
    kinds = timelines.kinds
    ted: Any = made(kinds, "toy.moved", {"toy": "ted", "room": "attic"}, note="no amber, birch")
    bruin: Any = made(kinds, "entity.described", {"entity": "toy:bear", "name": "Bruin"})
    timelines.append("toys", [moved(kinds, "bear"), ted, bruin, moved(kinds, "bear"), moved(kinds, "ted")])
    merged: Any = made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear"})
    withdrawn = NewMeta(kind="retraction", target=ted.id, reason="never happened", id=uuid4())
    timelines.append("toys", [merged, moved(kinds, "ted"), withdrawn, moved(kinds, "rabbit")])
    for search, positions in {
        "bruin": [3, 4, 6, 7],
        "amber birch": [2, 8],
        '"amber birch"': [2, 8],
        "nobody": [],
    }.items():
        async with talking(port) as talk:
            assert (await follow(talk, 9, filter={"search": search}))[0] == positions, search


async def test_what_is_redacted_reaches_everybody_and_is_in_no_copy(port: int, timelines: Timelines) -> None:
    kinds = timelines.kinds
    secret: Any = made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}, note="the secret")
    query = EVENTS.replace("position kind", "position kind note")
    async with talking(port) as talk, talking(port) as other:
        await talk.subscribe("1", query)
        await talk.batch()
        await other.subscribe("1", query, filter={"entities": ["toy:rabbit"]})
        await other.batch()
        await asyncio.to_thread(timelines.append, "toys", [secret])
        assert (await talk.batch())["events"][0]["note"] == "the secret"
        gone = NewMeta(kind="redaction", target=secret.id, reason="personal", id=uuid4())
        await asyncio.to_thread(timelines.append, "toys", [gone])
        for each in (talk, other):
            (event,) = (await each.batch())["events"]
            assert (event["position"], event["kind"]) == (2, "redaction")
        async with talking(port) as late:
            await late.subscribe("1", query)
            events = (await late.batch())["events"]
            assert [(event["kind"], event["note"]) for event in events] == [("redacted", None), ("redaction", None)]


async def test_an_event_is_the_same_late_and_live(port: int, timelines: Timelines) -> None:
    """Each event is given as it was known at its own position, whatever was recorded since."""
    kinds = timelines.kinds
    query = """subscription ($batch: Int) {
      events(timeline: "toys", batch: $batch) { events { position headline timeline { basis { position } } } }
    }"""
    async with talking(port) as talk:
        await talk.subscribe("1", query)
        await talk.batch()
        live = []
        for name in ("Bear", "Teddy", "Ted"):
            toy = {"ref": "bear", "name": name}
            await asyncio.to_thread(timelines.append, "toys", [made(kinds, "toy.moved", {"toy": toy, "room": "attic"})])
            live += (await talk.batch())["events"]
    async with talking(port) as talk:
        await talk.subscribe("1", query, batch=200)
        late = (await talk.batch())["events"]
    assert late == live
    assert [event["timeline"]["basis"]["position"] for event in late] == [1, 2, 3]


async def test_equal_subscriptions_are_executed_once(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite)
    live = app.state.live
    executed = []
    schema = live.schema

    class Counting:
        async def run(self, *args: Any) -> Any:
            executed.append(args)
            return await schema.run(*args)

    fill(on_sqlite, 3)
    live.schema = Counting()
    async with serving(app) as port:
        async with AsyncExitStack() as stack:
            talks = [await stack.enter_async_context(talking(port)) for _ in range(20)]
            for index, talk in enumerate(talks):
                await talk.subscribe(afterPosition=index % 3)
                await talk.batch()
            executed.clear()  # each place once, and once more after the first look at the log
            for position in range(4, 9):
                await asyncio.to_thread(fill, on_sqlite, 1)
                for talk in talks:
                    assert [event["position"] for event in (await talk.batch())["events"]] == [position]
            assert len(executed) == 5
            assert len(live.feeds) == 1
        await asyncio.sleep(0.2)
        assert live.feeds == {}


async def test_equal_subscriptions_share_the_bytes(on_sqlite: Timelines) -> None:
    """Wherever they began: when they have caught up, what is sent to them is one text."""
    fill(on_sqlite, 3)
    live = app_for(on_sqlite).state.live
    async with AsyncExitStack() as stack, asyncio.timeout(20):
        several = []
        for position in range(3):
            operation = live.operations.of({"query": EVENTS, "variables": {"afterPosition": position}})
            answers = await stack.enter_async_context(aclosing(live.answers(operation)))
            assert (await anext(answers)).batch.basis.position == 3
            several.append(answers)
        waiting = [asyncio.ensure_future(anext(answers)) for answers in several]
        await asyncio.sleep(0.2)
        await asyncio.to_thread(fill, on_sqlite, 1)
        first, *others = [(await each).payload for each in waiting]
        assert all(each is first for each in others)
        assert live.timelines.tail.head(on_sqlite.find("toys").id) == 4


async def test_names_while_catching_up_are_those_of_each_position(
    port: int, timelines: Timelines, statements: list[str]
) -> None:
    """Merged, renamed and taken back, read by as few statements as one position."""
    kinds = timelines.kinds
    merged: Any = made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear"})
    events = [
        made(kinds, "toy.moved", {"toy": {"ref": "ted", "name": "Ted"}, "room": "attic"}),
        made(kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Bear"}, "room": "attic"}),
        merged,
        moved(kinds, "ted"),
        made(kinds, "entity.described", {"entity": "toy:bear", "name": "Bruno"}),
        moved(kinds, "ted"),
        NewMeta(kind="retraction", target=merged.id, reason="two toys", id=uuid4()),
        moved(kinds, "ted"),
    ]
    timelines.append("toys", events)
    query = """subscription { events(timeline: "toys", batch: 200) {
      events { position headline entities { role entity { ref name aliases } } } basis { position } } }"""
    told = {
        1: ("toy:ted", "Ted", []),
        4: ("toy:bear", "Bear", ["Ted"]),
        6: ("toy:bear", "Bruno", ["Bear", "Ted"]),
        8: ("toy:ted", "Ted", []),
    }
    async with talking(port) as talk:
        statements.clear()
        await talk.subscribe("1", query)
        found = {event["position"]: event for event in (await talk.batch())["events"]}
        asked = len(statements)
        for position, expected in told.items():
            toy = found[position]["entities"][0]["entity"]
            assert (toy["ref"], toy["name"], toy["aliases"]) == expected
        assert found[6]["headline"] == "Bruno moved to attic"
        await asyncio.to_thread(timelines.append, "toys", [moved(kinds, "ted") for _ in range(150)])
        await talk.batch()
    async with talking(port) as talk:
        statements.clear()
        await talk.subscribe("1", query)
        assert len((await talk.batch())["events"]) == 158
        assert len(statements) == asked


async def test_an_answer_that_leads_nowhere_is_not_kept(on_sqlite: Timelines) -> None:
    """A heartbeat may know of more than the ring has; what is asked then must not be taken for the last word."""
    async with serving(app_for(on_sqlite, heartbeat=0.01)) as port, talking(port) as talk:
        await talk.subscribe()
        seen: list[int] = []
        for position in range(1, 101):
            await asyncio.to_thread(fill, on_sqlite, 1)
            if position % 10 == 0:
                while not seen or seen[-1] < position:
                    seen += [event["position"] for event in (await talk.batch())["events"]]
        assert seen == list(range(1, 101))
