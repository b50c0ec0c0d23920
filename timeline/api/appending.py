"""From the inputs of a mutation to an append, and back to where in the input something was wrong."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
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
from timeline.api.words import described
from timeline.domain import names
from timeline.domain.acts import META
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.domain.limits import MAX_EVENTS
from timeline.domain.records import Basis
from timeline.errors import BadInput, TimelineError, TooLarge, under
from timeline.timelines import EntitiesUnchanged, NewEntities, outcomes

_SMALL = 20  # events that are made ready on the event loop's thread; more would hold up other requests

described(
    NewEntities,
    "Whether an append may name entities that nothing named before.",
    ALLOW="They are born by being named.",
    REFUSE="UNKNOWN_ENTITY: for typing errors in refs.",
)


@strawberry.input(name="EntitiesUnchanged", description="No record after position since names one of these (refs).")
class EntitiesUnchangedInput:
    refs: list[strawberry.ID] = strawberry.field(description="Each kind:slug.")
    since: Position = strawberry.field(description="The position that was looked at.")


@strawberry.input(one_of=True, description="Append only if nothing has changed since I looked.")
class Expectation:
    head: Position | None = strawberry.field(default=strawberry.UNSET, description="The position of the last record.")
    entities: EntitiesUnchangedInput | None = strawberry.field(
        default=strawberry.UNSET, description="Entities that nothing has named since."
    )


Fields = Mapping[str, str]  # from the names of `EventData`'s fields to kinds


@dataclass(frozen=True, slots=True)
class Payload:
    """What an append came to, for the resolvers of the payload's fields."""

    events: list[EventNode] | None
    duplicates: int
    basis: Basis | None
    errors: Sequence[Refusal]


async def append(request: Request, given: Any, fields: Fields) -> Payload:
    """Append what `AppendEventsInput` says."""
    submit = partial(_submit, request, given, fields)
    locate = partial(_located, given=given)
    return await answer(request, given, submit, locate, large=len(given.events) > _SMALL)


async def answer(
    request: Request,
    given: Any,
    submit: Callable[[], Future[outcomes.Appended]],
    locate: Callable[[TimelineError], TimelineError],
    *,
    large: bool = False,
) -> Payload:
    """What comes of it. `given` is the mutation's input, `locate` finds in it what an error is about."""
    try:
        future = await asyncio.to_thread(submit) if large else await request.run(submit)
        appended = await request.timelines.answers.wait(future)
        view = await request.run(partial(_view, request, str(given.timeline), appended))
    except TimelineError as error:
        if not is_refusal(error):
            raise
        return Payload(None, 0, None, [Refusal.of(locate(error))])
    if getattr(given, "validate_only", False):
        return Payload(None, appended.duplicates, None, [])
    nodes = [EventNode.of(view, record, request.timelines.kinds) for record in appended.records]
    return Payload(nodes, appended.duplicates, appended.basis, [])


def _submit(request: Request, given: Any, fields: Fields) -> Any:
    if len(given.events) > MAX_EVENTS:
        raise TooLarge(f"at most {MAX_EVENTS:,} events at once, not {len(given.events):,}", ("events",))
    kinds = request.timelines.kinds
    return request.timelines.submit(
        str(given.timeline),
        [_new_event(kinds, index, each, fields) for index, each in enumerate(given.events)],
        expect=expectation(asked(given.expect)),
        new_entities=given.new_entities or NewEntities.ALLOW,
        validate_only=bool(given.validate_only),
    )


def _view(request: Request, slug: str, appended: outcomes.Appended) -> View:
    info = request.timelines.known(slug)
    request.forget(info.id)
    return View(info, appended.basis, appended.generation)


def _new_event(kinds: Kinds, index: int, given: Any, fields: Fields) -> New:
    with under("events", index):
        line = event_line(given.event, fields)
        line |= {
            "occurred": given.occurred.edtf,
            "sources": [plain_source(source) for source in asked(given.sources) or ()],
            "note": asked(given.note),
            "id": None if asked(given.id) is None else str(given.id),
        }
        return new_event(kinds, line)


def event_line(event: Any, fields: Fields) -> dict[str, Any]:
    """What `EventData` says, as fields of a line."""
    field, value = given_field(event)
    if field == RAW:  # its data are JSON already, however deep
        if value.kind in META:
            raise BadInput(f"a {value.kind} is recorded by a mutation of its own", ("kind",))
        return {"kind": value.kind, "version": asked(value.version), "data": value.data}
    return {"kind": fields[field], "data": plain(value)}


def given_field(event: Any) -> tuple[str, Any]:
    """The one field that is set in a @oneOf input, by its GraphQL name, and its value."""
    ((name, value),) = ((name, value) for name, value in vars(event).items() if value is not strawberry.UNSET)
    return names.camel(name), value


def expectation(given: Expectation | None) -> int | EntitiesUnchanged | None:
    if given is None:
        return None
    if entities := asked(given.entities):
        return EntitiesUnchanged(refs(entities.refs, ("expect", "entities", "refs")), entities.since)
    return given.head


def _located(error: TimelineError, given: Any) -> TimelineError:
    """Paths as the caller's input has them: a kind's fields stand under `event`, in camel case unless they are raw."""
    match error.path:
        case ("events", int(index), ("data" | "kind" | "version"), *_):
            inside = within_data(given.events[index].event, error.path[2:])
            error.path = ("events", index, "event", *inside)
    return error


def within_data(event: Any, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where in `EventData` something is wrong that is wrong at `path` of a line."""
    field, _ = given_field(event)
    if field == RAW:
        return RAW, *path
    return field, *(names.camel(str(each)) for each in path[1:])
