"""What became of records: their claims, versions and disputes, as known under the view that is asked about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api.asking import KnownAt, known
from timeline.api.connections import window
from timeline.api.nodes import EventNode, View
from timeline.api.request import Request, request_of
from timeline.domain.acts import Status
from timeline.log.read import records_by_id
from timeline.log.redact import redactions
from timeline.projection import standing
from timeline.projection.generation import Generation
from timeline.projection.standing import Standing
from timeline.timelines.memory import Reading

Place = tuple[Generation, int]  # and a position


def statuses(events: list[EventNode], info: Info) -> list[Status]:
    found = _standings(request_of(info), map(_place, events))
    return [found[_place(event)].status(event.view.basis.position) for event in events]


def claim_ids(events: list[EventNode], info: Info) -> list[Any]:
    request = request_of(info)
    found = _standings(request, map(_place, events))
    firsts = [(event.view.timeline.id, found[_place(event)].claim) for event in events]
    others = request.readings(
        first for first, event in zip(firsts, events, strict=True) if first[1] != event.record.position
    )
    return [
        event.record.id if first[1] == event.record.position else others[first[0]][first[1]].record.id
        for first, event in zip(firsts, events, strict=True)
    ]


def versions(events: list[EventNode], info: Info, first: int | None = 50) -> list[list[EventNode]]:
    """Every version of the claim known at this basis, oldest first, its retraction included."""
    size = window(first, None, None, None).size
    request = request_of(info)
    found = _standings(request, map(_place, events))
    claims = [(event.view, found[_place(event)].claim) for event in events]
    later: dict[tuple[Generation, int, int], list[int]] = {}
    with request.reading() as connection:
        for (generation, basis), asked in _by_basis(claims):
            revised = standing.revisions(connection, generation, asked, basis, size - 1)
            later.update({(generation, basis, claim): each for claim, each in revised.items()})
    positions = [[claim, *later.get((*_basis(view), claim), ())] for view, claim in claims]
    return _nodes(request, events, positions)


def currents(events: list[EventNode], info: Info, known_at: KnownAt | None = None) -> list[EventNode | None]:
    """The claim's current version; null once withdrawn, or not yet recorded. knownAt may be later than this basis."""
    request = request_of(info)
    if known_at is not None:
        with request.reading() as connection:
            events = [event.under(_as_known(request, connection, event.view, known_at)) for event in events]
    found = _standings(request, map(_place, events))
    claims = [(event.view, found[_place(event)].claim) for event in events]
    last: dict[tuple[Generation, int, int], int] = {}
    with request.reading() as connection:
        for (generation, basis), asked in _by_basis(claims):
            corrected = standing.last_versions(connection, generation, asked, basis)
            last.update({(generation, basis, claim): position for claim, position in corrected.items()})
    positions = [last.get((*_basis(view), claim), claim) for view, claim in claims]
    found = _standings(request, ((view.generation, at) for (view, _), at in zip(claims, positions, strict=True)))
    standing_at = [
        [at] if at <= view.basis.position and found[view.generation, at].retracted_at > view.basis.position else []
        for (view, _), at in zip(claims, positions, strict=True)
    ]
    return [next(iter(nodes), None) for nodes in _nodes(request, events, standing_at)]


def superseding(events: list[EventNode], info: Info) -> list[EventNode | None]:
    """The version that replaced this one, if one has by this basis."""
    request = request_of(info)
    found = _standings(request, map(_place, events))
    corrected = [found[_place(event)].corrected_at for event in events]
    positions = [[at] if at <= event.view.basis.position else [] for event, at in zip(events, corrected, strict=True)]
    return [next(iter(nodes), None) for nodes in _nodes(request, events, positions)]


def disputes(events: list[EventNode], info: Info) -> list[list[EventNode]]:
    """Those that stand: who says otherwise of this version, and why."""
    request = request_of(info)
    standing_at: dict[tuple[Generation, int, int], list[int]] = {}
    with request.reading() as connection:
        for (generation, basis), asked in _by_basis((event.view, event.record.position) for event in events):
            doubts = standing.disputes(connection, generation, asked, basis)
            standing_at.update({(generation, basis, target): each for target, each in doubts.items()})
    positions = [standing_at.get((*_basis(event.view), event.record.position), []) for event in events]
    return _nodes(request, events, positions)


def targets(events: list[EventNode], info: Info) -> list[EventNode]:
    """What a record about another one is about."""
    return targets_of(request_of(info), events)


def targets_of(request: Request, events: Sequence[EventNode]) -> list[EventNode]:
    wanted: dict[int, set[Any]] = {}
    for event in events:
        wanted.setdefault(event.view.timeline.id, set()).add(event.record.target)
    found: dict[tuple[int, Any], Reading] = {}
    with request.reading() as connection:
        for timeline_id, ids in wanted.items():
            by_id = records_by_id(connection, timeline_id, ids)
            kinds = request.timelines.kinds
            found.update({(timeline_id, each): Reading(record, kinds) for each, record in by_id.items()})
    return [event.other(found[event.view.timeline.id, event.record.target]) for event in events]


def redactions_of(events: list[EventNode], info: Info) -> list[EventNode]:
    """The record that ordered it, whatever the basis: of what was removed nothing is known any more."""
    request = request_of(info)
    asked: dict[Generation, set[int]] = {}
    for event in events:
        asked.setdefault(event.view.generation, set()).add(event.record.position)
    found: dict[Place, int] = {}
    with request.reading() as connection:
        for generation, positions in asked.items():
            blanked = redactions(connection, generation.timeline_id, positions)
            found.update({(generation, position): by for position, by in blanked.items()})
    return [node for (node,) in _nodes(request, events, [[found[_place(event)]] for event in events])]


def _as_known(request: Request, connection: Connection, view: View, known_at: KnownAt) -> View:
    (now,) = request.views(connection, [view.timeline])
    return replace(known(request, connection, now, known_at), at=view.at, certainty=view.certainty)


def _place(event: EventNode) -> Place:
    return event.view.generation, event.record.position


def _basis(view: View) -> Place:
    return view.generation, view.basis.position


def _by_basis(asked: Iterable[tuple[View, int]]) -> Iterator[tuple[Place, set[int]]]:
    """The positions that are asked about, for each timeline and basis."""
    found: dict[Place, set[int]] = {}
    for view, position in asked:
        found.setdefault(_basis(view), set()).add(position)
    return iter(found.items())


def _nodes(request: Request, events: Sequence[EventNode], positions: Sequence[Sequence[int]]) -> list[list[EventNode]]:
    """For each event the records at some positions of its timeline, under its view."""
    places = [(event.view.timeline.id, at) for event, each in zip(events, positions, strict=True) for at in each]
    found = request.readings(places)
    return [
        [event.other(found[event.view.timeline.id][at]) for at in each]
        for event, each in zip(events, positions, strict=True)
    ]


def _standings(request: Request, places: Iterable[Place]) -> dict[Place, Standing]:
    """One statement for each timeline, and none for what is known."""
    seen = request.standings
    missing: dict[Generation, set[int]] = {}
    for generation, position in places:
        if (generation, position) not in seen:
            missing.setdefault(generation, set()).add(position)
    if missing:
        with request.reading() as connection:
            for generation, positions in missing.items():
                found = standing.standings(connection, generation, positions)
                seen.update({(generation, position): each for position, each in found.items()})
    return seen
