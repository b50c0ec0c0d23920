"""Server-Sent Events: what a browser's EventSource and graphql-sse take, and what is refused."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.live.servers import app_for, serving
from tests.live.streaming import STREAM, events_of, positions
from tests.live.talking import EVENTS
from tests.making import fill
from timeline.timelines import Timelines


async def test_a_stream_resumes_after_its_last_id(port: int, timelines: Timelines) -> None:
    await asyncio.to_thread(fill, timelines, 5)
    url = f"http://127.0.0.1:{port}/graphql"
    payload = {"query": EVENTS, "variables": {"batch": 2}}
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        async with http.stream("POST", url, json=payload, headers=STREAM) as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            events = events_of(response)
            first = await anext(events)
            assert (first["event"], positions(first)) == ("next", [1, 2])
            assert json.loads(first["data"])["data"]["events"]["cursor"] == first["id"]
        query = {"query": EVENTS, "variables": '{"batch": 2}'}
        async with http.stream("GET", url, params=query, headers=STREAM | {"last-event-id": first["id"]}) as response:
            events = events_of(response)
            assert [positions(await anext(events)) for _ in range(2)] == [[3, 4], [5]]
            await asyncio.to_thread(fill, timelines, 1)
            assert positions(await anext(events)) == [6]


async def test_the_cursor_is_the_id_even_if_nobody_asks_for_it(sqlite_port: int, on_sqlite: Timelines) -> None:
    fill(on_sqlite, 2)
    query = 'subscription { events(timeline: "toys", batch: 1) { events { position } } }'
    seen = []
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        last: dict[str, str] = {}
        for _ in range(2):
            url = f"http://127.0.0.1:{sqlite_port}/graphql"
            async with http.stream("GET", url, params={"query": query}, headers=STREAM | last) as response:
                event = await anext(events_of(response))
                seen.append(positions(event))
                last = {"last-event-id": event["id"]}
    assert seen == [[1], [2]]


@pytest.mark.parametrize("forged", ["x", "WyJ4IiwxLCIiXQ", "%00", "0" * 5000])
async def test_a_forged_last_id_is_a_bad_cursor(sqlite_port: int, forged: str) -> None:
    answered = await answers(sqlite_port, EVENTS, {"last-event-id": forged})
    assert [event["event"] for event in answered] == ["next", "complete"]
    assert json.loads(answered[0]["data"])["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


async def answers(port: int, query: str, headers: dict[str, str]) -> list[dict[str, str]]:
    url = f"http://127.0.0.1:{port}/graphql"
    stream: Any = {"json": {"query": query}, "headers": STREAM | headers}
    async with asyncio.timeout(20), httpx.AsyncClient() as http, http.stream("POST", url, **stream) as response:
        assert response.status_code == 200
        return [event async for event in events_of(response)]


async def test_a_query_is_answered_and_completed(sqlite_port: int) -> None:
    answered = await answers(sqlite_port, '{ timeline(slug: "toys") { title } }', {})
    assert [event["event"] for event in answered] == ["next", "complete"]
    assert json.loads(answered[0]["data"]) == {"data": {"timeline": {"title": "Toys"}}}
    assert "id" not in answered[0]


async def test_a_query_that_is_invalid_is_answered_and_completed(sqlite_port: int) -> None:
    answered = await answers(sqlite_port, "subscription { nothing }", {})
    assert [event["event"] for event in answered] == ["next", "complete"]
    assert json.loads(answered[0]["data"])["errors"][0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize(
    ("method", "given", "status"),
    [
        ("PUT", {}, 405),
        ("GET", {}, 400),
        (
            "GET",
            {"params": {"query": 'mutation { createTimeline(input: {slug: "a", title: "A"}) { errors { code } } }'}},
            405,
        ),
        ("GET", {"params": {"query": EVENTS, "variables": "["}}, 400),
        ("POST", {"content": b"{"}, 415),
        ("POST", {"json": {}}, 400),
        ("POST", {"json": []}, 400),
        ("POST", {"json": {"query": EVENTS, "variables": 5}}, 400),
        ("POST", {"json": {"query": "x" * 1_100_000}}, 413),
    ],
)
async def test_what_is_no_operation_is_refused(sqlite_port: int, method: str, given: Any, status: int) -> None:
    async with httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{sqlite_port}/graphql"
        response = await http.request(method, url, headers=STREAM, **given)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == ("TOO_LARGE" if status == 413 else "BAD_INPUT")


async def test_a_subscription_over_plain_http_says_where_to_go(sqlite_port: int) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(f"http://127.0.0.1:{sqlite_port}/graphql", json={"query": EVENTS})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "WebSocket" in error["message"]


async def test_a_server_that_stops_ends_its_streams_without_completing_them(on_sqlite: Timelines) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        async with serving(app_for(on_sqlite)) as port:
            url = f"http://127.0.0.1:{port}/graphql"
            stream = http.stream("GET", url, params={"query": EVENTS}, headers=STREAM)
            events = events_of(await stream.__aenter__())
            await anext(events)
        assert [event async for event in events] == []
        await stream.__aexit__(None, None, None)


URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("accept", "is_stream"),
    [
        ("text/event-stream", True),
        ("text/event-stream, multipart/mixed", True),
        ("text/event-stream, application/json", True),
        ("TEXT/EVENT-STREAM ; charset=utf-8, */*;q=0.1", True),
        ("application/json;q=0.5, text/event-stream;q=0.9", True),
        ("application/json; Q=0.125 , text/event-stream", True),
        (URQL, False),
        ("application/json, text/event-stream;q=0.9", False),
        ("text/event-stream;q=0, */*", False),
        ("text/event-stream;q=0.000", False),
        ("*/*", False),
        ("text/event-streams", False),
        (",;,;q=,", False),
    ],
)
async def test_events_are_for_those_who_prefer_them(sqlite_port: int, accept: str, is_stream: bool) -> None:
    url = f"http://127.0.0.1:{sqlite_port}/graphql"
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        answer = await http.post(url, json={"query": "{ __typename }"}, headers={"accept": accept})
    assert answer.headers["content-type"].startswith("text/event-stream") is is_stream
    assert '"__typename":"Query"' in answer.text or answer.status_code == 406
