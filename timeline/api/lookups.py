"""Finding nodes again by their global ids, each under the view that its id was made for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import strawberry
from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api import entity_pages
from timeline.api.ids import NodeId, parse_id
from timeline.api.nodes import EventNode, View
from timeline.api.request import Request, request_of
from timeline.domain.refs import parse_ref
from timeline.errors import TooLarge, under
from timeline.log.read import records_by_id

MAX_IDS = 100


def find_node(roots: list[None], info: Info, id: strawberry.ID) -> list[Any]:
    """The node that an id was given for, under the same view. Null if there is none.

    An entity that was merged into another since is that other one, with the other one's id.
    """
    return _find(request_of(info), [parse_id(id)]) * len(roots)


def find_nodes(roots: list[None], info: Info, ids: list[strawberry.ID]) -> list[list[Any]]:
    """At most 100, in the order asked."""
    if len(ids) > MAX_IDS:
        raise TooLarge(f"at most {MAX_IDS} ids, not {len(ids):,}", ("ids",))
    parsed = []
    for index, each in enumerate(ids):
        with under("ids", index):
            parsed.append(parse_id(each))
    return [_find(request_of(info), parsed)] * len(roots)


def _find(request: Request, asked: Sequence[NodeId]) -> list[Any]:
    """One statement for each timeline and each sort of node, however many are asked for."""
    with request.reading() as connection:
        infos = request.timelines.named(connection, {each.timeline for each in asked})
        views = {view.timeline.slug: view for view in request.views(connection, list(infos.values()))}
        placed = [(each, _view(request, connection, views.get(each.timeline), each)) for each in asked]
        records = {}
        for slug, info in infos.items():
            events = {each.event for each in asked if each.event and each.timeline == slug}
            records[slug] = records_by_id(connection, info.id, events) if events else {}
        entities: dict[tuple[View, str], Any] = {}
        for seen in dict.fromkeys(view for each, view in placed if view and each.ref):
            refs = [parse_ref(each.ref) for each, view in placed if view == seen and each.ref]
            for ref, entity in zip(refs, entity_pages.find(request, connection, seen, refs), strict=True):
                entities[seen, ref.key] = entity
    found: list[Any] = []
    for each, view in placed:
        if view is None:
            found.append(None)
        elif each.event:
            record = records[each.timeline].get(each.event)
            is_known = record is not None and record.position <= view.basis.position
            found.append(EventNode.of(view, record, request.timelines.kinds) if record and is_known else None)
        elif each.ref:
            found.append(entities[view, each.ref])
        else:
            found.append(view)
    return found


def _view(request: Request, connection: Connection, now: View | None, asked: NodeId) -> View | None:
    if now is None or (asked.known_at or 0) > now.basis.position:
        return None  # of another history, or of one that goes on elsewhere
    view = request.as_known(connection, now, asked.known_at, None)
    return replace(view, at=asked.at, certainty=asked.certainty)
