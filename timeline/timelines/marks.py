"""Whether a timeline is still what it was, at next to no cost: for answers that clients have kept."""

import hashlib
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, select

from timeline.database import Database, tables

_KEPT = 1_000  # timelines whose marks are kept until something is committed

_timeline, _head = tables.timeline.c, tables.head.c
_MARKS = (
    select(
        _timeline.slug,
        _head.position,
        *(_timeline.id, _timeline.title, _timeline.description, _head.hash),
        *tables.generation.c,
    )
    .select_from(
        tables.timeline.join(tables.head, _head.timeline_id == _timeline.id).outerjoin(
            tables.generation, tables.generation.c.timeline_id == _timeline.id
        )
    )
    .order_by(_timeline.slug)
)


class Mark(NamedTuple):
    """`digest` changes with whatever is recorded, redacted, or derived anew; `position` is the head's."""

    digest: bytes
    position: int


class Marks:
    """Each look sees what was committed before it, by whichever process. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._is_open = False
        self._commits: Callable[[], int] | None = None
        self._seen: int | None = None
        self._known: dict[str, Mark | None] = {}
        self._all: dict[str, Mark] | None = None

    def of(self, slugs: Collection[str] | None) -> dict[str, Mark]:
        """Of those timelines that there are; None: of all."""
        with self._lock:
            if not self._is_open:
                self._commits = self._open.enter_context(self._database.dialect.growth.counting(self._database.read))
                self._is_open = True
            commits = self._commits
            if commits is not None:
                return self._kept(commits, slugs)
        with self._database.reading() as connection:
            return _read(connection, slugs)

    def _kept(self, commits: Callable[[], int], slugs: Collection[str] | None) -> dict[str, Mark]:
        # Counted before it is read: what is committed in between is seen twice, and never missed.
        if (now := commits()) != self._seen or len(self._known) > _KEPT:
            self._seen, self._known, self._all = now, {}, None
        if slugs is None:
            if self._all is None:
                with self._database.reading() as connection:
                    self._all = _read(connection, None)
            return self._all
        if missing := [slug for slug in slugs if slug not in self._known]:
            with self._database.reading() as connection:
                found = _read(connection, missing)
            self._known |= {slug: found.get(slug) for slug in missing}
        return {slug: mark for slug in slugs if (mark := self._known[slug]) is not None}

    def close(self) -> None:
        with self._lock:
            self._open.close()


def _read(connection: Connection, slugs: Collection[str] | None) -> dict[str, Mark]:
    statement = _MARKS
    if slugs is not None:
        # PostgreSQL refuses to be asked for a text with NUL.
        statement = statement.where(_timeline.slug.in_([slug for slug in slugs if "\x00" not in slug]))
    found: dict[str, Mark] = {}
    for slug, group in groupby(connection.execute(statement), key=lambda row: str(row[0])):
        rows = [tuple(row) for row in group]
        found[slug] = Mark(hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).digest(), rows[0][1])
    return found
