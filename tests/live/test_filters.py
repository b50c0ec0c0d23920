"""What a filter admits, decided for each record at its own position: the same late and live."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.live.servers import app_for, serving
from tests.live.talking import follow, talking
from tests.making import fill, head, made, moved
from timeline.domain.claims import NewMeta
from timeline.domain.records import NewEvent
from timeline.timelines import Timelines


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
