"""What tests make over and over: events of the toy kinds, and raw connections."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from timeline.database import Database
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.log.append import lock_head
from timeline.log.read import heads, rows_after
from timeline.projection.generation import Generation
from timeline.timelines import Timelines


def made(kinds: Kinds, kind: str, data: dict[str, Any], **more: Any) -> New:
    """An event as a caller would send it, with an id of its own unless one is given."""
    return new_event(kinds, {"id": str(uuid4()), "kind": kind, "occurred": "2025-01-10", "data": data, **more})


def moved(kinds: Kinds, toy: str = "bear", room: str | None = "attic", id: UUID | None = None) -> New:
    return made(kinds, "toy.moved", {"toy": toy, "room": room}, id=str(id or uuid4()))


def fill(timelines: Timelines, count: int, toy: str = "bear") -> None:
    timelines.append("toys", [moved(timelines.kinds, toy) for _ in range(count)])


def logged(timelines: Timelines, slug: str = "toys") -> list[Any]:
    """Every row of a timeline's log, in order."""
    with timelines.reading() as connection:
        return rows_after(connection, timelines.find(slug).id, 0, 2**62, 2**31 - 1)


def derived(timelines: Timelines, slug: str = "toys") -> Generation:
    """What the kinds of this node have derived from a timeline, up to its head."""
    timeline_id = timelines.find(slug).id
    with timelines.reading() as connection:
        return timelines.heads(connection, [timeline_id])[timeline_id].generation


def head(timelines: Timelines, slug: str = "toys") -> int:
    with timelines.reading() as connection:
        (basis,) = heads(connection, [timelines.find(slug).id]).values()
    return basis.position


def counts(timelines: Timelines) -> dict[str, int]:
    """How many rows each table has."""
    tables = ("timeline", "record", "occurrence", "mention", "citation", "naming")
    with timelines.reading() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


@contextmanager
def head_held(address: str, timelines: Timelines, slug: str = "toys") -> Iterator[Connection]:
    """Holds a timeline's head from another connection: whoever appends waits until the end."""
    other = Database.open(address)
    try:
        with other.writing() as connection:
            lock_head(connection, timelines.find(slug).id)
            yield connection
    finally:
        other.close()
