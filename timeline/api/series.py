"""One attribute of several entities over time."""

from dataclasses import dataclass
from typing import Any

import strawberry
from sqlalchemy import Connection as Database
from strawberry.types import Info

from timeline.api.asking import KnownAt, given, known
from timeline.api.asking import refs as parse_refs
from timeline.api.batching import leaf
from timeline.api.entity_facts import attribute_named, key_of
from timeline.api.entity_history import From, between
from timeline.api.facts import EntityLater, FactNode, FactType, entity_of
from timeline.api.nodes import EntityNode, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import EDTF
from timeline.domain.entity_kinds import AttributeKind
from timeline.errors import TooLarge
from timeline.projection import entities as listing
from timeline.projection.history import Effort, in_the_world, slots_of

MAX_SERIES, MAX_POINTS = 50, 2_000


@dataclass(frozen=True, slots=True)
class SeriesNode:
    entity: EntityNode
    points: list[FactNode]


@strawberry.type(description="One attribute of one entity over time.")
class Series:
    entity: EntityLater = leaf(lambda series: series.entity, description="Whose attribute it is.")
    points: list[FactType] = leaf(
        lambda series: series.points, description="Its value after each event, in the order of the world."
    )


def all_series(
    timelines: list[View],
    info: Info,
    attribute: str,
    key: strawberry.ID | None = None,
    entities: list[strawberry.ID] | None = None,
    from_: From = None,
    to: EDTF | None = None,
    known_at: KnownAt | None = None,
) -> list[list[SeriesNode]]:
    """One attribute over time for up to 50 entities: a rank chart, a growing total. Without `entities`: the first 50
    that have it, in the order of refs.
    """
    request = request_of(info)
    wanted = attribute_named(request, None, attribute, ("attribute",))
    stored = key_of(wanted, key, ("key",))
    named = None if given(entities) is None else parse_refs(given(entities), ("entities",))
    if named is not None and len(named) > MAX_SERIES:
        raise TooLarge(f"at most {MAX_SERIES} entities, not {len(named):,}", ("entities",))
    found = []
    with request.reading() as connection:
        for timeline in timelines:
            view = known(request, connection, timeline, known_at)
            key_here = request.canonical(connection, view, [stored]).get(stored, stored)
            if named is None:
                refs = listing.having(connection, view.generation, view.when, wanted, key_here, MAX_SERIES)
            else:
                own = request.canonical(connection, view, named)
                refs = list(dict.fromkeys(own.get(ref, ref) for ref in named))
            found.append(_series(request, connection, view, wanted, key_here, refs, from_, to))
    return found


def _series(
    request: Request,
    connection: Database,
    view: View,
    attribute: AttributeKind,
    key: str,
    refs: list[str],
    since: Any,
    to: Any,
) -> list[SeriesNode]:
    basis, effort = view.basis.position, Effort()
    slots = slots_of(connection, view.generation, basis, refs, [attribute], key)
    series: dict[str, list[FactNode]] = {}
    for _, rows in slots:
        points = [point for point in in_the_world(attribute, rows, basis) if between(point.row, since, to)]
        if len(points) > MAX_POINTS:
            raise TooLarge(f"more than {MAX_POINTS:,} points: narrow them with from and to", ("from",))
        series[rows[0].entity] = [FactNode(view, point.fact(effort), past=True) for point in points]
    return [SeriesNode(entity_of(request, view, ref), series[ref]) for ref in refs if series.get(ref)]
