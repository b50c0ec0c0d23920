"""Following: who asks for the same as others shares a feed with them."""

from collections.abc import AsyncGenerator
from typing import Any

import orjson
from graphql import OperationType

from timeline.api.faults import ended_by
from timeline.api.feeds import Answer, Feed, Hand
from timeline.api.operations import Operation, Operations, execute
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.api.steps import Batch, Step
from timeline.api.trusted import Trusted
from timeline.errors import Unavailable
from timeline.timelines import Timelines


class Live:
    """All that goes on in this process. `heartbeat` is in seconds."""

    def __init__(
        self, schema: Schema, timelines: Timelines, *, heartbeat: float, trusted: Trusted | None = None
    ) -> None:
        self.schema = schema
        self.operations = Operations(schema, trusted)
        self.timelines = timelines
        self.heartbeat = heartbeat
        self.closing = False
        self.feeds: dict[bytes, Feed] = {}

    def close(self) -> None:
        """End every subscription, so that its client comes back."""
        self.closing = True
        for feed in self.feeds.values():
            feed.wake(grown=False)

    def answers(
        self, operation: Operation, resume: str | None = None, hand: Hand | None = None
    ) -> AsyncGenerator[Answer, None]:
        """All answers to an operation: one, or those of a subscription for ever, from the cursor `resume` if given.

        While somebody waits for the next one, it is given to `hand`, and comes from here only if that cannot take it.
        """
        if operation.type is not OperationType.SUBSCRIPTION:
            return self._once(operation)
        return self.feeds.setdefault(operation.shared, Feed(self, operation)).follow(operation, resume, hand)

    async def _once(self, operation: Operation) -> AsyncGenerator[Answer, None]:
        yield await self.answer(operation, Request(self.timelines))

    async def answer(self, operation: Operation, request: Request) -> Answer:
        try:
            result = (await execute(self.schema, operation, request)).body()
            return _answer(result, request.batch if isinstance(request, Step) else None)
        except Exception as error:  # noqa: BLE001 it is logged
            raise ended_by(error) from None


def _answer(result: dict[str, Any], batch: Batch | None) -> Answer:
    errors = result.get("errors") or ()
    if batch is not None:
        result["extensions"] = {"cursor": batch.cursor}
    return Answer(
        orjson.dumps(result),
        failed=bool(errors) and not result.get("data"),
        batch=batch,
        away=any(error.get("extensions", {}).get("code") == Unavailable.code for error in errors),
    )
