"""Deriving from a log while others read and append: a batch at a time, each with its checkpoint in one transaction.

Any number of processes may derive the same at once: they take turns, and whoever was killed is not missed.
"""

import time
from collections.abc import Callable, Iterator

from sqlalchemy import delete, select, tuple_

from timeline.database import Database, tables
from timeline.domain.kinds import Kinds
from timeline.log.append import lock_head
from timeline.log.read import heads
from timeline.projection.generation import Generation
from timeline.timelines.generations import (
    BATCH,
    Derived,
    State,
    advance,
    begin,
    everything,
    fingerprint_of,
    held,
    ours,
    turn,
    up_to,
)

GRACE = 10_000  # ms for which a request that began before the switch may go on reading what was retired
UNUSED = 86_400_000  # ms after which a generation that was left behind is given up: nobody seems to know its kinds
_ROWS = 2_000  # deleted at once
# Where there is one writer, whoever waits to be it looks now and then, so there has to be none for a while: for these
# shares of the time that a batch takes, when nobody has appended meanwhile and when somebody has.
_CALM, _BUSY = 0.05, 0.3
_LARGEST = 4  # batches at once, the longer nobody appends: the rows of more records share the pages that they are on
Progress = tuple[int, int]  # records done, and records in all


def derive(database: Database, kinds: Kinds, timeline_id: int, clock: Callable[[], int]) -> Iterator[Progress]:
    """Bring what these kinds derive to the head: what there is is caught up, and what is not is built."""
    with database.writing() as connection:
        lock_head(connection, timeline_id)
        live = ours(connection, timeline_id, fingerprint_of(kinds), State.LIVE)
    if live is None:
        yield from rebuild(database, kinds, timeline_id, clock)
        return
    yield from _near(database, kinds, live.generation, clock, BATCH)
    with database.writing() as connection:
        head = lock_head(connection, timeline_id).position
        up_to(connection, kinds, timeline_id, head, clock())
    yield head, head


def rebuild(
    database: Database, kinds: Kinds, timeline_id: int, clock: Callable[[], int], batch: int = BATCH
) -> Iterator[Progress]:
    """Build a generation of these kinds beside the one that answers, and switch to it once it has caught up.

    One that is being built already is gone on with. UNAVAILABLE, naming the record, if one cannot be projected: the old
    generation goes on answering, and the next attempt begins with that record.
    """
    fingerprint = fingerprint_of(kinds)
    with database.writing() as connection:
        lock_head(connection, timeline_id)
        found = ours(connection, timeline_id, fingerprint, State.BUILDING)
        generation = (found or begin(connection, timeline_id, fingerprint, State.BUILDING, clock())).generation
    yield from _near(database, kinds, generation, clock, batch)
    with database.writing() as connection:
        head = lock_head(connection, timeline_id).position
        found = held(connection, generation)
        if found is not None and found.state is State.BUILDING:  # else who built the same has switched already
            while found.checkpoint < head:
                found = advance(connection, kinds, found, head, clock(), batch)
            if (old := ours(connection, timeline_id, fingerprint, State.LIVE)) is not None:
                turn(connection, old.generation, State.RETIRED, clock())
            turn(connection, generation, State.LIVE, clock())
    yield head, head


def _near(
    database: Database, kinds: Kinds, generation: Generation, clock: Callable[[], int], batch: int
) -> Iterator[Progress]:
    """Until at most a batch is missing."""
    seen = calm = 0
    while True:
        started = time.monotonic()
        with database.writing() as connection:
            found = held(connection, generation)
            if found is None or found.state is State.RETIRED:
                return
            head = heads(connection, [generation.timeline_id])[generation.timeline_id].position
            if head - found.checkpoint <= batch:
                return
            seen, calm = head, calm + 1 if head == seen else 0
            found = advance(connection, kinds, found, head, clock(), batch * min(calm + 1, _LARGEST))
        yield found.checkpoint, head
        if database.backend.ONE_WRITER:
            time.sleep((time.monotonic() - started) * (_CALM if calm else _BUSY))


def retire_unused(database: Database, kinds: Kinds, clock: Callable[[], int]) -> None:
    """Give up generations of other kinds that have been left behind for a day: nobody appends or reads with them."""
    generation, head = tables.generation.c, tables.head.c
    left_behind = (
        select(generation.timeline_id, generation.generation)
        .join_from(tables.generation, tables.head, head.timeline_id == generation.timeline_id)
        .where(
            generation.state != State.RETIRED,
            generation.fingerprint != fingerprint_of(kinds),
            generation.checkpoint < head.position,
            generation.moved_at < clock() - UNUSED,
        )
    )
    with database.reading() as connection:
        found = [Generation(*row) for row in connection.execute(left_behind)]
    for each in found:
        with database.writing() as connection:
            lock_head(connection, each.timeline_id)
            if (now := held(connection, each)) is not None and now.moved_at < clock() - UNUSED:
                turn(connection, each, State.RETIRED, clock())


def retired(database: Database) -> list[Derived]:
    """The generations that are to be deleted."""
    with database.reading() as connection:
        return [each for each in everything(connection) if each.state is State.RETIRED]


def sweep(database: Database, generation: Generation) -> Iterator[int]:
    """Delete the rows of a generation that is retired, some at a time: the number of them, each time."""
    for table in (*tables.DERIVED, tables.generation):
        here = generation.holds(table.c)
        keys = list(table.primary_key)
        some = select(*keys).where(here).limit(_ROWS)
        deleted = _ROWS
        while deleted == _ROWS:
            with database.writing() as connection:
                held(connection, generation)  # a redaction may be taking away the same rows
                deleted = connection.execute(delete(table).where(here, tuple_(*keys).in_(some))).rowcount
            yield deleted
