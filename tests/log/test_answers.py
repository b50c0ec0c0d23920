"""Callers on an event loop get their own answers, and the loop is woken once for all that were committed together."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.log.test_groups import grouped
from tests.making import head_held, moved
from timeline.errors import Conflict
from timeline.timelines import Appended, Timelines
from timeline.timelines.answers import Outcome
from timeline.timelines.outcomes import Append
from timeline.timelines.writer import Writer


@pytest.mark.asyncio
async def test_a_group_is_answered_at_once(address: str, timelines: Timelines, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    wake, woken = loop.call_soon_threadsafe, []

    def counted(callback: Callable[..., object], *given: Any, **options: Any) -> asyncio.Handle:
        woken.append(callback)
        return wake(callback, *given, **options)

    with grouped(address, timelines):
        futures = [timelines.submit("toys", [moved(timelines.kinds, f"toy-{number}")]) for number in range(20)]
        refused = timelines.submit("toys", [moved(timelines.kinds)], expect=77)
        waiting = [timelines.answers.wait(future) for future in (*futures, refused)]
        given_up = waiting.pop(3)
        given_up.cancel()
        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    *answers, refusal = await asyncio.gather(*waiting, return_exceptions=True)
    assert len(woken) == 1
    assert [answer.records[0].position for answer in answers if isinstance(answer, Appended)] == [
        2,
        3,
        4,
        *range(6, 22),
    ]
    assert isinstance(refusal, Conflict)
    assert futures[3].result(20).records[0].position == 5


@pytest.mark.asyncio
async def test_what_is_answered_already_is_told(timelines: Timelines) -> None:
    future = timelines.submit("toys", [moved(timelines.kinds)])
    future.result(20)
    assert (await asyncio.wait_for(timelines.answers.wait(future), 20)).basis.position == 1


def test_a_loop_that_has_ended_keeps_nobody_from_writing(address: str, timelines: Timelines) -> None:
    async def leave() -> None:
        timelines.answers.wait(timelines.submit("toys", [moved(timelines.kinds)]))

    with head_held(address, timelines):
        asyncio.run(leave())
    assert timelines.submit("toys", [moved(timelines.kinds)]).result(20).basis.position == 2


def test_who_gave_up_keeps_nobody_waiting(address: str, timelines: Timelines) -> None:
    with grouped(address, timelines):  # it waits for the answer of what is being written
        assert timelines.submit("toys", [moved(timelines.kinds)]).cancel()


@pytest.mark.parametrize(("slug", "count", "before"), [("toys", 1, False), ("toys", 201, True), ("more", 1, True)])
def test_what_may_take_long_keeps_nobody_waiting(
    address: str, timelines: Timelines, monkeypatch: pytest.MonkeyPatch, slug: str, count: int, before: bool
) -> None:
    """Answers are given while the next group is committed, but for one that is large, or has to get another head."""
    timelines.create("more", "More")
    answered, together = [], Writer._together

    def watched(self: Writer, connection: Connection, group: Sequence[Append]) -> Sequence[Outcome]:
        answered.append(first.done())
        return together(self, connection, group)

    with head_held(address, timelines):
        first = timelines.submit("toys", [moved(timelines.kinds)])
        while not first.running():
            time.sleep(0.001)
        monkeypatch.setattr(Writer, "_together", watched)
        next_ = timelines.submit(slug, [moved(timelines.kinds) for _ in range(count)])
    assert len(next_.result(20).records) == count
    assert answered[-1] is before
