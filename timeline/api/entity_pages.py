"""Entities of a timeline: one, several by their refs, pages of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import strawberry
from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors, entity_asking
from timeline.api.asking import MAX_REFS, KnownAt, known, moment
from timeline.api.connections import window
from timeline.api.entity_asking import EntityFilter, EntityOrder
from timeline.api.facts import entity_of
from timeline.api.nodes import Certainty, EntityNode, Page, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import EDTF
from timeline.api.searching import ViewNames
from timeline.api.words import described
from timeline.domain.dates import FuzzyDate
from timeline.domain.names import camel
from timeline.domain.refs import Ref, parse_ref
from timeline.domain.texts import slug as read_slug
from timeline.errors import BadInput, TooLarge
from timeline.projection import entities as listing
from timeline.projection import entity_search

described(
    Certainty,
    "What counts at a date.",
    DEFINITE="What has certainly begun by then.",
    POSSIBLE="Also what may have begun by then.",
)


def looking(
    request: Request,
    connection: Database,
    view: View,
    at: FuzzyDate | None,
    known_at: KnownAt | None,
    certainty: Certainty | None,
) -> View:
    """The view that a question asks for; DEFINITE is what a question that says nothing means."""
    seen = known(request, connection, view, known_at)
    asked = None if certainty is Certainty.DEFINITE else certainty
    return replace(seen, at=moment(at), certainty=asked)


def one_entity(
    timelines: list[View],
    info: Info,
    ref: strawberry.ID,
    at: EDTF | None = None,
    known_at: KnownAt | None = None,
    certainty: Certainty | None = Certainty.DEFINITE,
) -> list[EntityNode | None]:
    """ref is kind:slug. Null if nothing known names it."""
    parsed = _parsed(ref, ("ref",))
    found = _find(request_of(info), timelines, [parsed], at, known_at, certainty)
    return [each[0] for each in found]


def entities_by_ref(
    timelines: list[View],
    info: Info,
    refs: list[strawberry.ID],
    at: EDTF | None = None,
    known_at: KnownAt | None = None,
    certainty: Certainty | None = Certainty.DEFINITE,
) -> list[list[EntityNode | None]]:
    """In the order asked; at most 100. Null for those that nothing known names."""
    if len(refs) > MAX_REFS:
        raise TooLarge(f"at most {MAX_REFS} entities, not {len(refs):,}", ("refs",))
    parsed = [_parsed(ref, ("refs", index)) for index, ref in enumerate(refs)]
    return _find(request_of(info), timelines, parsed, at, known_at, certainty)


def one_of_kind(kind: str) -> Callable[..., Any]:
    def by_slug(
        timelines: list[View],
        info: Info,
        slug: strawberry.ID,
        at: EDTF | None = None,
        known_at: KnownAt | None = None,
        certainty: Certainty | None = Certainty.DEFINITE,
    ) -> list[EntityNode | None]:
        try:
            ref: Ref[Any] = Ref(kind, read_slug(slug))
        except BadInput as bad:
            raise bad.under("slug") from None
        return [each[0] for each in _find(request_of(info), timelines, [ref], at, known_at, certainty)]

    by_slug.__doc__ = f"The {camel(kind)} with this slug. Null if nothing known names it."
    return by_slug


def entity_pages(kind: str | None = None) -> Callable[..., Any]:
    """A resolver of `entities`, or of the entities of one kind."""

    def pages(
        timelines: list[View],
        info: Info,
        filter: EntityFilter | None = None,
        order_by: EntityOrder | None = None,
        at: EDTF | None = None,
        known_at: KnownAt | None = None,
        certainty: Certainty | None = Certainty.DEFINITE,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> list[Page[EntityNode]]:
        request, asked = request_of(info), window(first, after, last, before)
        wanted, order = entity_asking.wanted(request, filter, kind), entity_asking.order(request, order_by, kind)
        found = []
        with request.reading() as connection:
            for timeline in timelines:
                view = looking(request, connection, timeline, at, known_at, certainty)
                narrowed = entity_asking.canonical(request, connection, view, wanted)
                by_rank = narrowed.search is not None and order_by is None
                found.append(_page(request, connection, view, narrowed, order, asked, by_rank=by_rank))
        return found

    pages.__doc__ = f"Every {camel(kind)} that is known, at a date." if kind else "Every entity known, at a date."
    return pages


def _page(
    request: Request,
    connection: Database,
    view: View,
    wanted: listing.EntityFilter,
    order: listing.EntityOrder,
    asked: Any,
    *,
    by_rank: bool,
) -> Page[EntityNode]:
    said = (order.attribute and order.attribute.path, order.key, order.descending)
    tests = [[t.attribute.path, t.key, t.bounds, t.among, t.suffix] for t in wanted.where]
    seen = None if view.at is None else view.at.edtf, str(view.certainty)
    narrowed = wanted.kinds, wanted.refs, tests, *(() if wanted.search is None else (wanted.search, by_rank))
    question = cursors.question("entities", view.timeline.slug, said, *narrowed, seen)
    shape: tuple[type, ...] = (int, str) if by_rank else (str,) if order.attribute is None else (str, str)
    beyond: Any = None
    if asked.cursor is not None:
        beyond, position, basis_hash = cursors.decode(asked.cursor, question, shape)
        cursors.check_history(request.basis_at(connection, view, position), position, basis_hash)
    given: dict[str, Any] = {"beyond": beyond, "limit": asked.size + 1, "backwards": asked.backwards}
    rows: Sequence[tuple[Any, ...]]
    if by_rank:
        names = ViewNames(request, connection, view)
        rows = entity_search.page(connection, names, view.generation, view.when, wanted, **given)
    else:
        found = entity_asking.looked_up(request, connection, view, wanted)
        rows = listing.page(connection, view.generation, view.when, found, order, **given)
    more = len(rows) > asked.size
    rows = rows[-asked.size :] if asked.backwards else rows[: asked.size]
    basis = view.basis
    return Page(
        nodes=[entity_of(request, view, place[-1]) for place in rows],
        cursors=[cursors.encode(question, place, basis.position, basis.hash or b"") for place in rows],
        has_next=beyond is not None if asked.backwards else more,
        has_previous=more if asked.backwards else beyond is not None,
        basis=basis,
        count=partial(_count, request, view, wanted, order),
    )


def _count(
    request: Request, view: View, wanted: listing.EntityFilter, order: listing.EntityOrder, connection: Database
) -> int:
    found = entity_asking.looked_up(request, connection, view, wanted)
    return listing.count(connection, view.generation, view.when, found, order)


def _parsed(ref: str, path: tuple[str | int, ...]) -> Ref[Any]:
    try:
        return parse_ref(ref)
    except BadInput as bad:
        raise bad.under(*path) from None


def _find(
    request: Request,
    timelines: list[View],
    refs: list[Ref[Any]],
    at: FuzzyDate | None,
    known_at: KnownAt | None,
    certainty: Certainty | None,
) -> list[list[EntityNode | None]]:
    with request.reading() as connection:
        views = [looking(request, connection, timeline, at, known_at, certainty) for timeline in timelines]
        return [find(request, connection, view, refs) for view in views]


def find(request: Request, connection: Database, view: View, refs: Sequence[Ref[Any]]) -> list[EntityNode | None]:
    """Those of these entities that a record known here names, as what they were merged into; None for the others."""
    kinds = request.timelines.kinds.entities
    known_here = [ref for ref in refs if ref.kind in kinds]  # other servers may know other kinds
    own = request.canonical(connection, view, [ref.key for ref in known_here])
    named = [own.get(ref.key, ref.key) for ref in known_here]
    there = listing.existing(connection, view.generation, view.basis.position, named)
    return [
        entity_of(request, view, found) if (found := own.get(ref.key, ref.key)) in there and ref.kind in kinds else None
        for ref in refs
    ]
