"""The one judge of every fault: a recorded history against the log that is there at the end.

I1  What was acknowledged is there once, at the position that was acknowledged.
I2  What was refused is not there. What is unknown is there once or not at all, and a retry with the same ids gets the
    positions that the first attempt got.
I3  Positions are 1, 2, 3 … and every commitment and link proves.
I4  An append that was answered before another one was sent stands before it.
"""

from collections import Counter
from collections.abc import Sequence
from math import inf
from uuid import UUID

from tests.faults.history import History, Outcome
from timeline.domain.records import Basis
from timeline.log.verify import Proof, Stored


def violations(history: History, rows: Sequence[Stored], head: Basis | None = None) -> list[str]:
    """What does not hold, in words. `rows` is the whole log, `head` its head row."""
    fault = Proof().of(rows, head)
    broken = [] if fault is None else [f"I3: at position {fault.position}: {fault.problem}"]
    return [*broken, *_contents(history, rows), *_calls(history, rows), *_order(history, rows)]


def _contents(history: History, rows: Sequence[Stored]) -> list[str]:
    found: list[str] = []
    log: list[tuple[int, UUID | None]] = [(row.position, row.id) for row in rows]
    ids = Counter(event_id for _, event_id in log)
    may_be: set[UUID | None] = {
        each for call in history.calls if call.outcome is not Outcome.REFUSED for each in call.ids
    }
    found += [f"I1: {each} is there twice" for each, times in ids.items() if times > 1]
    found += [f"I2: nobody sent {each}, or it was refused" for each in ids if each not in may_be]
    for seen in history.seen:
        if log[: len(seen)] != seen:
            found.append(f"I1: the log does not begin with the {len(seen)} records that were there before")
    return found


def _calls(history: History, rows: Sequence[Stored]) -> list[str]:
    found = []
    at: dict[UUID | None, int] = {row.id: row.position for row in rows}
    for call in history.calls:
        there = tuple(at[each] for each in call.ids if each in at)
        if call.outcome is Outcome.ACKNOWLEDGED and there != call.positions:
            found.append(f"I1: acknowledged at {call.positions}, and it is at {there}: {call.ids[0]}")
        if there and there != tuple(range(there[0], there[0] + len(call.ids))):
            found.append(f"I2: appended in part, or not together: {there} of {len(call.ids)} events")
    return found


def _order(history: History, rows: Sequence[Stored]) -> list[str]:
    """What is there was appended at some moment between when it was first sent and when it was first acknowledged."""
    spans: dict[UUID, tuple[int, float]] = {}
    for call in history.calls:
        invoked, answered = spans.get(call.ids[0], (call.invoked, inf))
        acknowledged = call.answered if call.outcome is Outcome.ACKNOWLEDGED else inf
        spans[call.ids[0]] = min(invoked, call.invoked), min(answered, acknowledged)
    found, latest, before = [], 0, 0
    for row in rows:
        if row.id not in spans:
            continue
        invoked, answered = spans[row.id]
        if answered < latest:
            found.append(f"I4: {row.position} was acknowledged before {before} was sent, and stands after it")
        if invoked > latest:
            latest, before = invoked, row.position
    return found
