"""The facts of entities, listed: those of a state, and how they came to be."""

from collections.abc import Iterator
from typing import Annotated, Any

import strawberry
from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.connections import window
from timeline.api.facts import FactNode
from timeline.api.listing import list_page
from timeline.api.nodes import EntityNode, Page, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import EDTF
from timeline.domain.dates import FuzzyDate
from timeline.domain.entity_kinds import AttributeKind
from timeline.errors import BadInput
from timeline.projection.history import in_knowledge, in_the_world, slots_of
from timeline.projection.spans import Axis
from timeline.projection.states import Fact, facts_of, order_of


def attribute_named(request: Request, kind: str | None, name: str, path: tuple[str, ...]) -> AttributeKind:
    """`kind.attribute`, or only the attribute where the kind is known. BAD_INPUT, naming what there is."""
    attributes = request.timelines.kinds.attributes
    found = attributes.get(name) or attributes.get(f"{kind}.{name}")
    if found is None or (kind is not None and not found.path.startswith(f"{kind}.")):
        there = sorted(each for each in attributes if kind is None or each.startswith(f"{kind}."))
        raise BadInput(f"there is no attribute {name[:100]!r} here; there are {', '.join(there) or 'none'}", path)
    return found


def key_of(attribute: AttributeKind, key: str | None, path: tuple[str, ...]) -> str:
    """The stored key; empty for attributes without keys. BAD_INPUT where one is missing or too many."""
    if attribute.per is None:
        if key is not None:
            raise BadInput(f"{attribute.path} has no keys", path)
        return ""
    if key is None:
        raise BadInput(f"{attribute.path} has a value for each key: say which", path)
    try:
        return attribute.read_key(key)
    except BadInput as bad:
        raise bad.under(*path) from None


def entity_facts(
    entities: list[EntityNode],
    info: Info,
    attributes: list[str] | None = None,
    first: int | None = 50,
    after: str | None = None,
) -> list[Page[FactNode]]:
    """Every value of the state, with what set it."""
    request, asked = request_of(info), window(first, after, None, None)
    found = []
    with request.reading() as connection:
        facts = _facts(request, connection, entities, attributes)
        for entity in entities:
            question = cursors.question("facts", entity.view.timeline.slug, entity.ref.key, attributes)
            nodes = [FactNode(entity.view, fact) for fact in facts[entity.view, entity.ref.key]]
            found.append(
                list_page(connection, entity.view, question, nodes, lambda node: node.place, (str, str), asked)
            )
    return found


def _facts(
    request: Request, connection: Database, entities: list[EntityNode], names: list[str] | None
) -> dict[object, list[Fact]]:
    """By view and entity: one statement for each view and kind."""
    found: dict[object, list[Fact]] = {(each.view, each.ref.key): [] for each in entities}
    groups: dict[tuple[object, str], list[EntityNode]] = {}
    for each in entities:
        groups.setdefault((each.view, each.ref.kind), []).append(each)
    for (_, kind), several in groups.items():
        view = several[0].view
        own = list(request.timelines.kinds.entities[kind].attributes.values())
        if names is not None:
            own = [attribute_named(request, kind, name, ("attributes", str(index))) for index, name in enumerate(names)]
        for fact in facts_of(connection, view.timeline.id, {each.ref.key for each in several}, own, view.when):
            if fact.value is not None and fact.value != ():
                found[view, fact.entity].append(fact)
    return found


From = Annotated[EDTF | None, strawberry.argument(name="from", description="Only what holds from this date on.")]


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
    """How values changed: in the world, as known at this basis; or (KNOWLEDGE) what was held true of this date."""
    request, asked = request_of(info), window(first, after, last, before)
    if key is not None and attribute is None:
        raise BadInput("a key needs its attribute", ("key",))
    found = []
    with request.reading() as connection:
        for entity in entities:
            own = list(request.timelines.kinds.entities[entity.ref.kind].attributes.values())
            if attribute is not None:
                own = [attribute_named(request, entity.ref.kind, attribute, ("attribute",))]
            stored = None if key is None else key_of(next(iter(own)), key, ("key",))
            view = entity.view
            slots = slots_of(
                connection,
                request.timelines.kinds,
                view.timeline.id,
                view.basis.position,
                [entity.ref.key],
                [each.path for each in own],
                stored,
            )
            facts = [fact for one, rows in slots for fact in _history(one, rows, view, axis or Axis.WORLD)]
            nodes = [FactNode(view, fact) for fact in facts if between(fact, from_, to)]
            place, shape = (_in_world, (int, int, int, int, str, str))
            if axis is Axis.KNOWLEDGE:
                place, shape = (_in_knowledge, (int, str, str))  # type: ignore[assignment]
            nodes.sort(key=place)
            question = cursors.question(
                "history", view.timeline.slug, entity.ref.key, attribute, stored, str(axis), *_said(from_, to)
            )
            found.append(list_page(connection, view, question, nodes, place, shape, asked))
    return found


def _history(attribute: AttributeKind, rows: list[Any], view: View, axis: Axis) -> Iterator[Fact]:
    if axis is Axis.KNOWLEDGE:
        return in_knowledge(attribute, rows, view.when)
    return in_the_world(attribute, rows, view.basis.position)


def between(fact: Fact, since: FuzzyDate | None, to: FuzzyDate | None) -> bool:
    """Whether its event may have occurred between two dates."""
    row = fact.row
    return (since is None or row.start_hi > since.start_lo) and (to is None or row.start_lo < to.reach)


def _in_world(node: FactNode) -> tuple[int | str, ...]:
    return (*order_of(node.fact.row), *node.place)


def _in_knowledge(node: FactNode) -> tuple[int | str, ...]:
    return (node.fact.row.known_from, *node.place)


def _said(*dates: FuzzyDate | None) -> list[str | None]:
    return [None if date is None else date.edtf for date in dates]
