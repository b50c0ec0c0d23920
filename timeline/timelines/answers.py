"""Telling callers what came of their appends. Those who wait on an event loop are told all at once for each group:
to wake a loop for each of them costs a tenth of the append, and lets it work while the next group wants to be written.
"""

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from timeline.errors import TimelineError
from timeline.timelines.outcomes import Append, Appended

Outcome = tuple[Append, Appended | TimelineError]
_Waiting = list[tuple[asyncio.Future[Any], Future[Any]]]


class Answers:
    def __init__(self) -> None:
        self._giving: int | None = None  # the thread that will wake the loops
        self._told: dict[asyncio.AbstractEventLoop, _Waiting] = {}

    def wait(self, future: Future[Appended]) -> asyncio.Future[Appended]:
        """The same as a future of the running event loop. To cancel it does not cancel the append."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Appended] = loop.create_future()

        def tell(done: Future[Appended]) -> None:
            if threading.get_ident() == self._giving:
                self._told.setdefault(loop, []).append((waiter, done))
            else:
                _wake(loop, [(waiter, done)])

        future.add_done_callback(tell)
        return waiter

    def give(self, outcomes: Iterable[Outcome]) -> None:
        """Answer each append. One thread gives all answers."""
        self._giving = threading.get_ident()
        try:
            for append, outcome in outcomes:
                if isinstance(outcome, Appended):
                    append.future.set_result(outcome)
                else:
                    append.future.set_exception(outcome)
        finally:
            self._giving = None
            told, self._told = self._told, {}
            for loop, waiting in told.items():
                _wake(loop, waiting)


def _wake(loop: asyncio.AbstractEventLoop, waiting: _Waiting) -> None:
    with suppress(RuntimeError):  # it is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, waiting)


def _settle(waiting: _Waiting) -> None:
    for waiter, done in waiting:
        if waiter.done():
            continue
        if done.cancelled():
            waiter.cancel()
        elif (error := done.exception()) is not None:
            waiter.set_exception(error)
        else:
            waiter.set_result(done.result())
