"""The one thread of a process that writes: appends that arrive together are committed together."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from copy import copy
from itertools import groupby

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from timeline.database import UNSURE, Database, away
from timeline.database.plainly import plainly
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import TimelineError, Unavailable
from timeline.timelines.admission import Admission
from timeline.timelines.answers import Answers, Outcome
from timeline.timelines.outcomes import Append, Appended
from timeline.timelines.tail import Tail

MAX_GROUP = 2_000  # events; beyond, whoever came first would wait too long
_SMALL = 200  # events that are written so soon that those before them can be answered afterwards
SCRUB_PAUSE = 1.0  # seconds

logger = logging.getLogger(__name__)


class Writer:
    """Takes appends in order of arrival and answers each one's future once it is durable, or refused."""

    def __init__(
        self, database: Database, kinds: Kinds, clock: Callable[[], int], tail: Tail, answers: Answers
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._tail = tail
        self._answers = answers
        self._unanswered: Sequence[Outcome] = ()  # committed, or refused
        self._queue: queue.SimpleQueue[Append | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._scrub_at: float | None = None  # something was blanked, and the database's files may still hold it

    def submit(self, append: Append) -> None:
        with self._lock:
            if self._closed:
                raise Unavailable("the server is closing: nothing was appended")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timeline-writer", daemon=True)
                self._thread.start()
            self._queue.put(append)

    def close(self) -> None:
        """Answer what was submitted, then stop."""
        with self._lock:
            self._closed = True
            thread = self._thread
        self._queue.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            if not self._is_soon(group):
                self._answer()
            try:
                outcomes = self._commit(group)
            except Exception as error:  # noqa: BLE001 nothing may end this thread: callers would wait for ever
                away.log(logger, logging.ERROR, f"a group of {len(group)} appends failed", error)
                outcomes = [(append, _unknown()) for append in group]
            self._scrub()
            self._answer()  # it may have failed before it came to its commit
            self._unanswered = outcomes
        self._answer()

    def _answer(self) -> None:
        """Answer the group before this one: when nothing else is there to write, or while this one is committed.

        Callers make their next events ready when they are answered, and Python does one thing at a time: but to
        commit is the database's work.
        """
        outcomes, self._unanswered = self._unanswered, ()
        try:
            self._answers.give(outcomes)
            self._tell(outcomes)
        except Exception:
            logger.exception("not everybody was told what was committed")

    def _is_soon(self, group: Sequence[Append]) -> bool:
        """Whether it is committed so soon that those before it can be answered then: it is small, and waits for no head
        that they did not have.
        """
        before = {append.timeline_id for append, _ in self._unanswered}
        return sum(len(append.entries) for append in group) <= _SMALL and all(
            append.entries and append.timeline_id in before for append in group
        )

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        """Give those who follow what was committed; the database tells those of other processes."""
        records: dict[int, list[tuple[Record, bytes]]] = {}
        for append, outcome in outcomes:
            if isinstance(outcome, Appended):
                commitments = (entry.commitment for entry in append.entries)
                records.setdefault(append.timeline_id, []).extend(zip(outcome.records, commitments, strict=False))
        for timeline_id, several in records.items():
            self._tail.committed(timeline_id, several)

    def _scrub(self) -> None:
        """Try it if it is time; a reader that is busy prevents it."""
        if self._scrub_at is None or time.monotonic() < self._scrub_at:
            return
        done = False
        try:
            done = self._database.scrub()
        except Exception as error:  # noqa: BLE001 it is logged
            what = "what was redacted may still be in the database's files; trying again to empty them"
            away.log(logger, logging.ERROR, what, error)
        self._scrub_at = None if done else time.monotonic() + SCRUB_PAUSE

    def _wait(self) -> Append | None:
        """Waits for the next append; meanwhile what could not be scrubbed is tried again."""
        while True:
            if self._queue.empty():
                self._answer()
            try:
                return self._queue.get(timeout=None if self._scrub_at is None else SCRUB_PAUSE)
            except queue.Empty:
                self._scrub()

    def _next_group(self) -> list[Append]:
        """What has arrived by now; waits for the first. Empty when closed."""
        group: list[Append] = []
        size = 0
        append = self._wait()
        while append is not None:
            if append.future.set_running_or_notify_cancel():
                group.append(append)
                size += len(append.entries)
            if group and (size >= MAX_GROUP or self._queue.empty()):
                return group
            append = self._wait()
        if group:
            self._queue.put(None)
        return group

    def _commit(self, group: Sequence[Append]) -> Sequence[Outcome]:
        """Commit a group as one transaction. Whatever goes wrong with one append must not fail the others, so a group
        that fails before its commit is tried again with a savepoint around each.
        """
        try:
            return self._transaction(group, self._together)
        except Exception as error:  # noqa: BLE001 it is logged
            what = f"a group of {len(group)} appends failed; trying again one by one"
            away.log(logger, logging.WARNING, what, error)
        self._answer()
        try:
            return self._transaction(group, self._apart)
        except Exception as error:  # noqa: BLE001 it is logged
            away.log(logger, logging.ERROR, f"a group of {len(group)} appends failed before its commit", error)
            return [(append, _failed()) for append in group]

    def _transaction(
        self, group: Sequence[Append], write: Callable[[Connection, Sequence[Append]], Sequence[Outcome]]
    ) -> Sequence[Outcome]:
        with self._database.write.connect() as connection:
            transaction = connection.begin()
            outcomes = write(connection, group)
            self._answer()
            try:
                transaction.commit()
            except Exception as error:  # it may have been committed, with the answer lost on its way
                what, lost = "the outcome of a commit is unknown: %s", away.is_away(error)
                logger.log(logging.ERROR, what, plainly(error), exc_info=not lost)
                return [(append, _unknown()) for append in group]
            if connection.info.pop(UNSURE, False):
                logger.error("the database warned that a commit may not be everywhere it should be")
                return [(append, _unknown()) for append in group]
            return outcomes

    def _together(self, connection: Connection, group: Sequence[Append]) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        # In the order of their ids, so that nodes that lock the heads of several timelines cannot wait for each other.
        by_timeline = sorted(group, key=lambda append: append.timeline_id)
        for timeline_id, several in groupby(by_timeline, key=lambda append: append.timeline_id):
            appends = list(several)
            try:
                admission = Admission.begin(connection, self._kinds, timeline_id, appends, self._clock)
            except TimelineError as refusal:  # what is derived is not as far as the log
                outcomes += [(append, copy(refusal)) for append in appends]
                continue
            for append in appends:
                try:
                    outcomes.append((append, admission.admit(append)))
                except TimelineError as refusal:
                    outcomes.append((append, refusal))
            with self._database.backend.pipelined(connection):
                admission.write(connection)
                if admission.projected:
                    self._database.backend.growth.announce(connection)
            if admission.settle(connection):
                self._scrub_at = time.monotonic()
        return outcomes

    def _apart(self, connection: Connection, group: Sequence[Append]) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        held: set[int] = set()  # timelines whose head somebody else holds: to wait for it once is enough
        for append in sorted(group, key=lambda append: append.timeline_id):
            if append.timeline_id in held:
                outcomes.append((append, _failed()))
                continue
            try:
                with connection.begin_nested():
                    done = self._together(connection, [append])
                outcomes += done
            except Exception as error:
                if getattr(error, "connection_invalidated", False):
                    raise
                logger.exception("an append failed")
                if isinstance(error, OperationalError):
                    held.add(append.timeline_id)
                outcomes.append((append, _failed()))
        return outcomes


def _failed() -> TimelineError:
    return Unavailable("the database did not take it, nothing was appended: try again with the same ids")


def _unknown() -> TimelineError:
    return Unavailable("it is not known whether it was appended: try again with the same ids, that is safe")
