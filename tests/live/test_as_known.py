"""Each event is given as it was known at its own position, whatever was recorded since, unless it was redacted."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.live.talking import EVENTS, talking
from tests.making import made, moved
from timeline.domain.claims import NewMeta
from timeline.timelines import Timelines


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
