"""Pages in the order of the world as they were in the past: what was recorded since is skipped, however much it is."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import BigInteger, Connection, bindparam, select, tuple_

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.projection import events
from timeline.projection.dated import nearest
from timeline.projection.events import EDGES, Ask, EventOrder, Hit, Key, key_of
from timeline.projection.filters import EVERY
from timeline.projection.generation import in_generation

REACH = 256  # rows of the index, before it is looked up where the next one is that was known
_FURTHER = 4  # times as many after that


def pages(connection: Connection, asks: Sequence[Ask]) -> list[list[Hit]]:
    """The same as `events.pages`."""
    found: dict[int, list[Hit]] = {}
    asked: dict[int, Ask] = {}
    starts: dict[object, Key | None] = {}
    for number, ask in enumerate(asks):
        if not ask.skips:
            asked[number] = ask
        elif ask.wanted == EVERY:
            found[number] = _walked(connection, ask)
        else:
            place = ask.generation, ask.basis, ask.descends, ask.beyond
            if place not in starts:
                starts[place] = _start(connection, ask, _begin(ask))
            if (start := starts[place]) is None:
                found[number] = []
            else:
                asked[number] = replace(ask, beyond=start)
    found |= zip(asked, events.pages(connection, list(asked.values())), strict=True)
    return [found[number] for number in range(len(asks))]


def _walked(connection: Connection, ask: Ask) -> list[Hit]:
    """In stretches of the index: mostly one, by one statement. Each further one begins where something was known.

    Where it ends is asked for before it is read: else what is appended in between would be taken for a part of it.
    """
    start: Key | None = _begin(ask)
    (hits,) = events.pages(connection, [replace(ask, beyond=start, reach=REACH)])
    if hits:
        start = key_of(ask.order, hits[0] if ask.backwards else hits[-1])
    reach = REACH
    while len(hits) < ask.limit and start is not None and (start := _start(connection, ask, start)) is not None:
        end = _end(connection, ask, start, reach)
        part = replace(ask, beyond=start, until=end, limit=ask.limit - len(hits))
        (some,) = events.pages(connection, [part])
        hits = some + hits if ask.backwards else hits + some
        start, reach = end, reach * _FURTHER
    return hits


def _begin(ask: Ask) -> Key:
    return EDGES[ask.descends] if ask.beyond is None else ask.beyond


def _start(connection: Connection, ask: Ask, beyond: Key) -> Key | None:
    """A key such that nothing that was known stands between the two; None if nothing was beyond."""
    found = nearest(connection, ask.generation, ask.basis, (beyond[0], beyond[1]), descending=ask.descends)
    if found is None:
        return None
    return min(beyond, (*found, ask.basis + 1)) if ask.descends else max(beyond, (*found, 0))


def _end(connection: Connection, ask: Ask, start: Key, reach: int) -> Key | None:
    """The last of so many rows of the index; None if there are fewer."""
    given = dict(zip(EventOrder.OCCURRED_ASC.names, start, strict=True), **ask.generation.given, skipped=reach - 1)
    found = _ENDS[ask.descends].rows(connection, given)
    return tuple(found[0]) if found else None


_row = tables.occurrence.c
_KEY = _row.start_hi, _row.start_lo, _row.position
_START = tuple_(*(bindparam(column.name, type_=BigInteger()) for column in _KEY))
_ROWS = select(*_KEY).where(in_generation(_row)).limit(1).offset(bindparam("skipped"))
_ENDS = {
    False: Prepared(_ROWS.where(tuple_(*_KEY) > _START).order_by(*_KEY)),
    True: Prepared(_ROWS.where(tuple_(*_KEY) < _START).order_by(*(column.desc() for column in _KEY))),
}
