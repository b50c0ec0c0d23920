"""What a subscriber gets: one contiguous slice of the log, then what is new."""

import asyncio
from collections.abc import Callable

from tests.live.talking import follow, talking
from tests.making import fill
from timeline.timelines import Timelines


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
