"""The facts of an entity's state, listed; attributes and keys as callers name them."""

from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.connections import window
from timeline.api.facts import FactNode
from timeline.api.listing import list_page
from timeline.api.nodes import EntityNode, Page
from timeline.api.request import Request, request_of
from timeline.domain.entity_kinds import AttributeKind
from timeline.errors import BadInput
from timeline.projection.states import Fact, facts_of


def attribute_named(request: Request, kind: str | None, name: str, path: tuple[str | int, ...]) -> AttributeKind:
    """`kind.attribute`, or only the attribute where the kind is known. BAD_INPUT, naming what there is."""
    attributes = request.timelines.kinds.attributes
    found = attributes.get(name) or attributes.get(f"{kind}.{name}")
    if found is None or (kind is not None and not found.path.startswith(f"{kind}.")):
        there = sorted(each for each in attributes if kind is None or each.startswith(f"{kind}."))
        raise BadInput(f"there is no attribute {name[:100]!r} here; there are {', '.join(there) or 'none'}", path)
    return found


def key_of(attribute: AttributeKind, key: str | None, path: tuple[str | int, ...]) -> str:
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
            own = [attribute_named(request, kind, name, ("attributes", index)) for index, name in enumerate(names)]
        for fact in facts_of(connection, view.generation, {each.ref.key for each in several}, own, view.when):
            if fact.is_there:
                found[view, fact.entity].append(fact)
    return found
