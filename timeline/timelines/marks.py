"""Whether a timeline is still what it was, at next to no cost: for answers that clients have kept."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, bindparam, select

from timeline.database import Database, tables
from timeline.database.prepared import Prepared
from timeline.domain.limits import MAX_SLUG
from timeline.timelines.readable import Readable

_KEPT = 1_000  # timelines whose marks are kept
_FEW = 8  # slugs: of longer questions the text of the parameter is not kept
_MANY = 100  # slugs: who asks for more of PostgreSQL asks for all, and a question always fits into a socket

_timeline, _head, _generation = tables.timeline.c, tables.head.c, tables.generation.c
_ALL = (
    select(
        _timeline.slug,
        _head.position,
        *(_timeline.id, _timeline.created_at, _head.hash),
        *(_generation.generation, _generation.fingerprint, _generation.state, _generation.checkpoint),
    )
    .select_from(
        tables.timeline.join(tables.head, _head.timeline_id == _timeline.id).outerjoin(
            tables.generation, _generation.timeline_id == _timeline.id
        )
    )
    .order_by(_timeline.slug)
)
_SOME = Prepared(_ALL.where(_timeline.slug.in_(bindparam("slugs", expanding=True))))
_EVERY = Prepared(_ALL)


class Mark(NamedTuple):
    """`digest` changes with whatever is recorded, redacted, or derived anew; `position` is the head's."""

    digest: bytes
    position: int


class Marks:
    """Each look sees what was committed before it, by whichever process. Safe to use from several threads.

    It keeps a connection of its own: to have one handed out, and tried, costs more than what is asked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._questions = database.backend.questions(database.read, Readable())
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._commits: Callable[[], int] | None = None
        self._seen: int | None = None
        self._known: dict[str, Mark | None] = {}
        self._all: dict[str, Mark] | None = None

    def of(self, slugs: Collection[str] | None) -> dict[str, Mark]:
        """Of those timelines that there are; None: of all. Raises when the connection was lost; the next look gets
        another one.
        """
        slugs = _possible(slugs)
        with self._lock:
            try:
                if self._connection is None:
                    self._connect()
                return self._read(slugs) if self._commits is None else self._kept(self._commits, slugs)
            except BaseException:
                self._disconnect()
                raise

    async def seen(self, slugs: Collection[str] | None) -> dict[str, Mark]:
        """The same from an event loop, which goes on meanwhile. One look at a time."""
        if self._questions is None:
            return await asyncio.to_thread(self.of, slugs)
        wanted = _possible(slugs)
        asked = None if wanted is None or len(wanted) > _MANY else wanted
        sent = _sent if asked is None or len(asked) <= _FEW else _sent.__wrapped__
        found = await self._questions.rows(*sent(asked, self._questions.dialect))
        marks = {slug.decode(): mark for slug, mark in _marks(found).items()}
        return marks if wanted is None else {slug: mark for slug, mark in marks.items() if slug in wanted}

    def close(self) -> None:
        if self._questions is not None:
            self._questions.close()
        with self._lock:
            self._disconnect()

    def _connect(self) -> None:
        self._commits = self._open.enter_context(self._database.backend.growth.counting(self._database.read))
        self._connection = self._open.enter_context(self._database.reading())
        self._seen = None

    def _disconnect(self) -> None:
        self._connection = None
        self._open.close()

    def _kept(self, commits: Callable[[], int], slugs: Collection[str] | None) -> dict[str, Mark]:
        # Counted before it is read: what is committed in between is seen twice, and never missed.
        if (now := commits()) != self._seen or len(self._known) > _KEPT:
            self._seen, self._known, self._all = now, {}, None
        if slugs is None:
            if self._all is None:
                self._all = self._read(None)
            return self._all
        if missing := [slug for slug in slugs if slug not in self._known]:
            found = self._read(missing)
            self._known |= {slug: found.get(slug) for slug in missing}
        return {slug: mark for slug in slugs if (mark := self._known[slug]) is not None}

    def _read(self, slugs: Collection[str] | None) -> dict[str, Mark]:
        assert self._connection is not None
        statement, given = _question(slugs)
        return _marks(statement.rows(self._connection, given))


def _possible(slugs: Collection[str] | None) -> frozenset[str] | None:
    """What is longer is nobody's and not to be kept, and PostgreSQL refuses to be asked for a text with NUL."""
    return (
        None if slugs is None else frozenset([each for each in slugs if len(each) <= MAX_SLUG and "\x00" not in each])
    )


def _question(slugs: Collection[str] | None) -> tuple[Prepared, dict[str, Any]]:
    return (_EVERY, {}) if slugs is None else (_SOME, {"slugs": list(slugs)})


@lru_cache(maxsize=_KEPT)
def _sent(slugs: frozenset[str] | None, dialect: Dialect) -> tuple[str, Any]:
    statement, given = _question(slugs)
    return statement.sent(dialect, given)


def _marks(rows: Iterable[tuple[Any, ...]]) -> dict[Any, Mark]:
    return {slug: _mark(tuple(several)) for slug, several in groupby(rows, key=itemgetter(0))}


@lru_cache(maxsize=_KEPT)
def _mark(several: tuple[tuple[Any, ...], ...]) -> Mark:
    """Of the rows of one timeline, whose second values are its head's position."""
    digest = hashlib.sha256("\n".join(sorted(map(repr, several))).encode()).digest()
    return Mark(digest, int(several[0][1]))
