"""Correcting, withdrawing, disputing and redacting what was recorded."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import strawberry

from timeline.api.appending import Expectation, Fields, Payload, answer, event_line, expectation, within_data
from timeline.api.asking import given as asked
from timeline.api.inputs import SourceInput, plain_source
from timeline.api.request import Request
from timeline.api.scalars import EDTF, UUID
from timeline.domain.acts import DISPUTE, REDACTION, RETRACTION
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.errors import BadInput, TimelineError
from timeline.timelines import outcomes
from timeline.timelines.corrections import correction

UNSET = strawberry.UNSET
_KEEPS = "Absent keeps, null is refused"
_SAFE = "Makes a retry safe."
_CURRENT = "The current version's eventId."


def correct_event_input(event_data: Any) -> Any:
    """The input type; `event_data` is `EventData`."""

    @strawberry.input(
        description="The event as it should have been recorded: what is absent stays. Refused if nothing changes."
    )
    class CorrectEventInput:
        timeline: strawberry.ID = strawberry.field(description="The slug of the timeline.")
        event: UUID = strawberry.field(description=_CURRENT)
        id: UUID | None = strawberry.field(default=UNSET, description=_SAFE)
        occurred: EDTF | None = strawberry.field(default=UNSET, description=f"{_KEEPS}.")
        data: event_data | None = strawberry.field(default=UNSET, description=f"All of the event's fields. {_KEEPS}.")
        sources: list[SourceInput] | None = strawberry.field(default=UNSET, description=f"{_KEEPS}, [] clears.")
        note: str | None = strawberry.field(default=UNSET, description=f'{_KEEPS}, "" clears.')
        reason: str = strawberry.field(description="Why.")
        expect: Expectation | None = strawberry.field(default=UNSET, description="Refuse it if something has changed.")

    return CorrectEventInput


@strawberry.input(description="Withdraw a claim, or a dispute.")
class RetractEventInput:
    timeline: strawberry.ID = strawberry.field(description="The slug of the timeline.")
    event: UUID = strawberry.field(description=_CURRENT)
    id: UUID | None = strawberry.field(default=UNSET, description=_SAFE)
    reason: str = strawberry.field(description="Why.")
    sources: list[SourceInput] | None = strawberry.field(default=UNSET, description="Who says so.")
    expect: Expectation | None = strawberry.field(default=UNSET, description="Refuse it if something has changed.")


@strawberry.input(description="Say that others say otherwise.")
class DisputeEventInput:
    timeline: strawberry.ID = strawberry.field(description="The slug of the timeline.")
    event: UUID = strawberry.field(description=_CURRENT)
    id: UUID | None = strawberry.field(default=UNSET, description=_SAFE)
    note: str | None = strawberry.field(default=UNSET, description="What is disputed, and why.")
    sources: list[SourceInput] | None = strawberry.field(default=UNSET, description="Who says otherwise.")


@strawberry.input(description="Remove what a record says, for ever. Its place, its id and its proof stay.")
class RedactEventInput:
    timeline: strawberry.ID = strawberry.field(description="The slug of the timeline.")
    event: UUID = strawberry.field(description="The eventId of any version.")
    id: UUID | None = strawberry.field(default=UNSET, description=_SAFE)
    reason: str = strawberry.field(description="Why.")


async def correct(request: Request, given: Any, fields: Fields) -> Payload:
    return await answer(request, given, partial(_submit, request, given, partial(_correction, fields)), _located(given))


async def retract(request: Request, given: RetractEventInput) -> Payload:
    return await _record(request, given, RETRACTION)


async def dispute(request: Request, given: DisputeEventInput) -> Payload:
    return await _record(request, given, DISPUTE)


async def redact(request: Request, given: RedactEventInput) -> Payload:
    return await _record(request, given, REDACTION)


async def _record(request: Request, given: Any, kind: str) -> Payload:
    return await answer(request, given, partial(_submit, request, given, partial(_meta, kind)), _located(given))


def _submit(request: Request, given: Any, make: Callable[[Request, Any], New]) -> Future[outcomes.Appended]:
    expect = expectation(asked(getattr(given, "expect", None)))
    return request.timelines.submit(str(given.timeline), [make(request, given)], expect=expect)


def _meta(kind: str, request: Request, given: Any) -> New:
    """A record of `kind` about the event that is given."""
    line = {
        "kind": kind,
        "data": {"target": str(given.event)},
        "id": None if asked(given.id) is None else str(given.id),
        "reason": asked(getattr(given, "reason", None)),
        "note": asked(getattr(given, "note", None)),
        "sources": [plain_source(each) for each in asked(getattr(given, "sources", None)) or ()],
    }
    return new_event(request.timelines.kinds, line)


def _correction(fields: Fields, request: Request, given: Any) -> New:
    changes: dict[str, Any] = {}
    for name in ("occurred", "data", "sources", "note"):
        value = getattr(given, name)
        if value is None:
            raise BadInput(f"null is refused: leave {name} out to keep it as it is", (name,))
        if value is not UNSET:
            changes |= _change(name, value, fields)
    info = request.timelines.known(str(given.timeline))
    return correction(request.timelines, info, given.event, changes, given.reason, asked(given.id))


def _change(name: str, value: Any, fields: Fields) -> dict[str, Any]:
    """A change as fields of a line; None clears."""
    match name:
        case "occurred":
            return {"occurred": value.edtf}
        case "data":
            return event_line(value, fields)
        case "sources":
            return {"sources": [plain_source(each) for each in value] or None}
        case _:
            return {"note": value or None}


def _located(given: Any) -> Callable[[TimelineError], TimelineError]:
    """Paths as the caller's input has them: there is one event, and what is wrong with its target is `event`."""

    def locate(error: TimelineError) -> TimelineError:
        match error.path:
            case ("events", _, *rest):
                error.path = tuple(rest)
        match error.path:
            case ("corrects",) | ("data", "target"):
                error.path = ("event",)
            case (("data" | "kind" | "version"), *_) if asked(getattr(given, "data", None)) is not None:
                error.path = ("data", *within_data(given.data, error.path))
        return error

    return locate
