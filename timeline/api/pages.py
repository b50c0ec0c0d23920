"""Pages of events: from a window of a question to nodes and cursors."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection as Database

from timeline.api import cursors
from timeline.api.connections import Window
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import Request
from timeline.projection import events
from timeline.projection.filters import EventFilter
from timeline.timelines.memory import Reading


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
            key, position, record_hash = cursors.decode(window.cursor, question, (int,) * len(order.names))
            cursors.check_history(connection, view, position, record_hash)
        known = _everyone(wanted, ids[view])
        limit = window.size + 1
        asks.append(events.Ask(view.timeline.id, view.basis.position, known, order, key, limit, window.backwards))
        questions.append(question)
    found = []
    pages = events.pages(connection, asks)
    readings = request.readings(
        (view.timeline.id, row.position) for (view, _), rows in zip(asked, pages, strict=True) for row in rows
    )
    for (view, _), ask, question, rows in zip(asked, asks, questions, pages, strict=True):
        more = len(rows) > window.size
        shown = rows[-window.size :] if window.backwards else rows[: window.size]
        of_page = [readings[view.timeline.id][row.position] for row in shown]
        found.append(
            Page(
                nodes=[EventNode(view, reading) for reading in of_page],
                cursors=Cursors(question, order, shown, of_page),
                has_next=ask.beyond is not None if window.backwards else more,
                has_previous=more if window.backwards else ask.beyond is not None,
                basis=view.basis,
                count=partial(_count, view, ask.wanted),
            )
        )
    return found


class Cursors(Sequence[str]):
    """Of a page, each made when somebody asks for it."""

    def __init__(
        self, question: str, order: events.EventOrder, rows: Sequence[Any], readings: Sequence[Reading]
    ) -> None:
        self._question = question
        self._order = order
        self._rows = rows
        self._readings = readings

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        row, record = self._rows[index], self._readings[index].record
        return cursors.encode(self._question, events.key_of(self._order, row), row.position, record.hash)


def everyone(request: Request, connection: Database, view: View, wanted: EventFilter) -> EventFilter:
    """The same filter, with every id under which the entities that it names are known."""
    return _everyone(wanted, _ids(request, connection, [(view, wanted)])[view])


Ids = Mapping[str, tuple[str, ...]]


def _ids(request: Request, connection: Database, asked: Sequence[tuple[View, EventFilter]]) -> dict[View, Ids]:
    by_view: dict[View, dict[str, None]] = {}
    for view, wanted in asked:
        by_view.setdefault(view, {}).update(dict.fromkeys((*(wanted.entities or ()), *(wanted.about or ()))))
    return {view: request.known_as(connection, view, entities) for view, entities in by_view.items()}


def _everyone(wanted: EventFilter, ids: Ids) -> EventFilter:
    if all(len(ids[each]) == 1 for each in (*(wanted.entities or ()), *(wanted.about or ()))):
        return wanted  # each stands for itself alone
    entities, about = (
        None if several is None else tuple(dict.fromkeys(each for entity in several for each in ids[entity]))
        for several in (wanted.entities, wanted.about)
    )
    return replace(wanted, entities=entities, about=about)


def _count(view: View, wanted: EventFilter, connection: Database) -> int:
    return events.count(connection, view.timeline.id, view.basis.position, wanted)
