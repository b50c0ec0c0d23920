"""From the inputs of a mutation to an append, and back to where in the input something was wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry

from timeline.api.asking import given as asked
from timeline.api.asking import refs
from timeline.api.inputs import RAW, plain, plain_source
from timeline.api.nodes import EventNode, View
from timeline.api.request import Request
from timeline.api.scalars import Position
from timeline.api.user_errors import Refusal, is_refusal
from timeline.domain import names
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.domain.limits import MAX_EVENTS
from timeline.domain.records import Basis
from timeline.errors import BadInput, TimelineError, TooLarge
from timeline.timelines import EntitiesUnchanged, NewEntities, outcomes

_SMALL = 20  # events that are made ready on the event loop's thread; more would hold up other requests

strawberry.enum(
    NewEntities, name="NewEntities", description="Whether an append may name entities that nothing named before."
)


@strawberry.input(name="EntitiesUnchanged", description="No record after position since names one of these (refs).")
class EntitiesUnchangedInput:
    refs: list[strawberry.ID]
    since: Position


@strawberry.input(one_of=True, description="Append only if nothing has changed since I looked.")
class Expectation:
    head: Position | None = strawberry.UNSET
    entities: EntitiesUnchangedInput | None = strawberry.UNSET


@dataclass(frozen=True, slots=True)
class Payload:
    """What an append came to, for the resolvers of the payload's fields."""

    events: list[EventNode] | None
    duplicates: int
    basis: Basis | None
    errors: Sequence[Refusal]


async def append(request: Request, given: Any, fields: dict[str, str]) -> Payload:
    """Append what `AppendEventsInput` says; `fields` maps the names of `EventData`'s fields to kinds."""
    try:
        call = partial(_submit, request, given, fields)
        future = await asyncio.to_thread(call) if len(given.events) > _SMALL else await request.run(call)
        appended: outcomes.Appended = await asyncio.shield(asyncio.wrap_future(future))
        view = await request.run(partial(_view, request, str(given.timeline), appended.basis))
    except TimelineError as error:
        if not is_refusal(error):
            raise
        return Payload(None, 0, None, [Refusal.of(_located(error, given))])
    if given.validate_only:
        return Payload(None, appended.duplicates, None, [])
    nodes = [EventNode(view, record, request.timelines.kinds) for record in appended.records]
    return Payload(nodes, appended.duplicates, appended.basis, [])


def _submit(request: Request, given: Any, fields: dict[str, str]) -> Any:
    if len(given.events) > MAX_EVENTS:
        raise TooLarge(f"at most {MAX_EVENTS:,} events at once, not {len(given.events):,}", ("events",))
    kinds = request.timelines.kinds
    return request.timelines.submit(
        str(given.timeline),
        [_new_event(kinds, index, each, fields) for index, each in enumerate(given.events)],
        expect=_expectation(asked(given.expect)),
        new_entities=given.new_entities or NewEntities.ALLOW,
        validate_only=bool(given.validate_only),
    )


def _view(request: Request, slug: str, basis: Basis) -> View:
    return View(request.timelines.known(slug), basis)


def _new_event(kinds: Kinds, index: int, given: Any, fields: dict[str, str]) -> New:
    field, value = given_field(given.event)
    if field == RAW:  # its data are JSON already, however deep
        line = {"kind": value.kind, "version": asked(value.version), "data": value.data}
    else:
        line = {"kind": fields[field], "data": plain(value)}
    line |= {
        "occurred": given.occurred.edtf,
        "sources": [plain_source(source) for source in asked(given.sources) or ()],
        "note": asked(given.note),
        "id": None if asked(given.id) is None else str(given.id),
    }
    try:
        return new_event(kinds, line)
    except BadInput as bad:
        raise bad.under("events", index) from None


def given_field(event: Any) -> tuple[str, Any]:
    """The one field that is set in a @oneOf input, by its GraphQL name, and its value."""
    ((name, value),) = ((name, value) for name, value in vars(event).items() if value is not strawberry.UNSET)
    return names.camel(name), value


def _expectation(given: Expectation | None) -> int | EntitiesUnchanged | None:
    if given is None:
        return None
    if entities := asked(given.entities):
        return EntitiesUnchanged(refs(entities.refs, ("expect", "entities", "refs")), entities.since)
    return given.head


def _located(error: TimelineError, given: Any) -> TimelineError:
    """Paths as the caller's input has them: a kind's fields stand under `event`, in camel case unless they are raw."""
    match error.path:
        case ("events", int(index), "data", *rest):
            field, _ = given_field(given.events[index].event)
            inside = ("data", *rest) if field == RAW else tuple(names.camel(str(each)) for each in rest)
            error.path = ("events", index, "event", field, *inside)
        case ("events", int(index), ("kind" | "version") as name):
            error.path = ("events", index, "event", RAW, name)
    return error
