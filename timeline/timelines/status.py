"""What there is: the timelines of a database, and which generations are derived from them."""

from typing import NamedTuple

from sqlalchemy import select

from timeline.database import Database, tables
from timeline.domain.acts import META, REDACTED
from timeline.domain.kinds import Kinds
from timeline.timelines.generations import Derived, everything


class Status(NamedTuple):
    """A timeline, the position of its head, and what is derived from it, oldest first."""

    timeline_id: int
    slug: str
    position: int
    generations: tuple[Derived, ...]


def statuses(database: Database) -> list[Status]:
    """All of one moment, in the order of slugs."""
    timeline, head = tables.timeline.c, tables.head.c
    timelines = select(timeline.id, timeline.slug, head.position).join_from(
        tables.timeline, tables.head, head.timeline_id == timeline.id
    )
    with database.snapshot() as connection:
        found: dict[int, list[Derived]] = {}
        for each in everything(connection):
            found.setdefault(each.generation.timeline_id, []).append(each)
        rows = connection.execute(timelines.order_by(timeline.slug))
        return [Status(row[0], row[1], row[2], tuple(found.get(row[0], ()))) for row in rows]


def unknown_kinds(database: Database, kinds: Kinds, timeline: Status) -> list[str]:
    """The event kinds in a log that are none of these, as far as anything is derived from it."""
    occurrence = tables.occurrence.c
    known = [*kinds.events, *META, REDACTED]
    statement = select(occurrence.kind).where(
        occurrence.timeline_id == timeline.timeline_id, occurrence.kind.not_in(known)
    )
    with database.reading() as connection:
        return sorted(connection.execute(statement.distinct()).scalars())
