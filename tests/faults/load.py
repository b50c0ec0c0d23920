"""Callers that append until they are told to stop, and write down what they were told."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.faults.history import History, Outcome
from tests.making import moved
from timeline.errors import TimelineError, Unavailable
from timeline.log.stored import stored_rows
from timeline.log.verify import Stored
from timeline.timelines import Timelines

Answer = tuple[Outcome, tuple[int, ...]]
Send = Callable[[Sequence[UUID]], Answer]  # appends one event for each id, always the same one
SLUG = "toys"
QUERY = """
mutation ($input: AppendEventsInput!) {
  appendEvents(input: $input) { events { position } errors { code message } }
}
"""


def directly(timelines: Timelines) -> Send:
    def send(ids: Sequence[UUID]) -> Answer:
        try:
            done = timelines.append(SLUG, [moved(timelines.kinds, f"toy-{each.int % 7}", id=each) for each in ids])
        except Unavailable:
            return Outcome.UNKNOWN, ()
        except TimelineError:
            return Outcome.REFUSED, ()
        return Outcome.ACKNOWLEDGED, tuple(record.position for record in done.records)

    return send


def over_http(http: httpx.Client) -> Send:
    """No answer, a broken one and UNAVAILABLE are the same to a caller: it may have happened."""

    def event(each: UUID) -> dict[str, Any]:
        data = {"app": f"app:app-{each.int % 7}", "chart": "chart:top", "rank": each.int % 100 + 1}
        return {"id": str(each), "occurred": "2025-01-10", "event": {"raw": {"kind": "chart.milestone", "data": data}}}

    def send(ids: Sequence[UUID]) -> Answer:
        variables = {"input": {"timeline": SLUG, "events": [event(each) for each in ids]}}
        try:
            answer = http.post("/graphql", json={"query": QUERY, "variables": variables}).json()
        except httpx.TransportError:
            return Outcome.UNKNOWN, ()
        if errors := answer.get("errors"):
            assert [error["extensions"]["code"] for error in errors] == ["UNAVAILABLE"], errors
            return Outcome.UNKNOWN, ()
        payload = answer["data"]["appendEvents"]
        if payload["errors"]:
            return Outcome.REFUSED, ()
        return Outcome.ACKNOWLEDGED, tuple(event["position"] for event in payload["events"])

    return send


def records(timelines: Timelines) -> list[Stored]:
    """The whole log as it is stored."""
    with timelines.reading() as connection:
        return list(stored_rows(connection, timelines.find(SLUG).id, 2**62))


def attempt(history: History, send: Send, ids: Sequence[UUID]) -> Outcome:
    call = history.invoke(ids)
    history.answer(call, *send(ids))
    return call.outcome


def some_ids(rng: Random) -> list[UUID]:
    return [UUID(int=rng.getrandbits(128), version=4) for _ in range(rng.randint(1, 3))]


@contextmanager
def loading(history: History, send: Send, rng: Random, workers: int = 4) -> Iterator[threading.Event]:
    """Callers in threads; they rest while the event that is given is not set. Half of what is unknown is retried."""
    going, stopped = threading.Event(), threading.Event()

    def work(own: Random) -> None:
        while not stopped.is_set():
            if not going.wait(0.05):
                continue
            ids = some_ids(own)
            while attempt(history, send, ids) is Outcome.UNKNOWN and own.random() < 0.5 and not stopped.is_set():
                time.sleep(0.02)

    going.set()
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, Random(rng.random())) for _ in range(workers)]
        try:
            yield going
        finally:
            stopped.set()
    for future in futures:
        future.result()


def settle(history: History, send: Send, seconds: float = 60) -> None:
    """Retry whatever is unknown until it is not."""
    until = time.monotonic() + seconds
    for ids in history.unknown():
        while attempt(history, send, ids) is Outcome.UNKNOWN:
            assert time.monotonic() < until, f"still unknown after {seconds} s: {ids}"
            time.sleep(0.1)


def acknowledged(history: History, more: int, seconds: float = 60) -> None:
    """Wait until so many more appends were acknowledged."""
    wanted = more + sum(call.outcome is Outcome.ACKNOWLEDGED for call in history.calls)
    until = time.monotonic() + seconds
    while sum(call.outcome is Outcome.ACKNOWLEDGED for call in history.calls) < wanted:
        assert time.monotonic() < until, f"no {more} appends in {seconds} s: {history.told()}"
        time.sleep(0.01)
