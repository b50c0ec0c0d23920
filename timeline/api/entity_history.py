"""How the values of entities came to be: in the world as known at a basis, or in what was known of a date."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.connections import Window, window
from timeline.api.entity_facts import attribute_named, key_of
from timeline.api.facts import FactNode
from timeline.api.listing import list_page
from timeline.api.nodes import EntityNode, Page, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import EDTF
from timeline.domain.dates import FuzzyDate
from timeline.domain.entity_kinds import AttributeKind
from timeline.errors import BadInput
from timeline.projection.history import Effort, in_knowledge, in_the_world, slots_of
from timeline.projection.spans import Axis
from timeline.projection.states import order_of

From = Annotated[EDTF | None, strawberry.argument(name="from", description="Only what holds from this date on.")]
Slots = list[tuple[AttributeKind, list[Any]]]


def entity_history(
    entities: list[EntityNode],
    info: Info,
    attribute: str | None = None,
    key: strawberry.ID | None = None,
    from_: From = None,
    to: EDTF | None = None,
    axis: Axis | None = Axis.WORLD,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[Page[FactNode]]:
    """How values changed: in the world, as known at this basis; or (KNOWLEDGE) what was held true of this date.

    A point for each event. Where a period ends and an earlier value holds again, that one has no second point.
    """
    request, asked = request_of(info), window(first, after, last, before)
    if key is not None and attribute is None:
        raise BadInput("a key needs its attribute", ("key",))
    said = [attribute, key, *(None if date is None else date.edtf for date in (from_, to))]
    found, effort = [], Effort()
    with request.reading() as connection:
        slots = _slots(request, connection, entities, attribute, key)
        for entity in entities:
            own, view = slots[entity.view, entity.ref.key], entity.view
            parts = "history", view.timeline.slug, entity.ref.key, *said
            if axis is Axis.KNOWLEDGE:
                found.append(_in_knowledge(connection, view, parts, own, (from_, to), asked, effort))
            else:
                found.append(_in_the_world(connection, view, parts, own, (from_, to), asked, effort))
    return found


def _slots(
    request: Request, connection: Database, entities: list[EntityNode], attribute: str | None, key: str | None
) -> dict[tuple[View, str], Slots]:
    """By view and entity: one statement for each view."""
    found: dict[tuple[View, str], Slots] = {(each.view, each.ref.key): [] for each in entities}
    kinds, stored = request.timelines.kinds, None
    by_view: dict[View, list[EntityNode]] = {}
    for each in entities:
        by_view.setdefault(each.view, []).append(each)
    for view, several in by_view.items():
        attributes: dict[str, AttributeKind] = {}
        for kind in {each.ref.kind for each in several}:
            own = list(kinds.entities[kind].attributes.values())
            if attribute is not None:
                own = [attribute_named(request, kind, attribute, ("attribute",))]
                stored = None if key is None else key_of(own[0], key, ("key",))
            attributes |= {each.path: each for each in own}
        if stored is not None:
            stored = request.canonical(connection, view, [stored]).get(stored, stored)
        refs = {each.ref.key for each in several}
        for one, rows in slots_of(connection, view.generation, view.basis.position, refs, attributes.values(), stored):
            found[view, rows[0].entity].append((one, rows))
    return found


Dates = tuple[FuzzyDate | None, FuzzyDate | None]


def _in_the_world(
    connection: Database,
    view: View,
    parts: Sequence[Any],
    slots: Slots,
    dates: Dates,
    asked: Window,
    effort: Effort,
) -> Page[FactNode]:
    points = [
        point
        for attribute, rows in slots
        for point in in_the_world(attribute, rows, view.basis.position)
        if between(point.row, *dates)
    ]

    def place(point: Any) -> tuple[int | str, ...]:
        return (*order_of(point.row), point.attribute.path, point.row.key)

    question = cursors.question(*parts)
    page = list_page(
        connection, view, question, sorted(points, key=place), place, (int, int, int, int, str, str), asked
    )
    shown = [FactNode(view, point.fact(effort), past=True) for point in page.nodes]
    return Page(shown, page.cursors, page.has_next, page.has_previous, page.basis, page.count)


def _in_knowledge(
    connection: Database,
    view: View,
    parts: Sequence[Any],
    slots: Slots,
    dates: Dates,
    asked: Window,
    effort: Effort,
) -> Page[FactNode]:
    facts = [fact for attribute, rows in slots for fact in in_knowledge(attribute, rows, view.when, effort)]
    nodes = [FactNode(view, fact) for fact in facts if between(fact.row, *dates)]

    def place(node: FactNode) -> tuple[int | str, ...]:
        return (node.fact.row.known_from, *node.place)

    at = None if view.at is None else view.at.edtf
    question = cursors.question(*parts, "knowledge", at, str(view.certainty))
    return list_page(connection, view, question, sorted(nodes, key=place), place, (int, str, str), asked)


def between(row: Any, since: FuzzyDate | None, to: FuzzyDate | None) -> bool:
    """Whether the event of a contribution may have occurred between two dates."""
    return (since is None or row.start_hi > since.start_lo) and (to is None or row.start_lo < to.reach)
