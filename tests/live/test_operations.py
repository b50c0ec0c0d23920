"""Operations that end before they are done: completed or left while their answer is on its way, or had not begun."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.live.raw import settled
from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, Talk, talking
from tests.making import fill
from timeline.timelines import Timelines

pytestmark = pytest.mark.usefixtures("nothing_is_logged")

QUERY = '{ timeline(slug: "toys") { title } }'
COMPLETE = {"id": "1", "type": "complete"}


class Slow:
    """A schema that answers only while it is let."""

    def __init__(self, app: Starlette) -> None:
        self._schema = app.state.live.schema
        app.state.live.schema = self
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    async def run(self, *given: Any) -> Any:
        self.asked.set()
        await self.let.wait()
        return await self._schema.run(*given)


@pytest.fixture
def app(on_sqlite: Timelines) -> Starlette:
    return app_for(on_sqlite)


async def answers(talk: Talk) -> bool:
    """Whether the id is free and the socket as good as before."""
    await talk.subscribe("1", QUERY)
    return [(await talk.hear())["type"] for _ in range(2)] == ["next", "complete"]


@pytest.mark.parametrize("query", [QUERY, EVENTS], ids=["query", "subscription"])
async def test_what_is_completed_while_its_answer_is_made_says_nothing(
    on_sqlite: Timelines, app: Starlette, query: str
) -> None:
    slow = Slow(app)
    async with serving(app) as port, talking(port) as talk:
        await talk.subscribe("1", query)
        await asyncio.wait_for(slow.asked.wait(), 10)
        await talk.say(COMPLETE)
        assert await talk.silent(0)  # `complete` is not sent back
        slow.let.set()
        await asyncio.to_thread(fill, on_sqlite, 1)
        assert await talk.silent()
        assert app.state.live.feeds == {}
        assert await answers(talk)


@pytest.mark.parametrize("query", [QUERY, EVENTS], ids=["query", "subscription"])
async def test_what_is_completed_right_behind_its_beginning(on_sqlite: Timelines, app: Starlette, query: str) -> None:
    """Nothing comes, or what was done already: then `next` alone, or the whole of it."""
    async with serving(app) as port, talking(port) as talk:
        for _ in range(5):
            await talk.subscribe("1", query)
            await talk.say(COMPLETE)
            await talk.say({"type": "ping"})
            said = []
            while (message := await talk.hear()) != {"type": "pong"}:
                said.append(message["type"])
            assert said in ([], ["next"], ["next", "complete"])
            await asyncio.to_thread(fill, on_sqlite, 1)
            assert await talk.silent(0.1)
        await settled(app)
        assert await answers(talk)


@pytest.mark.parametrize("query", [QUERY, EVENTS], ids=["query", "subscription"])
async def test_a_socket_closed_right_behind_a_subscription_leaves_nothing(app: Starlette, query: str) -> None:
    async with serving(app) as port:
        await settled(app)
        before = len(asyncio.all_tasks())
        for how in ("close", "abort", "abort unread") * 5:
            async with talking(port) as talk:
                await talk.subscribe("1", query)
                if how == "close":
                    await talk.connection.close()
                elif how == "abort":
                    await talk.hear()
                    talk.connection.transport.abort()
                else:
                    talk.connection.transport.abort()
        await settled(app)
        assert len(asyncio.all_tasks()) <= before


async def test_a_socket_closed_while_an_answer_is_made_leaves_nothing(on_sqlite: Timelines, app: Starlette) -> None:
    slow = Slow(app)
    async with serving(app) as port:
        await settled(app)
        before = len(asyncio.all_tasks())
        async with talking(port) as talk:
            await talk.subscribe("query", QUERY)
            await talk.subscribe("events")
            await asyncio.wait_for(slow.asked.wait(), 10)
        await settled(app)
        slow.let.set()
        await asyncio.sleep(0.2)
        assert len(asyncio.all_tasks()) <= before
        async with talking(port) as talk:
            assert await answers(talk)
