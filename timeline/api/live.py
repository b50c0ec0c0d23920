"""Following: subscriptions that are equal run once for each batch, and share what came of it.

Nobody has a queue. A subscriber is a place in the log: it asks for the batch after its place, and waits when there is
none. One that reads slowly asks less often, and costs nothing meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from functools import partial

import orjson
from graphql import OperationType

from timeline.api.operations import Operation, Operations, execute
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.api.steps import Batch, Step
from timeline.api.trusted import Trusted
from timeline.domain.records import Basis
from timeline.errors import Unavailable
from timeline.timelines import Timelines

PATIENCE = 30.0  # seconds that subscribers wait for a database that is away
_AGAIN = 0.5
_KEPT = 8  # batches of a feed that are kept for those who are a little behind


class ComeBack(Exception):
    """The server cannot go on: the client is to connect again, here or elsewhere, and resume from its cursor."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an operation, as JSON. `failed`: it is nothing but errors, and the last one.

    `batch` is None for what is no batch of a subscription.
    """

    payload: str
    failed: bool = False
    batch: Batch | None = None
    away: bool = False


class Live:
    """All that goes on in this process. `heartbeat` is in seconds."""

    def __init__(
        self, schema: Schema, timelines: Timelines, *, heartbeat: float, trusted: Trusted | None = None
    ) -> None:
        self.schema = schema
        self.operations = Operations(schema, trusted)
        self.timelines = timelines
        self.heartbeat = heartbeat
        self.closing = False
        self.feeds: dict[bytes, Feed] = {}

    def close(self) -> None:
        """End every subscription, so that its client comes back."""
        self.closing = True
        for feed in self.feeds.values():
            feed.wake(grown=False)

    def answers(self, operation: Operation, resume: str | None = None) -> AsyncGenerator[Answer, None]:
        """All answers to an operation: one, or those of a subscription for ever, from the cursor `resume` if given."""
        if operation.type is not OperationType.SUBSCRIPTION:
            return self._once(operation)
        return self.feeds.setdefault(operation.shared, Feed(self, operation)).follow(operation, resume)

    async def _once(self, operation: Operation) -> AsyncGenerator[Answer, None]:
        yield await self.answer(operation, Request(self.timelines))

    async def answer(self, operation: Operation, request: Request) -> Answer:
        result = (await execute(self.schema, operation, request)).body()
        errors = result.get("errors") or ()
        batch = request.batch if isinstance(request, Step) else None
        if batch is not None:
            result["extensions"] = {"cursor": batch.cursor}
        return Answer(
            orjson.dumps(result).decode(),
            failed=bool(errors) and not result.get("data"),
            batch=batch,
            away=any(error.get("extensions", {}).get("code") == Unavailable.code for error in errors),
        )


class Feed:
    """Equal subscriptions: the same document with the same variables, apart from where each of them begins.

    Those who wait at the same place are told together: one of them asks, and all get what came of it.
    """

    def __init__(self, live: Live, operation: Operation) -> None:
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

    async def follow(self, operation: Operation, resume: str | None) -> AsyncGenerator[Answer, None]:
        """`operation` says where this one begins."""
        self.followers += 1
        try:
            answer = await self._answered((operation.own, resume), operation, lambda: self._step(resume=resume))
            while True:
                yield answer
                if answer.failed or answer.batch is None:
                    return
                if self._timeline is None:
                    self._listen(answer.batch.timeline.id)
                answer = self._at_hand(answer.batch) or await self._next(answer.batch)
        finally:
            self.followers -= 1
            if not self.followers:
                self._stop()

    def _at_hand(self, batch: Batch) -> Answer | None:
        """What comes after a batch, if somebody else has asked already; most who are a little behind find it here."""
        task = self._answers.get(batch.basis)
        if task is None or not task.done() or self._blanked != self._tail.blanked(batch.timeline.id):
            return None
        answer = task.result()
        return answer if answer.batch is not None and answer.batch.is_news and not self._live.closing else None

    async def _next(self, batch: Batch) -> Answer:
        if self._goes_on(batch):
            answer, batch = await self._further(batch)
            if answer is not None:
                return answer
        return await self._told(batch)

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

    def _told(self, batch: Batch) -> asyncio.Future[Answer]:
        """What there will be to tell after a batch that there is nothing after yet."""
        if self._live.closing:
            raise ComeBack
        told: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting_after(batch).several.append(told)
        return told

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
        except Exception as error:  # noqa: BLE001 it is for those who wait
            for each in self._waiting.pop(place).open:
                each.set_exception(error)
            return
        several = self._waiting.pop(place).open
        if answer is None:
            self._waiting_after(batch).several += several
            return
        for each in several:
            each.set_result(answer)

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
            if task is None:
                task = self._answers[key] = self._loop.create_task(self._live.answer(operation, step()))
                if len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
            answer = task.result() if task.done() else await asyncio.shield(task)
            leads_on = answer.batch is not None and answer.batch.basis != key
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
            if waiting.telling is None:
                waiting.telling = self._loop.create_task(self._tell(waiting, idle=not grown))

    def _heartbeat(self) -> None:
        self.wake(grown=False)
        self._beat = self._loop.call_later(self._live.heartbeat, self._heartbeat)


@dataclass(slots=True)
class _Waiting:
    """Those who wait at the end of a batch, and the task that is going to tell them what comes next."""

    batch: Batch
    several: list[asyncio.Future[Answer]] = field(default_factory=list)
    telling: asyncio.Task[None] | None = None

    @property
    def open(self) -> list[asyncio.Future[Answer]]:
        """Without those who have left."""
        return [each for each in self.several if not each.done()]
