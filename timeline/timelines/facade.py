"""Appending to timelines and reading them."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from timeline.database import Database
from timeline.domain import texts
from timeline.domain.acts import REDACTION
from timeline.domain.claims import New
from timeline.domain.contents import content_of
from timeline.domain.kinds import Kinds
from timeline.domain.limits import MAX_CONTENT, MAX_EVENTS, MAX_SLUG
from timeline.domain.records import Record, TimelineInfo
from timeline.errors import BadInput, Behind, Conflict, NotFound, TimelineError, TooLarge, Unavailable, under
from timeline.log import timelines as logs
from timeline.log.append import Entry
from timeline.log.read import records_by_id
from timeline.timelines import generations
from timeline.timelines.answers import Answers
from timeline.timelines.generations import Head, State
from timeline.timelines.keeper import Keeper
from timeline.timelines.marks import Marks
from timeline.timelines.memory import Memory
from timeline.timelines.outcomes import Append, Appended, EntitiesUnchanged, NewEntities
from timeline.timelines.tail import Tail
from timeline.timelines.writer import Writer

_PATIENCE = 10  # seconds that a reader waits for what is to be derived first
_BRIEF = 2_000  # bytes of an event whose words the caller's thread makes; it may be an event loop, and others wait


def wall_clock() -> int:
    """Milliseconds UTC."""
    return time.time_ns() // 1_000_000


class Timelines:
    """Every timeline of one database, with the kinds that this server knows.

    Methods block; `submit` is the one that does not, for callers that have an event loop: `answers.wait` gives them a
    future of it. Several threads may share one.
    """

    def __init__(self, database: Database, kinds: Kinds, clock: Callable[[], int] = wall_clock) -> None:
        self.database = database
        self.kinds = kinds
        self._fingerprint = generations.fingerprint_of(kinds)
        self._clock = clock
        self.tail = Tail(database)
        self.marks = Marks(database)
        self.answers = Answers()
        self._writer = Writer(database, kinds, clock, self.tail, self.answers)
        self._keeper: Keeper | None = None
        self.memory = Memory()

    def close(self) -> None:
        """Finish what was submitted, then let go of the database."""
        if self._keeper is not None:
            self._keeper.close()
        self._writer.close()
        self.tail.close()
        self.marks.close()
        self.database.close()

    def keep_up(self, patience: float) -> None:
        """From now on derive, in a thread, what others append and what these kinds have not derived yet.

        Waits for so many seconds for what is missing now; what takes longer answers BEHIND until it is there.
        """
        self._keeper = Keeper(self.database, self.kinds, self._clock)
        self._keeper.start(patience)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.reading() as connection:
            yield connection

    def create(self, slug: str, title: str, description: str | None = None) -> TimelineInfo:
        """A new timeline; if there is one by that name that says the same, that one. CONFLICT if it says otherwise."""
        with under("slug"):
            slug = texts.slug(slug)
        with under("title"):
            title = texts.name(title)
        with under("description"):
            description = None if description is None else texts.text(description)
        try:
            with self.database.writing() as connection:
                created = logs.create(connection, slug, title, description, self._clock())
                generations.begin(connection, created.id, self._fingerprint, State.LIVE, self._clock())
                return created
        except IntegrityError:
            existing = self.find(slug)
        except OperationalError as error:
            raise Unavailable("the database is busy or away: try again, that is safe") from error
        if (existing.title, existing.description) != (title, description):
            raise Conflict(f"there is a timeline {slug!r} already, with another title or description", ("slug",))
        return existing

    def find(self, slug: str) -> TimelineInfo:
        """NOT_FOUND if there is none by that name."""
        with self.reading() as connection:
            found = self.named(connection, [slug]).get(slug)
        if found is None:
            raise NotFound(f"there is no timeline {slug[:MAX_SLUG]!r}", ("timeline",))
        return found

    def known(self, slug: str) -> TimelineInfo:
        """The same as `find`, without a connection where none is needed."""
        return self.memory.timelines.get(slug) or self.find(slug)

    def named(self, connection: Connection, slugs: Collection[str]) -> dict[str, TimelineInfo]:
        """Those that there are, without asking twice: timelines do not change and do not go away."""
        known = self.memory.timelines
        if missing := [slug for slug in slugs if slug not in known]:
            known.update(logs.by_slug(connection, missing))
        return {slug: known[slug] for slug in slugs if slug in known}

    def append(self, slug: str, events: Sequence[New], **options: Any) -> Appended:
        """Append events together or not at all, and wait until they are durable. Options and errors as for `submit`."""
        return self.submit(slug, events, **options).result()

    def submit(
        self,
        slug: str,
        events: Sequence[New],
        *,
        expect: int | EntitiesUnchanged | None = None,
        new_entities: NewEntities = NewEntities.ALLOW,
        validate_only: bool = False,
        by: str | None = None,
    ) -> Future[Appended]:
        """Make 1 to 1,000 events ready and hand them to the writer.

        Raises BAD_INPUT and NOT_FOUND at once. The future raises CONFLICT, ID_REUSED, UNKNOWN_ENTITY, or UNAVAILABLE
        when the outcome is not known; a retry with the same ids is always safe. An event that is there already is
        returned as it was recorded, before any expectation is looked at. Callbacks of the future run in the writer's
        thread, and must not wait for anything.
        """
        if not events:
            raise BadInput(f"1 to {MAX_EVENTS:,} events are appended at once, not 0", ("events",))
        if len(events) > MAX_EVENTS:
            raise TooLarge(f"1 to {MAX_EVENTS:,} events are appended at once, not {len(events):,}", ("events",))
        timeline = self.known(slug)
        append = Append(
            timeline_id=timeline.id,
            entries=tuple(self._make_ready(timeline, events, by)),
            expect=expect,
            new_entities=new_entities,
            validate_only=validate_only,
        )
        self._writer.submit(append)
        return append.future

    def heads(self, connection: Connection, timelines: Collection[int]) -> dict[int, Head]:
        """How far each log has got, and what these kinds derived from that much.

        What others appended meanwhile, who know other kinds, is derived first, if that can be and takes not long.
        """
        found = generations.heads(connection, self._fingerprint, timelines)
        for timeline_id, head in found.items():
            if head.derived is None:
                with suppress(Behind, Unavailable):
                    found[timeline_id] = self._caught_up(timeline_id)
        return found

    def _caught_up(self, timeline_id: int) -> Head:
        """Who appends catches up first: so nothing is appended."""
        nothing = Append(timeline_id, (), None, NewEntities.ALLOW, validate_only=True)
        self._writer.submit(nothing)
        try:
            done = nothing.future.result(_PATIENCE)
        except TimeoutError:
            raise Behind("what others appended is yet to be derived by this server: try again") from None
        return Head(done.basis, done.generation)

    def find_records(self, timeline: TimelineInfo, ids: Collection[UUID]) -> dict[UUID, Record]:
        with self.reading() as connection:
            return records_by_id(connection, timeline.id, ids)

    def _make_ready(self, timeline: TimelineInfo, events: Sequence[New], by: str | None) -> list[Entry]:
        about = self._about(timeline, events)
        entries: list[Entry] = []
        ids = set()
        for index, new in enumerate(events):
            try:
                content = content_of(self.kinds, new)
            except TimelineError as error:
                raise error.under("events", index) from None
            if (
                new.kind == REDACTION and new.target and (was := about.get(new.target))
            ):  # else a claim would lose its shape
                content.recorded["data"]["was"] = was
            entry = Entry.of(new.id or uuid4(), content, by, new.target)
            if len(entry.canonical) > MAX_CONTENT:
                raise TooLarge(
                    f"an event has at most {MAX_CONTENT:,} bytes, not {len(entry.canonical):,}", ("events", index)
                )
            if entry.id in ids:
                raise BadInput(f"the id {entry.id} is given twice", ("events", index, "id"))
            ids.add(entry.id)
            entries.append(entry.worded(self.kinds) if len(entry.canonical) <= _BRIEF else entry)
        return entries

    def _about(self, timeline: TimelineInfo, events: Sequence[New]) -> dict[UUID, dict[str, str]]:
        """What the records that are to be blanked do to others, where they do."""
        targets = {new.target for new in events if new.kind == REDACTION and new.target is not None}
        if not targets:
            return {}
        stored = self.find_records(timeline, targets).values()
        found = {record.id: _act(record.act, record.target) for record in stored if record.target}
        return found | {
            new.id: _act(new.act, new.target) for new in events if new.id and new.target and new.id in targets
        }


def _act(act: str, target: UUID) -> dict[str, str]:
    return {"kind": act, "target": str(target)}
