"""What nobody foresaw ends an operation aloud: it is logged, its client is told that much and no more."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from tests.live.servers import app_for, serving
from tests.live.streaming import STREAM, events_of, positions
from tests.live.talking import EVENTS, talking
from tests.making import fill
from timeline.api.faults import Fault
from timeline.api.request import Request
from timeline.timelines import Timelines

SECRET = "password=x at /srv/secret.py"


class Faulty:
    """A schema that breaks while it is told to, in no way that GraphQL knows of."""

    def __init__(self, app: Starlette) -> None:
        self._schema = app.state.live.schema
        self.error: Exception | None = None
        app.state.live.schema = self

    async def run(self, *given: Any) -> Any:
        if self.error is not None:
            raise self.error
        return await self._schema.run(*given)


@pytest.fixture
def app(on_sqlite: Timelines) -> Starlette:
    return app_for(on_sqlite)


@pytest.fixture
def faulty(app: Starlette) -> Faulty:
    return Faulty(app)


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Of what was logged, each with what it says."""
    return [str(record.exc_info[1]) for record in caplog.records if record.exc_info and record.levelno == logging.ERROR]


@pytest.mark.parametrize("error", [RuntimeError(SECRET), OSError(SECRET)], ids=["error", "like a client that left"])
async def test_a_fault_in_the_first_answer_closes_the_socket(
    app: Starlette, faulty: Faulty, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    faulty.error = error
    async with serving(app) as port:
        for query in (EVENTS, "{ __typename }"):
            async with talking(port) as talk:
                await talk.subscribe("1", query)
                assert await talk.closed() == (4500, "Internal server error")
    assert tracebacks(caplog) == [SECRET, SECRET]
    assert app.state.live.feeds == {}


async def test_a_fault_later_is_told_to_all_who_share_it_and_logged_once(
    on_sqlite: Timelines, app: Starlette, faulty: Faulty, caplog: pytest.LogCaptureFixture
) -> None:
    """Who comes back goes on after what it has."""
    async with serving(app) as port, talking(port) as one, talking(port) as two:
        for talk in (one, two):
            await talk.subscribe()
            cursor = (await talk.batch())["cursor"]
        faulty.error = RuntimeError(SECRET)
        await asyncio.to_thread(fill, on_sqlite, 1)
        for talk in (one, two):
            assert await talk.closed() == (4500, "Internal server error")
        assert tracebacks(caplog) == [SECRET]
        faulty.error = None
        async with talking(port) as again:
            await again.subscribe(after=cursor)
            assert [event["position"] for event in (await again.batch())["events"]] == [1]


async def test_what_broke_once_is_asked_again(on_sqlite: Timelines, app: Starlette, faulty: Faulty) -> None:
    """By those who keep a feed alive while others of it break: here by one who is behind, and reads on later."""
    fill(on_sqlite, 2)
    live = app.state.live
    first, second = (
        live.answers(live.operations.of({"query": EVENTS, "variables": {"batch": 1, "afterPosition": position}}))
        for position in (0, 1)
    )
    assert (await anext(first)).batch.basis.position == 1
    assert (await anext(second)).batch.basis.position == 2
    faulty.error = RuntimeError(SECRET)
    waiting = asyncio.ensure_future(anext(second))
    await asyncio.to_thread(fill, on_sqlite, 1)
    with pytest.raises(Fault):
        await waiting
    faulty.error = None
    assert [(await anext(first)).batch.basis.position for _ in range(2)] == [2, 3]
    await first.aclose()


async def test_one_who_breaks_when_it_is_handed_something_takes_nobody_along_unheard(
    on_sqlite: Timelines, app: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is left to wait for ever."""
    live = app.state.live

    def breaks(answer: Any) -> bool:
        raise RuntimeError(SECRET)

    several = [live.answers(live.operations.of({"query": EVENTS}), hand=hand) for hand in (breaks, None, None)]
    for each in several:
        await anext(each)
    waiting = [asyncio.ensure_future(anext(each)) for each in several]
    await asyncio.sleep(0.1)
    await asyncio.to_thread(fill, on_sqlite, 1)
    async with asyncio.timeout(10):
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in ended] == [Fault] * 3
    assert tracebacks(caplog) == [SECRET]
    assert live.feeds == {}


async def test_a_fault_outside_of_operations_closes_the_socket(
    app: Starlette, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(payload: object) -> Any:
        raise RuntimeError(SECRET)

    async with serving(app) as port, talking(port) as talk:
        monkeypatch.setattr(app.state.live.operations, "of", breaks)
        await talk.subscribe()
        assert await talk.closed() == (4500, "Internal server error")
    assert tracebacks(caplog) == [SECRET]


async def test_a_stream_ends_without_completing_and_goes_on_when_its_client_is_back(
    on_sqlite: Timelines, app: Starlette, faulty: Faulty, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(app) as port, httpx.AsyncClient() as http, asyncio.timeout(20):
        url = f"http://127.0.0.1:{port}/graphql"
        await asyncio.to_thread(fill, on_sqlite, 1)
        async with http.stream("GET", url, params={"query": EVENTS}, headers=STREAM) as response:
            events = events_of(response)
            last = await anext(events)
            faulty.error = RuntimeError(SECRET)
            await asyncio.to_thread(fill, on_sqlite, 1)
            assert [event async for event in events] == []  # and no error of the transport
        assert tracebacks(caplog) == [SECRET]
        async with http.stream("GET", url, params={"query": EVENTS}, headers=STREAM) as response:
            assert (await response.aread()) == b"retry: 1000\n\n"
        faulty.error = None
        back = STREAM | {"last-event-id": last["id"]}
        async with http.stream("GET", url, params={"query": EVENTS}, headers=back) as response:
            event = await anext(events_of(response))
            assert positions(event) == [2]
            assert SECRET not in json.dumps(event)


async def test_what_was_half_told_when_the_database_went_away_is_told_again(
    app: Starlette, on_sqlite: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records had been read, and what is said of them had not."""
    seen, views = 0, Request.views

    def once_away(request: Request, *given: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise OperationalError(None, None, Exception("gone"))
        return views(request, *given)

    fill(on_sqlite, 3)
    monkeypatch.setattr(Request, "views", once_away)
    async with serving(app) as port, talking(port) as talk:
        await talk.subscribe()
        async with asyncio.timeout(10):
            assert [event["position"] for event in (await talk.batch())["events"]] == [1, 2, 3]
    assert seen > 2
