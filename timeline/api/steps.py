"""A subscriber is a place in the log, and each batch is one answer, given from there.

A transport asks the same operation again and again, each time as a `Step` that says how far the subscriber has got. The
resolver of a root field gives what comes next, and leaves a `Batch` to say how far that goes.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.nodes import View
from timeline.api.request import Request, request_of
from timeline.domain.records import Basis, Record, TimelineInfo
from timeline.errors import BadInput, CursorAhead
from timeline.timelines import Timelines

SCAN = 10_000  # records that one batch looks through for what a subscriber wants


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the log from a place up to `basis`; `head` is how far the log had got, `records` what of it is given.

    `is_news`: there is something in it to tell at once, not with the next heartbeat.
    """

    timeline: TimelineInfo
    basis: Basis
    head: int
    cursor: str
    is_news: bool
    records: list[Record] = field(default_factory=list)


class Step(Request):
    """One batch of a subscription, as the context of its resolvers. Not shared between batches.

    `place` is how far the subscriber has got; None at first: then the arguments, or a cursor to `resume` from, say it.
    `idle`: look for nothing, only tell where the subscriber is. Afterwards `batch` is what was given.
    """

    def __init__(
        self, timelines: Timelines, place: Basis | None = None, *, resume: str | None = None, idle: bool = False
    ) -> None:
        super().__init__(timelines)
        self.place = place
        self.resume = resume
        self.idle = idle
        self.batch: Batch | None = None

    def start(
        self, connection: Connection, view: View, after: str | None, after_position: int | None, question: str
    ) -> Basis | None:
        """Where the batch begins; None if nothing says so. `view` is of the head, `question` what cursors are bound to.

        BAD_CURSOR, CURSOR_AHEAD or HISTORY_DIVERGED if that is no place in this log.
        """
        if self.place is not None:
            found, mark = self.basis_at(connection, view, self.place.position), (self.place.hash or b"")[:6].hex()
            cursors.check_history(found, self.place.position, mark)
            return self.place
        if self.resume is not None or after is not None:
            if after is not None and after_position is not None:
                raise BadInput("after or afterPosition, not both", ("afterPosition",))
            _, position, mark = cursors.decode(self.resume or after or "", question, ())
            found = self.basis_at(connection, view, position)
            cursors.check_history(found, position, mark)
            return found
        if after_position is None:
            return None
        start = self.basis_at(connection, view, after_position)
        if start is None:
            raise CursorAhead(
                f"position {after_position} is beyond the head, {view.basis.position}", ("afterPosition",)
            )
        return start


def step_of(info: Info) -> Step:
    """BAD_INPUT where nothing can be followed."""
    step = request_of(info)
    if not isinstance(step, Step):
        raise BadInput("a subscription is followed over a WebSocket, or over Server-Sent Events")
    return step


def cursor_of(question: str, place: Basis) -> str:
    """What a subscriber passes to go on after `place`."""
    return cursors.encode(question, (), place.position, place.hash or b"")
