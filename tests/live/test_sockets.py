"""graphql-transport-ws, said rightly and wrongly: each fault has its close code, and none leaves a traceback."""

import asyncio
import json
from typing import Any

import pytest
import websockets

from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, talking
from tests.making import moved
from timeline.api.sockets import Limits
from timeline.timelines import Timelines

pytestmark = pytest.mark.usefixtures("nothing_is_logged")

SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": EVENTS}}


@pytest.mark.parametrize("protocol", [None, "graphql-ws", "chat"])
async def test_only_the_current_protocol_is_spoken(sqlite_port: int, protocol: str | None) -> None:
    async with talking(sqlite_port, init=False, protocol=protocol) as talk:
        assert (await talk.closed())[0] == 4406


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
async def test_a_page_of_another_origin_is_refused(sqlite_port: int, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with talking(sqlite_port, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_the_same_origin_is_let_in(sqlite_port: int) -> None:
    async with talking(sqlite_port, origin=f"http://127.0.0.1:{sqlite_port}"):
        pass


async def test_nothing_is_subscribed_before_the_acknowledgement(sqlite_port: int) -> None:
    async with talking(sqlite_port, init=False) as talk:
        await talk.say(SUBSCRIBE)
        assert await talk.closed() == (4401, "Unauthorized")


async def test_a_second_initialisation_closes(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.say({"type": "connection_init"})
        assert await talk.closed() == (4429, "Too many initialisation requests")


async def test_without_initialisation_it_is_closed(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite, limits=Limits(operations=20, init_timeout=0.2))
    async with serving(app) as port, talking(port, init=False) as talk:
        await talk.say({"type": "ping"})  # is no initialisation
        assert await talk.hear() == {"type": "pong"}
        assert await talk.closed() == (4408, "Connection initialisation timeout")


async def test_an_id_in_use_closes(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.say(SUBSCRIBE)
        await talk.say(SUBSCRIBE)
        assert await talk.closed() == (4409, "Subscriber for 1 already exists")


async def test_a_reason_that_is_too_long_for_its_frame_is_cut(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        for _ in range(2):
            await talk.say({**SUBSCRIBE, "id": "\N{SNOWMAN}" * 64})
        assert await talk.closed() == (4409, "Subscriber for " + "\N{SNOWMAN}" * 36)


@pytest.mark.parametrize(
    "message",
    [
        "not JSON",
        "",
        "[]",
        "5",
        "null",
        '"subscribe"',
        '{"type": "connection_init", "type": "ping"}',
        '{"type": NaN}',
        "[" * 100_000,
        '{"type": "\\ud800"}',
        "{}",
        '{"type": null}',
        '{"type": ["subscribe"]}',
        '{"type": "start", "id": "1", "payload": {}}',
        '{"type": "connection_ack"}',
        '{"type": "ping", "payload": 1}',
        b'{"type": "ping"}',
    ],
    ids=lambda message: str(message)[:30],
)
@pytest.mark.parametrize("init", [True, False])
async def test_what_is_no_message_closes(sqlite_port: int, message: str | bytes, init: bool) -> None:
    async with talking(sqlite_port, init=init) as talk:
        await talk.say(message)
        assert (await talk.closed())[0] == (1009 if len(message) > 65_536 else 4400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 1},
        {"id": None},
        {"id": ["1"]},
        {"id": ""},
        {"id": "x" * 65},
        {"payload": None},
        {"payload": []},
        {"payload": {}},
        {"payload": {"query": 1}},
        {"payload": {"query": EVENTS, "variables": []}},
        {"payload": {"query": EVENTS, "operationName": 1}},
        {"payload": {"query": EVENTS, "extensions": "x"}},
    ],
    ids=str,
)
async def test_a_subscription_that_is_malformed_closes(sqlite_port: int, wrong: dict[str, Any]) -> None:
    async with talking(sqlite_port) as talk:
        await talk.say(SUBSCRIBE | wrong)
        assert (await talk.closed())[0] == 4400


async def test_a_payload_of_initialisation_is_an_object(sqlite_port: int) -> None:
    async with talking(sqlite_port, init=False) as talk:
        await talk.say({"type": "connection_init", "payload": []})
        assert (await talk.closed())[0] == 4400


async def test_too_many_operations_close(on_sqlite: Timelines) -> None:
    app = app_for(on_sqlite, limits=Limits(operations=3, init_timeout=10))
    async with serving(app) as port, talking(port) as talk:
        for each in "1234":
            await talk.subscribe(each)
        assert await talk.closed() == (4429, "At most 3 operations at once")


async def test_too_many_messages_close(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        for _ in range(100):
            await talk.say({"type": "pong"})
        assert await talk.closed() == (4429, "Too many messages")


async def test_a_large_message_closes(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.say({"type": "ping", "payload": {"x": "x" * 70_000}})
        assert (await talk.closed())[0] == 1009


async def test_a_ping_is_answered_with_its_payload(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.say({"type": "ping", "payload": {"at": 1}})
        assert await talk.hear() == {"type": "pong", "payload": {"at": 1}}


async def test_an_operation_that_is_invalid_fails_alone(sqlite_port: int, on_sqlite: Timelines) -> None:
    async with talking(sqlite_port) as talk:
        await talk.subscribe("good")
        assert (await talk.batch("good"))["events"] == []
        for query in (
            "subscription { nothing }",
            "subscription {",
            "",
            "query A { nothing }",
        ):
            await talk.subscribe("bad", query)
            answer = await talk.hear()
            assert (answer["id"], answer["type"]) == ("bad", "error"), answer
            assert answer["payload"][0]["message"]
        on_sqlite.append("toys", [moved(on_sqlite.kinds)])
        assert [event["position"] for event in (await talk.batch("good"))["events"]] == [1]


async def test_queries_and_mutations_are_answered_once(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.subscribe("q", '{ timeline(slug: "toys") { title } }')
        assert await talk.hear() == {
            "id": "q",
            "type": "next",
            "payload": {"data": {"timeline": {"title": "Toys"}}},
        }
        assert await talk.hear() == {"id": "q", "type": "complete"}
        await talk.subscribe(
            "q", 'mutation { createTimeline(input: {slug: "other", title: "Other"}) { timeline { slug } } }'
        )
        assert (await talk.hear())["payload"]["data"]["createTimeline"]["timeline"] == {"slug": "other"}
        assert await talk.hear() == {"id": "q", "type": "complete"}


async def test_what_is_completed_is_silent_and_its_id_free(sqlite_port: int, on_sqlite: Timelines) -> None:
    async with talking(sqlite_port) as talk:
        await talk.subscribe()
        assert (await talk.batch())["events"] == []
        await talk.say({"id": "1", "type": "complete"})
        await talk.say({"id": "1", "type": "complete"})  # too late, which is no fault
        on_sqlite.append("toys", [moved(on_sqlite.kinds)])
        await talk.subscribe(afterPosition=1)
        batch = await talk.batch()
        assert (batch["events"], batch["basis"]) == ([], {"position": 1})


async def test_a_server_that_stops_says_come_back(on_sqlite: Timelines) -> None:
    async with serving(app_for(on_sqlite)) as port:
        connected = talking(port)
        talk = await connected.__aenter__()
        await talk.subscribe()
        await talk.batch()
    assert (await talk.closed())[0] == 1012  # Service Restart, at which clients reconnect
    await connected.__aexit__(None, None, None)


async def test_frames_are_text(sqlite_port: int) -> None:
    async with talking(sqlite_port) as talk:
        await talk.subscribe()
        message = await asyncio.wait_for(talk.connection.recv(), 5)
        assert isinstance(message, str)
        assert json.loads(message)["type"] == "next"
