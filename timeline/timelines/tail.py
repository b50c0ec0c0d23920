"""The end of every log that somebody follows. Whoever follows is a position, and is woken when there is more.

One thread a process listens to the database, while there is anybody to wake. It begins to listen before it looks, and
looks again now and then, so a wake-up that is lost costs a delay and never a record.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from timeline.database import Database, away
from timeline.domain.acts import REDACTION
from timeline.domain.records import Basis, Record
from timeline.log import chain
from timeline.log.read import heads, record_of, rows_after

RING = 500  # records of each log that are kept for those who follow
SLOW = 5.0  # seconds between two looks when nothing was heard
_SLICE = 0.1  # seconds after which the thread notices that it is to look, or to end
_AGAIN = 0.5  # seconds until it listens again after the connection was lost

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Log:
    """The last records of a log, without a gap, up to `head`; None until the first look.

    `blanked` counts how often what was read before may have been blanked since.
    """

    head: Basis | None = None
    blanked: int = 0
    records: deque[Record] = field(default_factory=lambda: deque(maxlen=RING))
    wakes: list[Callable[[], None]] = field(default_factory=list)

    def extend(self, record: Record) -> None:
        if record.kind == REDACTION:
            self.forget()
        self.records.append(record)
        self.head = record.basis

    def forget(self) -> None:
        self.records.clear()
        self.blanked += 1


class Tail:
    """Wakes those who follow a log, and gives them its last records. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._logs: dict[int, _Log] = {}
        self._thread: threading.Thread | None = None
        self._look_now = False
        self._closed = False
        self._failed = False  # and it was logged; a database that is away says so itself

    def follow(self, timeline_id: int, wake: Callable[[], None]) -> None:
        """From now on call `wake`, on any thread, each time that the log has grown."""
        with self._lock:
            log = self._logs.setdefault(timeline_id, _Log())
            log.wakes.append(wake)
            self._look_now |= log.head is None
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="timeline-tail", daemon=True)
                self._thread.start()

    def leave(self, timeline_id: int, wake: Callable[[], None]) -> None:
        with self._lock:
            log = self._logs[timeline_id]
            log.wakes.remove(wake)
            if not log.wakes:
                del self._logs[timeline_id]

    def head(self, timeline_id: int) -> int:
        """How far a log that is followed has got, as far as is known here; 0 before the first look."""
        log = self._logs.get(timeline_id)
        return 0 if log is None or log.head is None else log.head.position

    def blanked(self, timeline_id: int) -> int:
        """Another number each time that what was read of the log before may have been blanked."""
        log = self._logs.get(timeline_id)
        return 0 if log is None else log.blanked

    def after(self, timeline_id: int, place: Basis, limit: int) -> tuple[list[Record], Basis] | None:
        """Up to `limit` records after `place`, and the head; None if they are not at hand, or `place` is of another
        history: then the database has to be asked.
        """
        with self._lock:
            log = self._logs.get(timeline_id)
            if log is None or log.head is None:
                return None
            index = place.position - log.records[0].position if log.records else -1
            if not 0 <= index < len(log.records) - 1 or log.records[index].hash != place.hash:
                return None
            return list(islice(log.records, index + 1, index + 1 + limit)), log.head

    def committed(self, timeline_id: int, records: Iterable[tuple[Record, bytes]]) -> bool:
        """Records, each with its commitment, are in the log. Those of before are passed over; after a gap the thread
        has to look. False if one is of another history than the record before it, after a fail-over.
        """
        with self._lock:
            log = self._logs.get(timeline_id)
            if log is None or log.head is None:
                return True
            before = log.head.position
            for record, commitment in sorted(records, key=lambda each: each[0].position):
                if record.position == log.head.position + 1:
                    if not _follows(log.head, record, commitment):
                        self._look_now = True
                        return False
                    log.extend(record)
            wakes = list(log.wakes) if log.head.position > before else []
        _wake_all(wakes)
        return True

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_wanted:
                    self._thread = None
                    return
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 it is logged
                if not self._failed:
                    self._failed = away.log(logger, logging.WARNING, "logs cannot be followed; asking again", error)
                time.sleep(_AGAIN)

    @property
    def _is_wanted(self) -> bool:
        return bool(self._logs) and not self._closed

    def _listen(self) -> None:
        with self._database.backend.growth.listening(self._database.read) as heard:
            self._look_now = True
            looked = 0.0
            while self._is_wanted:
                now = time.monotonic()
                if self._look_now or now - looked > SLOW:
                    self._look_now = False
                    self._look()
                    looked = now
                    if self._failed:
                        self._failed = False
                        logger.warning("logs are followed again")
                self._look_now |= heard(_SLICE)

    def _look(self) -> None:
        """Read what the logs have gained, and wake those who follow them."""
        with self._lock:
            known = {timeline_id: log.head for timeline_id, log in self._logs.items()}
        with self._database.reading() as connection:
            for timeline_id, head in heads(connection, list(known)).items():
                before = known[timeline_id]
                if before is None or not 0 < head.position - before.position <= RING:
                    if head != before:
                        self._leap(timeline_id, before, head)
                    continue
                rows = rows_after(connection, timeline_id, before.position, head.position, RING)
                if not self.committed(timeline_id, [(record_of(row), row.commitment) for row in rows]):
                    self._leap(timeline_id, before, head)

    def _leap(self, timeline_id: int, before: Basis | None, head: Basis) -> None:
        """The first look, or too much to read, or another history after a fail-over: who follows asks the database."""
        with self._lock:
            log = self._logs.get(timeline_id)
            if log is None or log.head != before:  # this process has appended meanwhile: the next look will tell
                return
            log.head = head
            log.forget()
            wakes = list(log.wakes)
        _wake_all(wakes)


def _follows(head: Basis, record: Record, commitment: bytes) -> bool:
    previous = head.hash or chain.GENESIS
    return record.hash == chain.link(previous, record.position, record.id, record.recorded_at, commitment)


def _wake_all(wakes: Iterable[Callable[[], None]]) -> None:
    """One who cannot be woken any more, since its event loop is closed, is nobody else's trouble."""
    for wake in wakes:
        try:
            wake()
        except Exception:
            logger.exception("a subscriber could not be woken")
