"""Pages of events: from a window of a question to nodes and cursors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection as Database

from timeline.api import cursors
from timeline.api.connections import Window
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import Request
from timeline.api.searching import ViewNames, resolved
from timeline.log.read import record_of
from timeline.projection import events, search
from timeline.projection.filters import EventFilter


def event_pages(
    request: Request,
    connection: Database,
    asked: Sequence[tuple[View, EventFilter]],
    order: events.EventOrder,
    window: Window,
) -> list[Page[EventNode]]:
    """A page of each view, all by one statement. One more row is read, to know whether there are others."""
    asks, questions = [], []
    ids = _ids(request, connection, asked)
    for view, wanted in asked:
        question = cursors.question("events", view.timeline.slug, order.name, wanted.given)
        key = None
        if window.cursor is not None:
            key, position, record_hash = cursors.decode(window.cursor, question, order.shape)
            cursors.check_history(connection, view, position, record_hash)
        known = _everyone(wanted, ids[view])
        limit = window.size + 1
        asks.append(events.Ask(view.timeline.id, view.basis.position, known, order, key, limit, window.backwards))
        questions.append(question)
    found = []
    for (view, _), ask, question, rows in zip(
        asked, asks, questions, _pages(request, connection, asked, asks), strict=True
    ):
        more = len(rows) > window.size
        shown = rows[-window.size :] if window.backwards else rows[: window.size]
        found.append(
            Page(
                nodes=[EventNode(view, record_of(hit.row), request.timelines.kinds) for hit in shown],
                cursors=[
                    cursors.encode(question, events.key_of(order, hit), hit.row.position, hit.row.hash) for hit in shown
                ],
                has_next=ask.beyond is not None if window.backwards else more,
                has_previous=more if window.backwards else ask.beyond is not None,
                basis=view.basis,
                count=partial(_count, request, view, ask.wanted),
            )
        )
    return found


def _pages(
    request: Request, connection: Database, asked: Sequence[tuple[View, EventFilter]], asks: Sequence[events.Ask]
) -> Iterator[list[events.Hit]]:
    """All that search nothing by one statement, those that do one after the other."""
    plain = iter(events.pages(connection, [ask for ask in asks if ask.wanted.search is None]))
    for (view, _), ask in zip(asked, asks, strict=True):
        if ask.wanted.search is None:
            yield next(plain)
        else:
            yield search.page(connection, ViewNames(request, connection, view), ask)


def everyone(request: Request, connection: Database, view: View, wanted: EventFilter) -> EventFilter:
    """The same filter, with every id under which the entities that it names, or that are called so, are known."""
    return resolved(request, connection, view, _everyone(wanted, _ids(request, connection, [(view, wanted)])[view]))


Ids = Mapping[str, tuple[str, ...]]


def _ids(request: Request, connection: Database, asked: Sequence[tuple[View, EventFilter]]) -> dict[View, Ids]:
    by_view: dict[View, dict[str, None]] = {}
    for view, wanted in asked:
        by_view.setdefault(view, {}).update(dict.fromkeys((*(wanted.entities or ()), *(wanted.about or ()))))
    return {view: request.known_as(connection, view, entities) for view, entities in by_view.items()}


def _everyone(wanted: EventFilter, ids: Ids) -> EventFilter:
    entities, about = (
        None if several is None else tuple(dict.fromkeys(each for entity in several for each in ids[entity]))
        for several in (wanted.entities, wanted.about)
    )
    return replace(wanted, entities=entities, about=about)


def _count(request: Request, view: View, wanted: EventFilter, connection: Database) -> int:
    named = resolved(request, connection, view, wanted)
    return events.count(connection, view.timeline.id, view.basis.position, named)
