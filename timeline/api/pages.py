"""Pages of events: from a window of a question to nodes and cursors."""

from functools import partial

from sqlalchemy import Connection as Database

from timeline.api import cursors
from timeline.api.connections import Window
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import Request
from timeline.log.read import record_of
from timeline.projection import events
from timeline.projection.filters import EventFilter


def event_page(
    request: Request, connection: Database, view: View, wanted: EventFilter, order: events.EventOrder, asked: Window
) -> Page[EventNode]:
    """One more row than the page has is read, to know whether there is another page."""
    question = cursors.question("events", view.timeline.slug, order.name, wanted.given)
    key = None
    if asked.cursor is not None:
        key, position, record_hash = cursors.decode(asked.cursor, question, (int,) * len(order.columns))
        cursors.check_history(connection, view, position, record_hash)
    rows = events.page(
        connection,
        view.timeline.id,
        view.basis.position,
        wanted,
        order,
        after=None if asked.backwards else key,
        before=key if asked.backwards else None,
        limit=asked.size + 1,
        backwards=asked.backwards,
    )
    more = len(rows) > asked.size
    rows = rows[-asked.size :] if asked.backwards else rows[: asked.size]
    return Page(
        nodes=[EventNode(view, record_of(row), request.timelines.kinds) for row in rows],
        cursors=[cursors.encode(question, events.key_of(order, row), row.position, row.hash) for row in rows],
        has_next=key is not None if asked.backwards else more,
        has_previous=more if asked.backwards else key is not None,
        basis=view.basis,
        count=partial(_count, view, wanted),
    )


def _count(view: View, wanted: EventFilter, connection: Database) -> int:
    return events.count(connection, view.timeline.id, view.basis.position, wanted)
