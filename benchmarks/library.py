"""The recorders of the `eventsourcing` library, with as many connections as suit them and their gap-safe table lock."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import NAMESPACE_URL, uuid5

import eventsourcing.sqlite
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from sqlalchemy.engine import make_url

from benchmarks.checks import expect
from benchmarks.events import Workload
from benchmarks.places import Place
from timeline.database import sqlite

PATIENCE = 120  # seconds for a connection: more callers wait than there are connections
POOL = 8


def insert(place: Place, workload: Workload, warm: int, count: int, *, batch: int = 1, callers: int = 1) -> float:
    """Seconds for `count` events, after `warm` events that are not timed."""
    events = _stored(workload, warm + count)
    with place.fresh() as address, _recorder(address) as recorder:
        _insert(recorder, events[:warm], batch, callers)
        started = time.perf_counter()
        _insert(recorder, events[warm:], batch, callers)
        seconds = time.perf_counter() - started
        found = recorder.select_notifications(1, len(events) + 1)
        expect("states", sorted(each.state for each in found), sorted(event.state for event in events))
    return seconds


def _stored(workload: Workload, count: int) -> list[StoredEvent]:
    """An aggregate for each app, and the payload as long as Timeline's."""
    versions: Counter[str] = Counter()
    events = []
    for index, line in enumerate(workload.lines[:count]):
        app = line["data"]["app"]
        versions[app] += 1
        events.append(
            StoredEvent(uuid5(NAMESPACE_URL, app), versions[app], "charts:ChartMilestone", workload.payload(index))
        )
    return events


def _insert(recorder: ApplicationRecorder, events: Sequence[StoredEvent], batch: int, callers: int) -> None:
    def caller(mine: Sequence[StoredEvent]) -> None:
        for start in range(0, len(mine), batch):
            recorder.insert_events(mine[start : start + batch])

    if callers == 1:
        caller(events)
        return
    with ThreadPoolExecutor(callers) as threads:
        list(threads.map(caller, [events[number::callers] for number in range(callers)]))


@contextmanager
def _recorder(address: str) -> Iterator[ApplicationRecorder]:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        eventsourcing.sqlite.sqlite3 = sqlite.driver()  # type: ignore[attr-defined]  # the same SQLite for everyone
        embedded = SQLiteDatastore(url.database or "", pool_size=POOL, pool_timeout=PATIENCE, lock_timeout=PATIENCE)
        recorder = SQLiteApplicationRecorder(embedded)
        recorder.create_table()
        yield recorder
        embedded.close()
        return
    host = url.host or str(url.query["host"])
    with PostgresDatastore(
        url.database or "",
        host,
        url.port or 5432,
        url.username or "",
        url.password or "",
        pool_size=POOL,
        connect_timeout=PATIENCE,
    ) as server:
        shared = PostgresApplicationRecorder(server)
        shared.create_table()
        yield shared
