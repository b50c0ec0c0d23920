"""Pages of events: from a window of a question to nodes and cursors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection as Database

from timeline.api import cursors
from timeline.api.connections import Window
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import Request
from timeline.api.searching import ViewNames, resolved
from timeline.projection import events, past, search
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
            key, position, record_hash = cursors.decode(window.cursor, question, order.shape)
            cursors.check_history(request.basis_at(connection, view, position), position, record_hash)
        known = _everyone(wanted, ids[view])
        limit = window.size + 1
        basis, is_past = view.basis.position, view.known_at is not None
        asks.append(events.Ask(view.generation, basis, known, order, key, limit, window.backwards, is_past))
        questions.append(question)
    found = []
    pages = list(_pages(request, connection, asked, asks))
    readings = request.readings(
        (view.timeline.id, hit.row.position) for (view, _), hits in zip(asked, pages, strict=True) for hit in hits
    )
    for (view, _), ask, question, rows in zip(asked, asks, questions, pages, strict=True):
        more = len(rows) > window.size
        shown = rows[-window.size :] if window.backwards else rows[: window.size]
        of_page = [readings[view.timeline.id][hit.row.position] for hit in shown]
        found.append(
            Page(
                nodes=[EventNode(view, reading) for reading in of_page],
                cursors=Cursors(question, order, shown, of_page),
                has_next=ask.beyond is not None if window.backwards else more,
                has_previous=more if window.backwards else ask.beyond is not None,
                basis=view.basis,
                count=partial(_count, request, view, ask.wanted),
            )
        )
    return found


class Cursors(Sequence[str]):
    """Of a page, each made when somebody asks for it."""

    def __init__(
        self, question: str, order: events.EventOrder, hits: Sequence[events.Hit], readings: Sequence[Reading]
    ) -> None:
        self._question = question
        self._order = order
        self._hits = hits
        self._readings = readings

    def __len__(self) -> int:
        return len(self._hits)

    def __getitem__(self, index: Any) -> Any:
        hit, record = self._hits[index], self._readings[index].record
        return cursors.encode(self._question, events.key_of(self._order, hit), record.position, record.hash)


def _pages(
    request: Request, connection: Database, asked: Sequence[tuple[View, EventFilter]], asks: Sequence[events.Ask]
) -> Iterator[list[events.Hit]]:
    """All that search nothing by one statement, those that do one after the other."""
    plain = iter(past.pages(connection, [ask for ask in asks if ask.wanted.search is None]))
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
    if all(len(ids[each]) == 1 for each in (*(wanted.entities or ()), *(wanted.about or ()))):
        return wanted  # each stands for itself alone
    entities, about = (
        None if several is None else tuple(dict.fromkeys(each for entity in several for each in ids[entity]))
        for several in (wanted.entities, wanted.about)
    )
    return replace(wanted, entities=entities, about=about)


def _count(request: Request, view: View, wanted: EventFilter, connection: Database) -> int:
    named = resolved(request, connection, view, wanted)
    return events.count(connection, view.generation, view.basis.position, named)
