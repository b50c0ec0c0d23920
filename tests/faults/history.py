"""What callers asked for and what they were told, with the moments of both: what the checker judges a log by."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from timeline.log.verify import Stored


class Outcome(Enum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # UNAVAILABLE, or no answer: it may have happened


@dataclass(slots=True)
class Call:
    """One append. Moments are monotonic nanoseconds, which all processes of a machine share."""

    ids: tuple[UUID, ...]
    invoked: int
    answered: int = 0
    outcome: Outcome = Outcome.UNKNOWN
    positions: tuple[int, ...] = ()


@dataclass
class History:
    """Calls in no particular order, and the logs that were seen on the way, which must be beginnings of the last."""

    calls: list[Call] = field(default_factory=list)
    seen: list[list[tuple[int, UUID | None]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def invoke(self, ids: Iterable[UUID]) -> Call:
        call = Call(tuple(ids), time.monotonic_ns())
        with self._lock:
            self.calls.append(call)
        return call

    def answer(self, call: Call, outcome: Outcome, positions: Iterable[int] = ()) -> None:
        call.positions, call.outcome, call.answered = tuple(positions), outcome, time.monotonic_ns()

    def look(self, rows: Iterable[Stored]) -> None:
        self.seen.append([(row.position, row.id) for row in rows])

    def unknown(self) -> list[tuple[UUID, ...]]:
        """Appends that nobody was ever told the outcome of."""
        known = {call.ids for call in self.calls if call.outcome is not Outcome.UNKNOWN}
        return list(dict.fromkeys(call.ids for call in self.calls if call.ids not in known))

    def told(self) -> str:
        counts = {outcome: sum(call.outcome is outcome for call in self.calls) for outcome in Outcome}
        return ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items())
