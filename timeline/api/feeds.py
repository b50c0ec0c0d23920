"""Equal subscriptions run once for each batch, and share what came of it.

Nobody has a queue. A subscriber is a place in the log: it asks for the batch after its place, and waits when there is
none. One that reads slowly asks less often, and costs nothing meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from timeline.api.faults import ComeBack, ended_by
from timeline.api.operations import Operation
from timeline.api.steps import Batch, Step
from timeline.domain.records import Basis

if TYPE_CHECKING:
    from timeline.api.live import Live

PATIENCE = 30.0  # seconds that subscribers wait for a database that is away
_AGAIN = 0.5
_SLICE = 500  # followers who are told in one go
_KEPT = 8  # batches of a feed that are kept for those who are a little behind


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an operation, as JSON. `failed`: it is nothing but errors, and the last one.

    `batch` is None for what is no batch of a subscription.
    """

    payload: bytes
    failed: bool = False
    batch: Batch | None = None
    away: bool = False


Hand = Callable[[Answer], bool]  # takes an answer at once, or says False: then it is to be told of it


class Feed:
    """Equal subscriptions: the same document with the same variables, apart from where each of them begins.

    Those who wait at the same place are told together: one of them asks, and all get what came of it. Who can take it
    at once is handed it and waits on, after it: to wake a task for each delivery would cost as much as sending it.
    """

    def __init__(self, live: "Live", operation: Operation) -> None:
        self.followers = 0
        self._live = live
        self._operation = operation
        self._tail = live.timelines.tail
        self._blanked = 0
        self._loop = asyncio.get_running_loop()
        self._answers: OrderedDict[object, asyncio.Task[Answer]] = OrderedDict()
        self._waiting: dict[Basis, _Waiting] = {}
        self._timeline: int | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def follow(self, operation: Operation, resume: str | None, hand: Hand | None) -> AsyncGenerator[Answer, None]:
        """`operation` says where this one begins."""
        self.followers += 1
        try:
            answer = await self._answered((operation.own, resume), operation, lambda: self._step(resume=resume))
            operation = self._operation  # one of them all is enough to keep
            while True:
                yield answer
                if answer.failed or answer.batch is None:
                    return
                if self._timeline is None:
                    self._listen(answer.batch.timeline.id)
                answer = self._at_hand(answer.batch) or await self._next(answer.batch, hand)
        finally:
            self.followers -= 1
            if not self.followers:
                self._stop()

    def _at_hand(self, batch: Batch) -> Answer | None:
        """What comes after a batch, if somebody else has asked already; most who are a little behind find it here."""
        task = self._answers.get(batch.basis)
        if (
            task is None
            or not task.done()
            or task.exception()
            or self._blanked != self._tail.blanked(batch.timeline.id)
        ):
            return None
        answer = task.result()
        if answer.away or answer.batch is None or not answer.batch.is_news or self._live.closing:
            return None
        return answer

    async def _next(self, batch: Batch, hand: Hand | None) -> Answer:
        if self._goes_on(batch):
            answer, batch = await self._further(batch)
            if answer is not None:
                return answer
        if self._live.closing:
            raise ComeBack
        follower = _Follower(self._loop.create_future(), hand)
        self._waiting_after(batch).several.append(follower)
        try:
            return await follower.told
        finally:
            follower.hand = None  # who has left may be among those who wait for a while yet, and is to hold nothing

    async def _further(self, batch: Batch) -> tuple[Answer | None, Batch]:
        """The next answer after a batch that has something to tell, and how far the log was looked through for it."""
        while self._goes_on(batch):
            place = batch.basis
            answer = await self._answered(place, self._operation, partial(self._step, place))
            if answer.failed or answer.batch is None or answer.batch.is_news:
                return answer, batch
            batch = answer.batch  # nothing to tell: the next heartbeat says how far that was
            if batch.basis == place:
                await asyncio.sleep(_AGAIN)  # what has grown cannot be read yet: this reads from a replica
        return None, batch

    def _goes_on(self, batch: Batch) -> bool:
        return batch.basis.position < batch.head or batch.basis.position < self._tail.head(batch.timeline.id)

    def _waiting_after(self, batch: Batch) -> "_Waiting":
        waiting = self._waiting.get(batch.basis)
        if waiting is None:
            waiting = self._waiting[batch.basis] = _Waiting(batch)
        return waiting

    async def _tell(self, waiting: "_Waiting", *, idle: bool) -> None:
        """Tell those who wait at one place what comes after it, or where they are."""
        place = waiting.batch.basis
        try:
            answer, batch = await self._further(waiting.batch)
            if answer is None and idle:
                step = partial(self._step, batch.basis, idle=True)
                answer = await self._answered((batch.basis, "idle"), self._operation, step)
            several = self._waiting.pop(place).open
            if answer is not None:
                several = await _handed(answer, several)
                batch = answer.batch or batch
            if several:
                self._wait_on(several, batch)
        except Exception as error:  # noqa: BLE001 it is for those who wait
            if self._waiting.get(place) is waiting:
                del self._waiting[place]
            ended = ended_by(error)
            for each in waiting.open:
                each.told.set_exception(type(ended)())  # one for all would keep what each of them did with it

    def _wait_on(self, several: list["_Follower"], batch: Batch) -> None:
        waiting = self._waiting_after(batch)
        waiting.several += several
        if self._live.closing or self._goes_on(batch):  # whoever woke the others did not find these here
            self._tell_soon(waiting, idle=self._live.closing)

    def _step(self, place: Basis | None = None, *, resume: str | None = None, idle: bool = False) -> Step:
        return Step(self._live.timelines, place, resume=resume, idle=idle)

    async def _answered(self, key: object, operation: Operation, step: Callable[[], Step]) -> Answer:
        """The answer to one step, executed once for all who want it; UNAVAILABLE is tried again for a while."""
        deadline = self._loop.time() + PATIENCE
        while not self._live.closing:
            if self._timeline is not None and self._blanked != (now := self._tail.blanked(self._timeline)):
                self._answers.clear()  # what was blanked may be in them
                self._blanked = now
            task = self._answers.get(key)
            if task is None or (task.done() and task.exception()):
                task = self._answers[key] = self._loop.create_task(self._live.answer(operation, step()))
                if len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
            answer = task.result() if task.done() else await asyncio.shield(task)
            # What was read may be there, and the database have gone away before all of it was told.
            leads_on = not answer.away and answer.batch is not None and answer.batch.basis != key
            if not leads_on and self._answers.get(key) is task:
                del self._answers[key]
            if not answer.away:
                return answer
            if self._loop.time() > deadline:
                break
            await asyncio.sleep(_AGAIN)
        raise ComeBack

    def _listen(self, timeline_id: int) -> None:
        self._timeline = timeline_id
        self._tail.follow(timeline_id, self._wake_soon)
        self._beat = self._loop.call_later(self._live.heartbeat, self._heartbeat)

    def _stop(self) -> None:
        """The last one has left."""
        self._live.feeds.pop(self._operation.shared, None)
        if self._timeline is not None:
            self._tail.leave(self._timeline, self._wake_soon)
        if self._beat is not None:
            self._beat.cancel()
        for waiting in self._waiting.values():
            if waiting.telling is not None:
                waiting.telling.cancel()

    def _wake_soon(self) -> None:
        """Called on the thread that noticed."""
        self._loop.call_soon_threadsafe(partial(self.wake, grown=True))

    def wake(self, *, grown: bool) -> None:
        for waiting in self._waiting.values():
            self._tell_soon(waiting, idle=not grown)

    def _tell_soon(self, waiting: "_Waiting", *, idle: bool) -> None:
        if waiting.telling is None:
            waiting.telling = self._loop.create_task(self._tell(waiting, idle=idle))

    def _heartbeat(self) -> None:
        self.wake(grown=False)
        self._beat = self._loop.call_later(self._live.heartbeat, self._heartbeat)


@dataclass(slots=True)
class _Follower:
    """One who waits: it is handed what comes, until there is something that it has to be told of."""

    told: asyncio.Future[Answer]
    hand: Hand | None


@dataclass(slots=True)
class _Waiting:
    """Those who wait at the end of a batch, and the task that is going to tell them what comes next."""

    batch: Batch
    several: list[_Follower] = field(default_factory=list)
    telling: asyncio.Task[None] | None = None

    @property
    def open(self) -> list[_Follower]:
        """Without those who have left."""
        return [each for each in self.several if not each.told.done()]


async def _handed(answer: Answer, several: list[_Follower]) -> list[_Follower]:
    """Those who took the answer at once, and wait on; the others are told. Everybody else gets a turn now and then."""
    leads_on = answer.batch is not None and not answer.failed
    takers = []
    for start in range(0, len(several), _SLICE):
        if start:
            await asyncio.sleep(0)
        for each in several[start : start + _SLICE]:
            if each.told.done():
                continue  # it has left meanwhile
            if leads_on and each.hand is not None and each.hand(answer):
                takers.append(each)
            else:
                each.told.set_result(answer)
    return takers
