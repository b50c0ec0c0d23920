"""Following an entity: its state now, then as of each record that may have changed it."""

from dataclasses import replace
from typing import Annotated

import strawberry
from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api import cursors, entity_pages
from timeline.api.nodes import EntityNode, View
from timeline.api.scalars import Position
from timeline.api.steps import SCAN, Batch, cursor_of, step_of
from timeline.api.words import SLUG
from timeline.domain.records import Basis
from timeline.domain.refs import parse_ref
from timeline.errors import NotFound, under
from timeline.log.read import basis_at
from timeline.projection import touching

_AFTER = strawberry.argument(description="Go on after this cursor, which each answer has in `extensions.cursor`.")
_AFTER_POSITION = strawberry.argument(description="Go on after this position; without it and after, begin now.")


def next_states(
    roots: list[None],
    info: Info,
    timeline: Annotated[strawberry.ID, SLUG],
    ref: strawberry.ID,
    after: Annotated[str | None, _AFTER] = None,
    after_position: Annotated[Position | None, _AFTER_POSITION] = None,
) -> list[EntityNode]:
    """The entity's state, now and each time it changes.

    Each as it was known at the position of the record that changed it: one that names the entity or states something of
    it, or corrects, withdraws, disputes or removes such a record. The same state with a later basis is a heartbeat.
    """
    step = step_of(info)
    with under("ref"):
        asked = parse_ref(ref)
    timeline_info = step.timelines.known(str(timeline))
    question = cursors.question("entity", timeline_info.slug, asked.key)
    with step.reading() as connection:
        (now,) = step.views(connection, [timeline_info])
        start = step.start(connection, now, after, after_position, question)
        is_news, reached = start is None, start or now.basis
        if start is not None and not step.idle:
            is_news, reached = _next(connection, now, start, asked.key)
        (found,) = entity_pages.find(step, connection, replace(now, basis=reached), [asked])
    if found is None:
        raise NotFound(f"nothing known at position {reached.position} names {asked.key}", ("ref",))
    step.batch = Batch(timeline_info, reached, now.basis.position, cursor_of(question, reached), is_news)
    return [found] * len(roots)


def _next(connection: Connection, now: View, start: Basis, entity: str) -> tuple[bool, Basis]:
    """Whether a record after `start` touches the entity, and how far the log was looked through."""
    until = min(now.basis.position, start.position + SCAN)
    found, reached = touching.next_position(connection, now.generation, entity, start.position, until)
    if reached == now.basis.position:
        return found, now.basis
    return found, basis_at(connection, now.timeline.id, reached) or start
