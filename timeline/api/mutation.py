"""Making timelines and appending to them. What is refused is told in the payload; what is not known is an error."""

import asyncio
from typing import Annotated

import strawberry
from strawberry.types import Info

from timeline.api import appending, revising
from timeline.api.appending import Expectation
from timeline.api.asking import given as asked
from timeline.api.batching import leaf
from timeline.api.events import Event
from timeline.api.inputs import SourceInput, event_data_type, input_field
from timeline.api.nodes import View
from timeline.api.request import Request, request_of
from timeline.api.revising import DisputeEventInput, RedactEventInput, RetractEventInput, correct_event_input
from timeline.api.scalars import EDTF, UUID
from timeline.api.timeline import TimelineType
from timeline.api.user_errors import Refusal, UserError, is_refusal
from timeline.api.values import BasisType
from timeline.api.words import INPUT
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError
from timeline.timelines import NewEntities


@strawberry.input(description="The slug is its name for programs, the title for people.")
class CreateTimelineInput:
    slug: strawberry.ID = strawberry.field(description="Its name for programs; it never changes.")
    title: str = strawberry.field(description="Its name for people.")
    description: str | None = strawberry.field(default=strawberry.UNSET, description="What it is about.")


@strawberry.type(description="The timeline, or why there is none.")
class CreateTimelinePayload:
    timeline: TimelineType | None = leaf(
        lambda payload: payload[0], description="The timeline; null if it was refused."
    )
    errors: list[UserError] = leaf(lambda payload: payload[1], description="Why it was refused.")


@strawberry.type(description="What was appended, or why nothing was.")
class AppendEventsPayload:
    events: list[Event] | None = leaf(
        lambda payload: payload.events,
        description="In the order given, those that were there already included. Null when refused or only validated.",
    )
    duplicates: int = leaf(lambda payload: payload.duplicates, description="How many were there already.")
    basis: BasisType | None = leaf(lambda payload: payload.basis, description="The head after the append.")
    errors: list[UserError] = leaf(lambda payload: payload.errors, description="Why it was refused.")


def _create(request: Request, given: CreateTimelineInput) -> View:
    created = request.timelines.create(str(given.slug), given.title, asked(given.description))
    with request.reading() as connection:
        return request.views(connection, [created])[0]


def mutation_type(kinds: Kinds) -> type:
    """The root type for these kinds."""
    fields = {input_field(kind): kind.name for kind in kinds.events.values()}
    event_data = event_data_type(kinds)

    @strawberry.input(description="An event to append.")
    class NewEvent:
        id: UUID | None = strawberry.field(default=strawberry.UNSET, description="Makes a retry safe.")
        occurred: EDTF = strawberry.field(description="When it happened.")
        event: event_data = strawberry.field(description="What happened.")  # type: ignore[valid-type]
        sources: list[SourceInput] | None = strawberry.field(default=strawberry.UNSET, description="Who says so.")
        note: str | None = strawberry.field(default=strawberry.UNSET, description="What else is to be said.")

    @strawberry.input(description="Events to append to one timeline.")
    class AppendEventsInput:
        timeline: strawberry.ID = strawberry.field(description="The slug of the timeline.")
        events: list[NewEvent] = strawberry.field(description="1 to 1,000, appended together or not at all.")
        expect: Expectation | None = strawberry.field(
            default=strawberry.UNSET, description="Refuse it if something has changed."
        )
        validate_only: bool | None = strawberry.field(default=False, description="Check everything, append nothing.")
        new_entities: NewEntities | None = strawberry.field(
            default=NewEntities.ALLOW, description="Whether entities may be named that nothing named before."
        )

    correct_event_data = correct_event_input(event_data)

    @strawberry.type(name="Mutation", description="What can be done. A refusal is in the payload's errors.")
    class Mutation:
        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Make a new, empty timeline; the same one again if it is there and says the same."
        )
        async def create_timeline(
            self, info: Info, input: Annotated[CreateTimelineInput, INPUT]
        ) -> CreateTimelinePayload:
            request = request_of(info)
            try:
                return await asyncio.to_thread(_create, request, input), []  # type: ignore[return-value]
            except TimelineError as error:
                if not is_refusal(error):
                    raise
                return None, [Refusal.of(error)]  # type: ignore[return-value]

        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Append events together or not at all. A retry with the same ids is always safe."
        )
        async def append_events(self, info: Info, input: Annotated[AppendEventsInput, INPUT]) -> AppendEventsPayload:
            return await appending.append(request_of(info), input, fields)  # type: ignore[return-value]

        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Record an event as it should have been. CONFLICT, naming the current version, if another is."
        )
        async def correct_event(self, info: Info, input: Annotated[correct_event_data, INPUT]) -> AppendEventsPayload:  # type: ignore[valid-type]
            return await revising.correct(request_of(info), input, fields)  # type: ignore[return-value]

        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Withdraw a claim, or a dispute. A correction of a claim that was withdrawn reinstates it."
        )
        async def retract_event(self, info: Info, input: Annotated[RetractEventInput, INPUT]) -> AppendEventsPayload:
            return await revising.retract(request_of(info), input)  # type: ignore[return-value]

        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Say that others say otherwise. The event stands, and shows as disputed."
        )
        async def dispute_event(self, info: Info, input: Annotated[DisputeEventInput, INPUT]) -> AppendEventsPayload:
            return await revising.dispute(request_of(info), input)  # type: ignore[return-value]

        @strawberry.mutation(  # type: ignore[untyped-decorator]
            description="Remove what one record says, as the law may demand. There is no way back."
        )
        async def redact_event(self, info: Info, input: Annotated[RedactEventInput, INPUT]) -> AppendEventsPayload:
            return await revising.redact(request_of(info), input)  # type: ignore[return-value]

    return Mutation
