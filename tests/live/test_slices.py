"""So many wait at one place that they are told in slices: what happens in the pauses between costs nobody anything."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from tests.live.servers import app_for
from tests.live.talking import EVENTS
from tests.making import fill
from timeline.api.faults import ComeBack
from timeline.api.feeds import Answer
from timeline.api.live import Live
from timeline.timelines import Timelines

MANY = 1_100  # more than two slices


class Reader:
    """A follower that notes what it gets: it takes it at once, or is told of it."""

    def __init__(self, live: Live, *, takes: bool = True, after: int = 0) -> None:
        operation = live.operations.of({"query": EVENTS, "variables": {"afterPosition": after}})
        self.takes = takes
        self._answers = live.answers(operation, hand=self._take if takes else None)
        self.positions: list[int] = []
        self.is_waiting = asyncio.Event()  # from its first batch on, which is empty
        self.when_it_has_some: Callable[[], object] = lambda: None
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with aclosing(self._answers) as answers:
            async for answer in answers:
                self._take(answer)

    def _take(self, answer: Answer) -> bool:
        assert answer.batch is not None
        self.positions += [record.position for record in answer.batch.records]
        self.is_waiting.set()
        if self.positions:
            self.when_it_has_some()
        return True

    async def until(self, position: int) -> None:
        while self.positions[-1:] != [position]:
            assert not self.task.done()
            await asyncio.sleep(0.01)


class Crowd:
    """Readers at the head of `toys`. `act` is called once, in the first pause after the log has grown."""

    def __init__(self, timelines: Timelines, act: Callable[["Crowd"], None]) -> None:
        self.timelines = timelines
        self.live: Live = app_for(timelines, heartbeat=3600).state.live
        self._act: Callable[[Crowd], None] | None = act
        self.early: list[Reader] = []  # who had got the first record by then
        self.late: list[Reader] = []

    async def gather(self) -> None:
        # Not in the first slice: whoever is told there, and waits again, would have the others woken with itself.
        told = range(600, MANY, 3)
        self.readers = [Reader(self.live, takes=number not in told) for number in range(MANY)]
        for each in self.readers:
            await each.is_waiting.wait()
            each.when_it_has_some = self._act_soon
        await asyncio.sleep(0.2)

    def _act_soon(self) -> None:
        if self._act is not None:
            asyncio.get_running_loop().call_soon(self._now, self._act)
            self._act = None

    def _now(self, act: Callable[["Crowd"], None]) -> None:
        for each in self.readers:
            (self.early if each.positions else self.late).append(each)
        act(self)

    async def grow(self) -> None:
        await asyncio.to_thread(fill, self.timelines, 1)

    async def leave(self) -> None:
        for each in self.readers:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in self.readers), return_exceptions=True)
        assert self.live.feeds == {}


async def crowd_of(timelines: Timelines, act: Callable[[Crowd], None]) -> Crowd:
    """All of them wait, and the log has grown since."""
    crowd = Crowd(timelines, act)
    await crowd.gather()
    await crowd.grow()
    while not crowd.early:  # noqa: ASYNC110 nothing tells
        await asyncio.sleep(0.01)
    assert any(each.takes for each in crowd.late), "there was no pause"
    return crowd


async def test_the_log_grows_in_a_pause(on_sqlite: Timelines) -> None:
    """Who got what was new before that is to have the rest, too, though nobody wakes it any more."""

    def act(crowd: Crowd) -> None:
        fill(crowd.timelines, 2)
        tail, toys = crowd.timelines.tail, crowd.timelines.find("toys").id
        while tail.head(toys) < 3:
            time.sleep(0.01)
        time.sleep(0.1)  # until it has woken those who wait already

    async with asyncio.timeout(20):
        crowd = await crowd_of(on_sqlite, act)
        for each in crowd.readers:
            await each.until(3)
            assert each.positions == [1, 2, 3]
        await crowd.leave()


async def test_some_leave_in_a_pause(on_sqlite: Timelines) -> None:
    """Who has its record already gets no other; who has not gets none."""

    def act(crowd: Crowd) -> None:
        for each in crowd.early[::2] + crowd.late[::2]:
            each.task.cancel()

    async with asyncio.timeout(20):
        crowd = await crowd_of(on_sqlite, act)
        left = set(crowd.early[::2] + crowd.late[::2])
        await crowd.grow()
        for each in crowd.readers:
            if each not in left:
                await each.until(2)
                assert each.positions == [1, 2]
        assert {tuple(each.positions) for each in crowd.early[::2]} == {(1,)}
        assert {tuple(each.positions) for each in crowd.late[::2]} == {()}
        await crowd.leave()


async def test_all_leave_in_a_pause(on_sqlite: Timelines) -> None:
    """And one comes back: to a feed of its own, of which the old one takes nothing."""

    def act(crowd: Crowd) -> None:
        for each in crowd.readers:
            each.task.cancel()
        fill(crowd.timelines, 1)

    async with asyncio.timeout(20):
        crowd = await crowd_of(on_sqlite, act)
        await asyncio.sleep(0.1)
        assert crowd.live.feeds == {}
        crowd.readers.append(one := Reader(crowd.live, after=1))
        await crowd.grow()
        await one.until(3)
        assert one.positions == [2, 3]
        assert sum(map(len, (each.positions for each in crowd.late))) == 0
        await crowd.leave()


async def test_some_arrive_in_a_pause(on_sqlite: Timelines) -> None:
    """Behind those who wait, and at the place that these are on their way to."""
    new: dict[int, list[Reader]] = {0: [], 1: []}

    def act(crowd: Crowd) -> None:
        for after, several in new.items():
            several += [Reader(crowd.live, takes=takes, after=after) for takes in (True, False)]

    async with asyncio.timeout(20):
        crowd = await crowd_of(on_sqlite, act)
        for _ in range(2):
            await crowd.grow()
        for after, several in {0: crowd.readers + new[0], 1: new[1]}.items():
            for each in several:
                await each.until(3)
                assert each.positions == list(range(after + 1, 4))
        crowd.readers += new[0] + new[1]
        await crowd.leave()


async def test_the_server_stops_in_a_pause(on_sqlite: Timelines) -> None:
    """Everybody is sent away, and nobody with a record twice."""
    async with asyncio.timeout(20):
        crowd = await crowd_of(on_sqlite, lambda crowd: crowd.live.close())
        ended = await asyncio.gather(*(each.task for each in crowd.readers), return_exceptions=True)
        assert {type(each) for each in ended} == {ComeBack}
        assert {tuple(each.positions) for each in crowd.readers} == {(1,)}
        assert crowd.live.feeds == {}
