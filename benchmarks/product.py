"""Timeline itself, called in this process."""

import asyncio
import time
from collections.abc import Sequence

from benchmarks.checks import check_log
from benchmarks.events import SLUG, Workload
from benchmarks.places import Place, opened
from timeline.domain.records import NewEvent
from timeline.timelines import Appended, Timelines


def one_by_one(timelines: Timelines, events: Sequence[NewEvent], batch: int = 1) -> list[Appended]:
    """One caller that waits for each append before it sends the next."""
    return [timelines.append(SLUG, events[start : start + batch]) for start in range(0, len(events), batch)]


def concurrently(timelines: Timelines, events: Sequence[NewEvent], callers: int) -> list[Appended]:
    """Callers on one event loop, each of which waits for its own append before it sends the next."""

    async def caller(mine: Sequence[NewEvent]) -> list[Appended]:
        return [await timelines.answers.wait(timelines.submit(SLUG, [event])) for event in mine]

    async def everyone() -> list[Appended]:
        answers = await asyncio.gather(*(caller(events[number::callers]) for number in range(callers)))
        return [appended for several in answers for appended in several]

    return asyncio.run(everyone())


def append(place: Place, workload: Workload, warm: int, count: int, *, batch: int = 1, callers: int = 1) -> float:
    """Seconds for `count` events, after `warm` events that are not timed."""
    events = workload.events[: warm + count]
    with place.fresh() as address, opened(address, workload.kinds) as timelines:
        answers = _call(timelines, events[:warm], batch, callers)
        started = time.perf_counter()
        answers += _call(timelines, events[warm:], batch, callers)
        seconds = time.perf_counter() - started
        acknowledged = {str(record.id): record.position for answer in answers for record in answer.records}
        check_log(timelines, workload.lines[: warm + count], acknowledged)
    return seconds


def _call(timelines: Timelines, events: Sequence[NewEvent], batch: int, callers: int) -> list[Appended]:
    return one_by_one(timelines, events, batch) if callers == 1 else concurrently(timelines, events, callers)
