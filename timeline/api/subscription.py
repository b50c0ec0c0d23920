"""The root of all subscriptions. A subscriber is a place in the log, and each batch is one answer, given from there.

A transport asks the same operation again and again, each time as a `Step` that says how far the subscriber has got.
Each event is given as it was known at its own position, so a batch is the same whenever it is read.
"""

from dataclasses import dataclass
from typing import Annotated

import strawberry
from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.asking import EventFilter, wanted
from timeline.api.batching import batched, leaf
from timeline.api.events import Event
from timeline.api.nodes import EventNode, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import Position
from timeline.api.values import BasisType
from timeline.api.words import SLUG
from timeline.domain.records import Basis, Record, TimelineInfo
from timeline.errors import BadInput, CursorAhead
from timeline.log.read import basis_at, records_at
from timeline.projection import filters, following
from timeline.timelines import Timelines
from timeline.timelines.tail import basis_of

MAX_BATCH = 200
SCAN = 10_000  # records that one batch looks through for those that a filter admits

_AFTER = strawberry.argument(description="Go on after this cursor of an earlier batch.")
_AFTER_POSITION = strawberry.argument(description="Begin after this position; without it and after, with the first.")
_FILTER = strawberry.argument(description="Only what meets all of these conditions; not status and disputed.")
_BATCH = strawberry.argument(description=f"How many events at most come together, up to {MAX_BATCH}.")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the log from a place up to `basis`, of which `records` are those that the filter admits."""

    timeline: TimelineInfo
    records: list[Record]
    basis: Basis
    head: int
    cursor: str


class Step(Request):
    """One batch of a subscription, as the context of its resolvers. Not shared between batches.

    `place` is how far the subscriber has got; None at first: then the arguments, or a cursor to `resume` from, say it.
    `idle`: read nothing, only tell where the subscriber is. Afterwards `batch` is what was given.
    """

    def __init__(
        self, timelines: Timelines, place: Basis | None = None, *, resume: str | None = None, idle: bool = False
    ) -> None:
        super().__init__(timelines)
        self.place = place
        self.resume = resume
        self.idle = idle
        self.batch: Batch | None = None


def next_batches(
    roots: list[None],
    info: Info,
    timeline: Annotated[strawberry.ID, SLUG],
    after: Annotated[str | None, _AFTER] = None,
    after_position: Annotated[Position | None, _AFTER_POSITION] = None,
    filter: Annotated[EventFilter | None, _FILTER] = None,
    batch: Annotated[int | None, _BATCH] = 100,
) -> list[Batch]:
    """Records after a cursor (or position; else from the first), then live, for ever.

    Each event is given as it was known at its own position. A correction, retraction or dispute comes when it, or what
    it is about, matches the filter. An empty batch is a heartbeat, whose cursor has moved on.
    """
    step = request_of(info)
    if not isinstance(step, Step):
        raise BadInput("a subscription is followed over a WebSocket, or over Server-Sent Events")
    conditions = wanted(filter, step.timelines.kinds.events)
    for name in ("status", "disputed"):
        if getattr(conditions, name) is not None:
            raise BadInput("a subscription gets events as they are recorded, when this is not known", ("filter", name))
    size = 100 if batch is None else batch
    if not 1 <= size <= MAX_BATCH:
        raise BadInput(f"batch is from 1 to {MAX_BATCH}", ("batch",))
    timeline_info = step.timelines.known(str(timeline))
    at_hand = None
    if step.place is not None and not step.idle and not conditions.given:
        at_hand = step.timelines.tail.after(timeline_info.id, step.place, size)
    if at_hand is not None:
        records, head = at_hand
        assert step.place is not None
        reached = basis_of(records[-1]) if records else step.place
    else:
        with step.reading() as connection:
            (view,) = step.views(connection, [timeline_info])
            start = _start(connection, view, step, after, after_position, _question(timeline_info.slug, conditions))
            head = view.basis
            records, reached = ([], start) if step.idle else _read(connection, view, start, conditions, size)
    cursor = cursor_at(timeline_info.slug, reached, conditions)
    step.batch = Batch(timeline_info, records, reached, head.position, cursor)
    return [step.batch] * len(roots)


def _question(slug: str, conditions: filters.EventFilter) -> str:
    return cursors.question("subscription", slug, conditions.given)


def cursor_at(slug: str, place: Basis, conditions: filters.EventFilter = filters.EVERY) -> str:
    """What a subscriber passes to go on after `place`."""
    return cursors.encode(_question(slug, conditions), (), place.position, place.hash or b"")


def _start(
    connection: Connection, view: View, step: Step, after: str | None, after_position: int | None, question: str
) -> Basis:
    """Where the batch begins. BAD_CURSOR, CURSOR_AHEAD or HISTORY_DIVERGED if that is no place in this log."""
    if step.place is not None:
        position, mark = step.place.position, (step.place.hash or b"")[:6].hex()
    elif step.resume is not None or after is not None:
        if after is not None and after_position is not None:
            raise BadInput("after or afterPosition, not both", ("afterPosition",))
        _, position, mark = cursors.decode(step.resume or after or "", question, ())
    else:
        start = basis_at(connection, view.timeline.id, after_position or 0)
        if start is None:
            raise CursorAhead(
                f"position {after_position} is beyond the head, {view.basis.position}", ("afterPosition",)
            )
        return start
    cursors.check_history(connection, view, position, mark)
    found = step.place or basis_at(connection, view.timeline.id, position)
    assert found is not None
    return found


def _read(
    connection: Connection, view: View, start: Basis, conditions: filters.EventFilter, size: int
) -> tuple[list[Record], Basis]:
    """The records that the filter admits, and how far they go."""
    timeline_id, head = view.timeline.id, view.basis.position
    until = min(head, start.position + (SCAN if conditions.given else size))
    if conditions.given:
        found = following.positions(connection, timeline_id, start.position, until, conditions, size)
    else:
        found = list(range(start.position + 1, until + 1))
    records = [record for _, record in sorted(records_at(connection, timeline_id, found).items())] if found else []
    if records and (len(records) == size or until == records[-1].position):
        return records, basis_of(records[-1])
    reached = view.basis if until == head else basis_at(connection, timeline_id, until)
    return records, start if reached is None or until <= start.position else reached


def events_of(batches: list[Batch], info: Info) -> list[list[EventNode]]:
    kinds = request_of(info).timelines.kinds
    return [
        [EventNode.of(View(batch.timeline, basis_of(record)), record, kinds) for record in batch.records]
        for batch in batches
    ]


@strawberry.type(description="Events in the order of the log. An empty batch is a heartbeat whose cursor has moved on.")
class EventBatch:
    events: list[Event] = batched(events_of, description="Each as it was known at its own position.")
    cursor: str = leaf(lambda batch: batch.cursor, description="Pass it as `after` to go on from here, on any server.")
    basis: BasisType = leaf(lambda batch: batch.basis, description="How far into the log this batch goes.")
    caught_up: bool = leaf(
        lambda batch: batch.basis.position >= batch.head, description="Whether that was all there was."
    )


@strawberry.type(name="Subscription", description="What goes on, over a WebSocket or over Server-Sent Events.")
class Subscription:
    events: EventBatch = batched(next_batches)
