"""Following: subscriptions that are equal run once for each batch, and share what came of it.

Nobody has a queue. A subscriber is a place in the log: it asks for the batch after its place, and waits when there is
none. One that reads slowly asks less often, and costs nothing meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial

import orjson
from graphql import OperationType

from timeline.api.operations import Operation, Operations, execute
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.api.subscription import Batch, Step
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

    async def answers(self, operation: Operation, resume: str | None = None) -> AsyncGenerator[Answer, None]:
        """All answers to an operation: one, or those of a subscription for ever, from the cursor `resume` if given."""
        if operation.type is not OperationType.SUBSCRIPTION:
            yield await self.answer(operation, Request(self.timelines))
            return
        key = operation.shared
        feed = self.feeds.setdefault(key, Feed(self))
        feed.followers += 1
        try:
            async for answer in feed.follow(operation, resume):
                yield answer
        finally:
            feed.followers -= 1
            if not feed.followers:
                del self.feeds[key]
                feed.stop()

    async def answer(self, operation: Operation, request: Request) -> Answer:
        result = (await execute(self.schema, operation, request)).body()
        errors = result.get("errors") or ()
        return Answer(
            orjson.dumps(result).decode(),
            failed=bool(errors) and not result.get("data"),
            batch=request.batch if isinstance(request, Step) else None,
            away=any(error.get("extensions", {}).get("code") == Unavailable.code for error in errors),
        )


class Feed:
    """Equal subscriptions: the same document with the same variables, apart from where each of them begins."""

    def __init__(self, live: Live) -> None:
        self.followers = 0
        self._live = live
        self._tail = live.timelines.tail
        self._blanked = 0
        self._loop = asyncio.get_running_loop()
        self._answers: OrderedDict[object, asyncio.Task[Answer]] = OrderedDict()
        self._waiting: set[asyncio.Future[bool]] = set()
        self._timeline: int | None = None
        self._beat: asyncio.TimerHandle | None = None

    async def follow(self, operation: Operation, resume: str | None) -> AsyncGenerator[Answer, None]:
        answer = await self._answered((operation.own, resume), operation, lambda: self._step(resume=resume))
        while True:
            yield answer
            batch = answer.batch
            if answer.failed or batch is None:
                return
            self._listen(batch.timeline.id)
            answer = await self._next(operation, batch)

    async def _next(self, operation: Operation, batch: Batch) -> Answer:
        """The next batch that has something to tell; waits for it."""
        while True:
            place = batch.basis
            if await self._grown(batch):
                answer = await self._answered(place, operation, partial(self._step, place))
                if answer.failed or answer.batch is None or answer.batch.records:
                    return answer
                batch = answer.batch  # nothing that the filter admits: the next heartbeat tells how far that was
                if batch.basis == place:
                    await asyncio.sleep(_AGAIN)  # what has grown cannot be read yet: this reads from a replica
            else:
                return await self._answered((place, "idle"), operation, partial(self._step, place, idle=True))

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

    async def _grown(self, batch: Batch) -> bool:
        """Waits until the log goes on after a batch; False when a heartbeat is due before."""
        if batch.basis.position < batch.head:
            return True
        while not self._live.closing:
            if self._tail.head(batch.timeline.id) > batch.basis.position:
                return True
            waiting = self._loop.create_future()
            self._waiting.add(waiting)
            try:
                if not await waiting and not self._live.closing:
                    return False
            finally:
                self._waiting.discard(waiting)
        raise ComeBack

    def _listen(self, timeline_id: int) -> None:
        if self._timeline is None:
            self._timeline = timeline_id
            self._tail.follow(timeline_id, self._wake_soon)
            self._beat = self._loop.call_later(self._live.heartbeat, self._heartbeat)

    def stop(self) -> None:
        if self._timeline is not None:
            self._tail.leave(self._timeline, self._wake_soon)
        if self._beat is not None:
            self._beat.cancel()

    def _wake_soon(self) -> None:
        """Called on the thread that noticed."""
        self._loop.call_soon_threadsafe(partial(self.wake, grown=True))

    def wake(self, *, grown: bool) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(grown)

    def _heartbeat(self) -> None:
        self.wake(grown=False)
        self._beat = self._loop.call_later(self._live.heartbeat, self._heartbeat)
