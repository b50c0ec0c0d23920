"""The root of all subscriptions, and following events: in batches while there is more, then each at once.

Each event is given as it was known at its own position, so a batch is the same whenever it is read.
"""

from typing import Annotated

import strawberry
from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.asking import EventFilter, wanted
from timeline.api.batching import batched, leaf
from timeline.api.entities import Entity
from timeline.api.entity_states import next_states
from timeline.api.events import Event
from timeline.api.nodes import EventNode, FollowedNode, View
from timeline.api.request import request_of
from timeline.api.scalars import Position
from timeline.api.steps import SCAN, Batch, cursor_of, step_of
from timeline.api.values import BasisType
from timeline.api.words import SLUG
from timeline.domain.records import Basis, Record
from timeline.errors import BadInput
from timeline.log.read import basis_at, record_of, records_at, rows_after
from timeline.projection import filters, following
from timeline.timelines.memory import Reading

MAX_BATCH = 200

_AFTER = strawberry.argument(description="Go on after this cursor of an earlier batch.")
_AFTER_POSITION = strawberry.argument(description="Begin after this position; without it and after, with the first.")
_FILTER = strawberry.argument(description="Only what meets all of these conditions; not status and disputed.")
_BATCH = strawberry.argument(description=f"How many events at most come together, up to {MAX_BATCH}.")


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
    step = step_of(info)
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
        reached = records[-1].basis if records else step.place
    else:
        with step.reading() as connection:
            (view,) = step.views(connection, [timeline_info])
            question = _question(timeline_info.slug, conditions)
            start = step.start(connection, view, after, after_position, question) or Basis(0)
            head = view.basis
            records, reached = ([], start) if step.idle else _read(connection, view, start, conditions, size)
    cursor = cursor_at(timeline_info.slug, reached, conditions)
    step.batch = Batch(timeline_info, reached, head.position, cursor, bool(records), records)
    return [step.batch] * len(roots)


def _question(slug: str, conditions: filters.EventFilter) -> str:
    return cursors.question("subscription", slug, conditions.given)


def cursor_at(slug: str, place: Basis, conditions: filters.EventFilter = filters.EVERY) -> str:
    """What a subscriber passes to go on after `place`."""
    return cursor_of(_question(slug, conditions), place)


def _read(
    connection: Connection, view: View, start: Basis, conditions: filters.EventFilter, size: int
) -> tuple[list[Record], Basis]:
    """The records that the filter admits, and how far they go."""
    timeline_id, head = view.timeline.id, view.basis.position
    until = min(head, start.position + (SCAN if conditions.given else size))
    if conditions.given:
        found = following.positions(connection, view.generation, start.position, until, conditions, size)
        records = [record for _, record in sorted(records_at(connection, timeline_id, found).items())] if found else []
    else:
        records = list(map(record_of, rows_after(connection, timeline_id, start.position, until, size)))
    if records and (len(records) == size or until == records[-1].position):
        return records, records[-1].basis
    reached = view.basis if until == head else basis_at(connection, timeline_id, until)
    return records, start if reached is None or until <= start.position else reached


def events_of(batches: list[Batch], info: Info) -> list[list[EventNode]]:
    request = request_of(info)
    with request.reading() as connection:
        views = request.views(connection, [batch.timeline for batch in batches])
    return [
        [FollowedNode(view, Reading(record, request.timelines.kinds)) for record in batch.records]
        for batch, view in zip(batches, views, strict=True)
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
    entity: Entity = batched(next_states)
