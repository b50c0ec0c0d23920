"""Equal subscriptions are executed once, and what came of it is shared."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import Any

from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, talking
from tests.making import fill
from timeline.timelines import Timelines


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
