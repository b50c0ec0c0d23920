"""The thread of a server that keeps what its kinds derive near the heads, whoever appends."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import func, select

from timeline.database import Database, away, tables
from timeline.domain.kinds import Kinds
from timeline.timelines.generations import MISSING, State, fingerprint_of
from timeline.timelines.rebuild import GRACE, derive, retire_unused, retired, sweep

PAUSE = 1.0  # seconds between two looks
_AGAIN = 30.0  # seconds after a failure
_TIDY = 60.0  # seconds between two looks for what is to be deleted

logger = logging.getLogger(__name__)


class Keeper:
    """Begins with what is missing when it is started. It never holds anything for longer than a batch takes."""

    def __init__(self, database: Database, kinds: Kinds, clock: Callable[[], int]) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._stopped = threading.Event()
        self._looked = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timeline-keeper", daemon=True)

    def start(self, patience: float) -> None:
        """Waits for so many seconds for what is missing now."""
        self._thread.start()
        self._looked.wait(patience)

    def close(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        tidied = 0.0
        while not self._stopped.is_set():
            try:
                caught_up = [self._catch_up(*each) for each in self._behind()]
                self._looked.set()
                if time.monotonic() - tidied > _TIDY:
                    self._tidy()
                    tidied = time.monotonic()
            except Exception as error:  # noqa: BLE001 it is logged
                away.log(logger, logging.ERROR, "could not find out what is to be derived; trying again", error)
                caught_up = [False]
            self._looked.set()
            self._stopped.wait(PAUSE if all(caught_up) else _AGAIN)

    def _catch_up(self, timeline_id: int, slug: str, missing: int) -> bool:
        """Whether it could be; one timeline that cannot holds up no other."""
        if missing > MISSING:
            logger.warning("deriving the states of %s: %d records; it answers once that is done", slug, missing)
        try:
            for _ in derive(self._database, self._kinds, timeline_id, self._clock):
                if self._stopped.is_set():
                    return False
        except Exception as error:  # noqa: BLE001 it is logged
            away.log(logger, logging.ERROR, f"the states of {slug} could not be derived; trying again", error)
            return False
        if missing > MISSING:
            logger.warning("the states of %s are derived", slug)
        return True

    def _behind(self) -> list[tuple[int, str, int]]:
        """The timelines of which something is missing, and how many records."""
        timeline, head, generation = tables.timeline.c, tables.head.c, tables.generation.c
        missing = head.position - func.coalesce(generation.checkpoint, 0)
        own = (
            (generation.timeline_id == head.timeline_id)
            & (generation.fingerprint == fingerprint_of(self._kinds))
            & (generation.state == State.LIVE)
        )
        statement = (
            select(timeline.id, timeline.slug, missing)
            .select_from(
                tables.timeline.join(tables.head, head.timeline_id == timeline.id).outerjoin(tables.generation, own)
            )
            .where(missing > 0)
            .order_by(missing)
        )
        with self._database.reading() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(statement)]

    def _tidy(self) -> None:
        retire_unused(self._database, self._kinds, self._clock)
        for each in retired(self._database):
            if each.moved_at <= self._clock() - GRACE:
                for _ in sweep(self._database, each.generation):
                    if self._stopped.is_set():
                        return
