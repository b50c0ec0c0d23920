"""Which kinds what is derived from each timeline was made with, and bringing it up to the kinds that are known."""

import hashlib
import logging
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from timeline.database import Database, tables
from timeline.domain.acts import META, REDACTED
from timeline.domain.kinds import Kinds
from timeline.timelines.rebuild import rebuild

logger = logging.getLogger(__name__)
_RULES = 1  # grows when the projection itself derives something else from the same kinds


class Derived(NamedTuple):
    """A timeline, and the generation of what is derived from it; None: there is nothing yet."""

    timeline_id: int
    slug: str
    generation: str | None
    position: int


def generation_of(kinds: Kinds) -> str:
    """A mark of all that decides what is derived from a log."""
    return hashlib.sha256(f"{kinds.fingerprint} {_RULES}".encode()).hexdigest()[:16]


def generations(connection: Connection) -> list[Derived]:
    timeline, head, generation = tables.timeline.c, tables.head.c, tables.generation.c
    statement = (
        select(timeline.id, timeline.slug, generation.generation, head.position)
        .select_from(
            tables.timeline.join(tables.head, head.timeline_id == timeline.id).outerjoin(
                tables.generation, generation.timeline_id == timeline.id
            )
        )
        .order_by(timeline.slug)
    )
    return [Derived(*row) for row in connection.execute(statement)]


def mark(connection: Connection, kinds: Kinds, timeline_id: int) -> None:
    """Say that what is derived from a timeline is of these kinds."""
    connection.execute(delete(tables.generation).where(tables.generation.c.timeline_id == timeline_id))
    connection.execute(insert(tables.generation), {"timeline_id": timeline_id, "generation": generation_of(kinds)})


def outdated(database: Database, kinds: Kinds, *, strict: bool) -> list[Derived]:
    """The timelines of which nothing is derived; `strict`: also those of which it was by other kinds, if these kinds
    know all that is there. What was derived by more kinds than these stays as it is.
    """
    wanted, found = generation_of(kinds), []
    with database.reading() as connection:
        for each in generations(connection):
            if each.generation is None:
                found.append(each)
            elif strict and each.generation != wanted:
                if strangers := unknown_kinds(connection, kinds, each.timeline_id):
                    logger.warning(
                        "%s has events of kinds that are not known here: %s", each.slug, ", ".join(strangers)
                    )
                else:
                    found.append(each)
    return found


def unknown_kinds(connection: Connection, kinds: Kinds, timeline_id: int) -> list[str]:
    """The event kinds in a log that are none of these."""
    occurrence = tables.occurrence.c
    known = [*kinds.events, *META, REDACTED]
    statement = select(occurrence.kind).where(occurrence.timeline_id == timeline_id, occurrence.kind.not_in(known))
    return sorted(connection.execute(statement.distinct()).scalars())


def regenerate(database: Database, kinds: Kinds, derived: Derived) -> Iterator[tuple[int, int]]:
    """Make all that is derived from one timeline again, in one transaction; (records done, records in all)."""
    with database.writing() as connection:
        yield from rebuild(connection, kinds, derived.timeline_id)
        mark(connection, kinds, derived.timeline_id)
