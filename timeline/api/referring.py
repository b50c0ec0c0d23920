"""The way back: which entities lead to one by an attribute, as `Organisation.apps` by `App.developer`."""

from functools import partial
from typing import Any

from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.connections import window
from timeline.api.facts import FactNode, entity_of
from timeline.api.nodes import EntityNode, Page, View
from timeline.api.request import request_of
from timeline.domain.effects import read_value
from timeline.domain.entity_kinds import AttributeKind
from timeline.projection import entities as listing
from timeline.projection.states import Fact


def referring(attribute: AttributeKind) -> Any:
    """A resolver: of an attribute with keys, the values under this key, in their order; else the entities."""
    keyed = attribute.per is not None
    shape: tuple[type, ...] = (str, str) if keyed else (str,)

    def pages(
        entities: list[EntityNode], info: Info, first: int | None = 50, after: str | None = None
    ) -> list[Page[Any]]:
        request, asked = request_of(info), window(first, after, None, None)
        found: list[Page[Any]] = []
        with request.reading() as connection:
            for view, several in _by_view(entities).items():
                question = cursors.question("referring", view.timeline.slug, attribute.path)
                beyond = None
                if asked.cursor is not None:
                    beyond, position, basis_hash = cursors.decode(asked.cursor, question, shape)
                    cursors.check_history(request.basis_at(connection, view, position), position, basis_hash)
                targets = [each.ref.key for each in several]
                rows = listing.referring(
                    connection, view.generation, view.when, attribute, targets, beyond=beyond, limit=asked.size + 1
                )
                for target, those in zip(targets, rows, strict=True):
                    shown = those[: asked.size]
                    places = [(row.sort, row.entity) if keyed else (row.entity,) for row in shown]
                    basis = view.basis
                    found.append(
                        Page(
                            nodes=[
                                FactNode(view, Fact(attribute, row.key, read_value(attribute, row.value), row))
                                if keyed
                                else entity_of(request, view, row.entity)
                                for row in shown
                            ],
                            cursors=[
                                cursors.encode(question, place, basis.position, basis.hash or b"") for place in places
                            ],
                            has_next=len(those) > len(shown),
                            has_previous=beyond is not None,
                            basis=basis,
                            count=partial(_count, view, attribute, target),
                        )
                    )
        return _in_order(entities, found)

    pages.__doc__ = (
        f"By {attribute.path}, in the order of its values." if keyed else f"By {attribute.path}, in the order of refs."
    )
    return pages


def _by_view(entities: list[EntityNode]) -> dict[View, list[EntityNode]]:
    found: dict[View, list[EntityNode]] = {}
    for entity in entities:
        found.setdefault(entity.view, []).append(entity)
    return found


def _in_order(entities: list[EntityNode], pages: list[Page[Any]]) -> list[Page[Any]]:
    """Pages that were made view by view, in the order of the entities."""
    iterators = {}
    start = 0
    for view, several in _by_view(entities).items():
        iterators[view] = iter(pages[start : start + len(several)])
        start += len(several)
    return [next(iterators[entity.view]) for entity in entities]


def _count(view: View, attribute: AttributeKind, target: str, connection: Database) -> int:
    return listing.count_referring(connection, view.generation, view.when, attribute, target)
