"""Messages that go to their sockets at once are what uvicorn would have sent; where they cannot, uvicorn sends them."""

import asyncio
import json
from typing import Any

import pytest

from tests.live.servers import app_for, serving
from tests.live.talking import Talk, talking
from tests.making import fill
from timeline.timelines import Timelines

PLAIN = {"ws": "websockets-sansio"}  # a server that knows nothing of messages sent at once
DEFLATED = {"ws_per_message_deflate": True}  # one in which a message is not the bytes that are sent


@pytest.mark.parametrize("config", [{}, PLAIN], ids=["ours", "plain"])
async def test_frames_of_every_length(on_sqlite: Timelines, config: Any) -> None:
    """A frame says its length in one of three ways."""
    async with serving(app_for(on_sqlite), config, max_message=200_000) as port, talking(port) as talk:
        around = len(await named(talk, "x")) - 1
        for length in (125, 126, 127, 65_535, 65_536, 65_537):
            assert len(await named(talk, "x" * (length - around))) == length


async def named(talk: Talk, name: str) -> str:
    """The message with an answer that has this name in it."""
    await talk.subscribe("1", f"{{ {name}: __typename }}")
    message = await asyncio.wait_for(talk.connection.recv(), 10)
    assert isinstance(message, str)
    assert json.loads(message)["payload"]["data"] == {name: "Query"}
    assert await talk.hear() == {"id": "1", "type": "complete"}
    return message


@pytest.mark.parametrize("config", [{}, PLAIN, DEFLATED], ids=["ours", "plain", "deflated"])
async def test_what_is_live_comes_over_any_server(on_sqlite: Timelines, config: Any) -> None:
    async with (
        serving(app_for(on_sqlite), config) as port,
        talking(port) as talk,
        talking(port, compression="deflate") as deflated,
    ):
        for each in (talk, deflated):
            await each.subscribe()
            await each.batch()
        for position in range(1, 11):
            await asyncio.to_thread(fill, on_sqlite, 1)
            for each in (talk, deflated):
                assert [event["position"] for event in (await each.batch())["events"]] == [position]


async def test_who_has_left_is_sent_nothing_while_others_are_told(on_sqlite: Timelines) -> None:
    async with serving(app_for(on_sqlite)) as port, talking(port) as stays, talking(port) as goes:
        for talk in (stays, goes):
            await talk.subscribe()
            await talk.batch()
        for position in range(1, 31):
            await asyncio.to_thread(fill, on_sqlite, 1)
            if position == 10:
                await goes.say({"id": "1", "type": "complete"})
                await goes.say({"type": "ping"})
            assert [event["position"] for event in (await stays.batch())["events"]] == [position]
        seen = []
        while (message := await goes.hear())["type"] != "pong":
            seen += [event["position"] for event in message["payload"]["data"]["events"]["events"]]
        assert seen == list(range(1, len(seen) + 1))
        assert len(seen) in (9, 10)
        await goes.say({"type": "ping"})
        assert await goes.hear() == {"type": "pong"}
