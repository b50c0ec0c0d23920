"""The checker finds what was planted, and nothing in a history that is right."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.faults.checker import violations
from tests.faults.history import Call, History, Outcome
from timeline.domain.records import Basis
from timeline.log import chain
from timeline.log.verify import Stored

SALT, CONTENT = b"s" * 16, '{"kind":"toy.moved"}'


def log_of(*numbers: int) -> list[Stored]:
    """A log whose records have these ids, and which proves."""
    rows, previous = [], chain.GENESIS
    for position, number in enumerate(numbers, 1):
        commitment = chain.commitment(SALT, CONTENT.encode())
        previous = chain.link(previous, position, UUID(int=number), position, commitment)
        rows.append(Stored(position, UUID(int=number), position, CONTENT, SALT, commitment, previous))
    return rows


def call(invoked: int, answered: int, *numbers: int, at: int = 0, outcome: Outcome = Outcome.ACKNOWLEDGED) -> Call:
    positions = tuple(range(at, at + len(numbers))) if at else ()
    return Call(tuple(UUID(int=number) for number in numbers), invoked, answered, outcome, positions)


@dataclass
class Case:
    """One and two and three were acknowledged; four is unknown and there; five is unknown and not; six was refused."""

    history: History
    rows: list[Stored]

    def head(self) -> Basis:
        last = self.rows[-1]
        return Basis(last.position, last.recorded_at, last.hash)


@pytest.fixture
def case() -> Case:
    calls = [
        call(1, 4, 1, at=1),
        call(2, 5, 2, 3, at=2),
        call(6, 9, 4, outcome=Outcome.UNKNOWN),
        call(7, 8, 5, outcome=Outcome.UNKNOWN),
        call(10, 11, 6, outcome=Outcome.REFUSED),
        call(12, 13, 4, at=4),
    ]
    history = History(calls)
    history.look(log_of(1, 2, 3))
    return Case(history, log_of(1, 2, 3, 4))


def test_a_history_that_is_right(case: Case) -> None:
    assert violations(case.history, case.rows, case.head()) == []
    assert case.history.unknown() == [(UUID(int=5),)]


def lost(case: Case) -> None:
    case.rows = log_of(1, 2)
    case.history.seen.clear()


def doubled(case: Case) -> None:
    case.rows = log_of(1, 2, 3, 4, 1)


def moved(case: Case) -> None:
    case.rows = log_of(2, 3, 1, 4)


def a_refusal_that_happened(case: Case) -> None:
    case.rows = log_of(1, 2, 3, 4, 6)


def a_stranger(case: Case) -> None:
    case.rows = log_of(1, 2, 3, 4, 7)


def an_unknown_twice(case: Case) -> None:
    case.rows = log_of(1, 2, 3, 4, 5, 5)


def half_of_it(case: Case) -> None:
    case.history.calls.append(call(14, 15, 8, 9, outcome=Outcome.UNKNOWN))
    case.rows = log_of(1, 2, 3, 4, 8)


def a_retry_elsewhere(case: Case) -> None:
    case.history.calls.append(call(14, 15, 1, at=4))


def a_gap(case: Case) -> None:
    del case.rows[1]


def a_broken_link(case: Case) -> None:
    case.rows[1] = case.rows[1]._replace(hash=bytes(32))


def a_time_that_goes_back(case: Case) -> None:
    case.rows[2] = case.rows[2]._replace(recorded_at=1)


def out_of_order(case: Case) -> None:
    case.history.calls += [call(20, 21, 11, at=6), call(22, 23, 12, at=5)]
    case.rows = log_of(1, 2, 3, 4, 12, 11)


def an_unknown_before_what_was_there(case: Case) -> None:
    case.history.calls += [call(20, 21, 11, at=6), call(22, 23, 12, outcome=Outcome.UNKNOWN)]
    case.rows = log_of(1, 2, 3, 4, 12, 11)


def a_past_that_changed(case: Case) -> None:
    case.history.calls.append(call(14, 15, 5, outcome=Outcome.UNKNOWN))
    case.history.look(log_of(1, 2, 3, 5))


@pytest.mark.parametrize(
    ("plant", "names"),
    [
        (lost, "I1"),
        (doubled, "I1"),
        (moved, "I1"),
        (a_refusal_that_happened, "I2"),
        (a_stranger, "I2"),
        (an_unknown_twice, "I1"),
        (half_of_it, "I2"),
        (a_retry_elsewhere, "I1"),
        (a_gap, "I3"),
        (a_broken_link, "I3"),
        (a_time_that_goes_back, "I3"),
        (out_of_order, "I4"),
        (an_unknown_before_what_was_there, "I4"),
        (a_past_that_changed, "I1"),
    ],
)
def test_what_was_planted_is_found(case: Case, plant: Callable[[Case], None], names: str) -> None:
    plant(case)
    found = violations(case.history, case.rows)
    assert any(each.startswith(names) for each in found), found


def test_a_head_that_is_not_the_last_record_is_found(case: Case) -> None:
    assert violations(case.history, case.rows, case.head()._replace(position=5))
    assert violations(case.history, case.rows, case.head()._replace(hash=bytes(32)))
