"""States compared: at two moments, in the world or in knowledge, and before an event and after it."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Annotated, Any

import strawberry
from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors, entity_asking
from timeline.api.asking import KnownAt, given
from timeline.api.connections import window
from timeline.api.entity_asking import EntityFilter
from timeline.api.entity_pages import looking
from timeline.api.facts import FactChange, FactNode, entity_of
from timeline.api.listing import list_page
from timeline.api.nodes import EventNode, Page, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import EDTF
from timeline.errors import BadInput
from timeline.projection import entities as listing
from timeline.projection.differences import Difference, differences
from timeline.projection.standing import standings
from timeline.projection.states import Fact, facts_of

_AT_ONCE = 200
Place = tuple[str, str, str]


@strawberry.input(description="A moment in the world, in knowledge, or in both.")
class Moment:
    at: EDTF | None = strawberry.field(default=strawberry.UNSET, description="The date; without one: at last.")
    known_at: KnownAt | None = strawberry.field(default=strawberry.UNSET, description="Without one: as known now.")


FromMoment = Annotated[Moment, strawberry.argument(name="from", description="The earlier moment.")]


def diffs(
    timelines: list[View],
    info: Info,
    from_: FromMoment,
    to: Moment,
    filter: EntityFilter | None = None,
    first: int | None = None,
    after: str | None = None,
) -> list[Page[FactChange]]:
    """What differs between two moments in the world, or between what was known at two moments."""
    request, asked = request_of(info), window(first, after, None, None)
    wanted, found = entity_asking.wanted(request, filter), []
    with request.reading() as connection:
        for timeline in timelines:
            old, new = (_view(request, connection, timeline, each, at) for each, at in ((from_, "from"), (to, "to")))
            narrowed = entity_asking.canonical(request, connection, new, wanted)
            question = cursors.question("diff", timeline.timeline.slug, _asked(old), _asked(new), str(narrowed))
            beyond = None
            if asked.cursor is not None:
                beyond, position, basis_hash = cursors.decode(asked.cursor, question, (str, str, str))
                cursors.check_history(request.basis_at(connection, new, position), position, basis_hash)
            named = entity_asking.looked_up(request, connection, new, narrowed)
            changes = _changes(request, connection, old, new, named, beyond)
            some = list(islice(changes, asked.size + 1))
            shown, basis = some[: asked.size], new.basis
            found.append(
                Page(
                    nodes=shown,
                    cursors=[
                        cursors.encode(question, _place(each), basis.position, basis.hash or b"") for each in shown
                    ],
                    has_next=len(some) > len(shown),
                    has_previous=beyond is not None,
                    basis=basis,
                    count=partial(_count, request, old, new, named),
                )
            )
    return found


def _view(request: Request, connection: Database, timeline: View, moment: Moment, path: str) -> View:
    try:
        return looking(request, connection, timeline, given(moment.at), given(moment.known_at), None)
    except BadInput as bad:
        raise bad.under(path) from None


def _asked(view: View) -> list[Any]:
    return [None if view.at is None else view.at.edtf, view.known_at]


def _place(change: FactChange) -> Place:
    return change.entity.ref.key, change.fact.attribute.path, change.fact.key


def _changes(
    request: Request, connection: Database, old: View, new: View, wanted: listing.EntityFilter, beyond: Place | None
) -> Iterator[FactChange]:
    """What differs beyond a place, in the order of refs, paths and keys."""
    latest = max(old, new, key=lambda view: view.basis.position)
    attributes = entity_asking.every_attribute(request.timelines.kinds, wanted.kinds or ())
    first, start = ([], None) if beyond is None else ([beyond[0]], (beyond[0],))
    while True:
        places = listing.page(
            connection,
            new.generation,
            latest.when,
            wanted,
            listing.EntityOrder(),
            beyond=start,
            limit=_AT_ONCE,
            backwards=False,
        )
        refs = [*first, *(place[0] for place in places)]
        was, now = (
            {
                (fact.entity, fact.attribute.path, fact.key): fact
                for fact in facts_of(connection, view.generation, refs, attributes, view.when)
                if fact.is_there
            }
            for view in (old, new)
        )
        for slot in sorted(was.keys() | now.keys()):
            before, after = was.get(slot), now.get(slot)
            same = before is not None and after is not None and before.value == after.value
            if not same and (beyond is None or slot > beyond):
                yield FactChange(entity_of(request, new, slot[0]), _node(old, before), _node(new, after))
        if len(places) < _AT_ONCE:
            return
        first, start = [], (places[-1][0],)


def _count(request: Request, old: View, new: View, wanted: listing.EntityFilter, connection: Database) -> int:
    return sum(1 for _ in _changes(request, connection, old, new, wanted, None))


def _node(view: View, fact: Fact | None) -> FactNode | None:
    return None if fact is None else FactNode(view, fact)


def event_changes(
    events: list[EventNode], info: Info, first: int | None = 50, after: str | None = None
) -> list[Page[FactChange]]:
    """What it did to states, in the order of the world: the value before it, and after.

    As known at this basis; of a version that does not stand here, as known when it was recorded.
    """
    request, asked = request_of(info), window(first, after, None, None)
    by_view: dict[View, list[int]] = {}
    for event in events:
        by_view.setdefault(event.view, []).append(event.record.position)
    found: dict[tuple[View, int], list[Difference]] = {}
    with request.reading() as connection:
        for view, positions in by_view.items():
            for position, done in _differences(request, connection, view, positions).items():
                found[view, position] = done
        return [
            _change_page(request, connection, event, found[event.view, event.record.position], asked)
            for event in events
        ]


def _differences(
    request: Request, connection: Database, view: View, positions: list[int]
) -> dict[int, list[Difference]]:
    generation, basis, kinds = view.generation, view.basis.position, request.timelines.kinds
    standing = {
        position: min(each.corrected_at, each.retracted_at) > basis
        for position, each in standings(connection, generation, positions).items()
    }
    return {
        **differences(connection, kinds, generation, [at for at in positions if standing[at]], basis),
        **differences(connection, kinds, generation, [at for at in positions if not standing[at]], None),
    }


def _change_page(
    request: Request, connection: Database, event: EventNode, done: list[Difference], asked: Any
) -> Page[FactChange]:
    view = event.view
    changes = [
        FactChange(
            entity_of(request, view, each.after.entity),
            None if each.before is None else FactNode(view, each.before, past=True),
            FactNode(view, each.after, past=True),
        )
        for each in done
    ]
    numbered = list(enumerate(changes))
    question = cursors.question("changes", view.timeline.slug, str(event.record.id))
    page = list_page(connection, view, question, numbered, lambda pair: (pair[0],), (int,), asked)
    return Page(
        [change for _, change in page.nodes], page.cursors, page.has_next, page.has_previous, page.basis, page.count
    )
