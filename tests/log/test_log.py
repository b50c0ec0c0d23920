"""The log under concurrency: one order without gaps, for every reader, whoever appends and from whichever node."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.making import head, logged, moved
from timeline.errors import Conflict
from timeline.log.read import heads, rows_after
from timeline.timelines import Appended, EntitiesUnchanged, Timelines

Opener = Callable[[], Timelines]


class Tail(threading.Thread):
    """Reads on from the last position it saw, until it has seen `until` records or is told to stop."""

    def __init__(self, timelines: Timelines, until: int) -> None:
        super().__init__()
        self.seen: list[int] = []
        self.heads: list[int] = []
        self._timelines, self._until, self._timeline = timelines, until, timelines.find("toys").id
        self._deadline = time.monotonic() + 60

    def run(self) -> None:
        while len(self.seen) < self._until and time.monotonic() < self._deadline:
            with self._timelines.reading() as connection:
                (basis,) = heads(connection, [self._timeline]).values()
                rows = rows_after(connection, self._timeline, self.seen[-1] if self.seen else 0, 2**62, 7)
            # Whoever saw the head at n can read 1 to n: the tail was read after it.
            assert not rows or len(rows) == 7 or rows[-1].position >= basis.position
            self.heads.append(basis.position)
            self.seen += [row.position for row in rows]


def append_concurrently(nodes: list[Timelines], callers: int, each: int) -> None:
    """`callers` threads, each of which appends `each` events one by one, with a reader tailing all the while."""
    tail = Tail(nodes[-1], callers * each)
    start = threading.Barrier(callers)

    def caller(number: int) -> list[Appended]:
        start.wait()
        node = nodes[number % len(nodes)]
        return [node.append("toys", [moved(node.kinds, f"toy-{number}", f"room-{turn}")]) for turn in range(each)]

    tail.start()
    with ThreadPoolExecutor(callers) as pool:
        answers = [answer for several in pool.map(caller, range(callers)) for answer in several]
    tail.join()

    n = callers * each
    assert tail.seen == list(range(1, n + 1))
    assert tail.heads == sorted(tail.heads)
    acknowledged = {answer.records[0].position: answer.records[0] for answer in answers}
    assert sorted(acknowledged) == list(range(1, n + 1))
    for row in logged(nodes[0]):
        assert (row.event_id, row.hash) == (acknowledged[row.position].id, acknowledged[row.position].hash)


def test_concurrent_appends_lose_nothing_and_leave_no_gap(timelines: Timelines) -> None:
    append_concurrently([timelines], 200, 1)


def test_concurrent_appends_from_two_nodes_lose_nothing_and_leave_no_gap(
    timelines: Timelines, open_timelines: Opener
) -> None:
    append_concurrently([timelines, open_timelines()], 50, 4)


@pytest.mark.slow
def test_many_appends_from_three_nodes_lose_nothing_and_leave_no_gap(
    timelines: Timelines, open_timelines: Opener
) -> None:
    append_concurrently([timelines, open_timelines(), open_timelines()], 60, 50)


def test_a_caller_sees_their_own_appends_in_order(timelines: Timelines) -> None:
    def caller(number: int) -> list[int]:
        futures = [timelines.submit("toys", [moved(timelines.kinds, f"toy-{number}")]) for _ in range(20)]
        return [future.result().records[0].position for future in futures]

    with ThreadPoolExecutor(8) as pool:
        for positions in pool.map(caller, range(8)):
            assert positions == sorted(positions)


def race(nodes: list[Timelines], rounds: int, callers: int, expect: Callable[[int], int | EntitiesUnchanged]) -> None:
    """In each round every caller appends with the same expectation: one wins, the others are told of a conflict."""
    with ThreadPoolExecutor(callers) as pool:
        for _ in range(rounds):
            position, start = head(nodes[0]), threading.Barrier(callers)

            def attempt(number: int, position: int = position, start: threading.Barrier = start) -> Appended | Conflict:
                node = nodes[number % len(nodes)]
                event = moved(node.kinds)
                start.wait()
                try:
                    return node.append("toys", [event], expect=expect(position))
                except Conflict as conflict:
                    return conflict

            outcomes = list(pool.map(attempt, range(callers)))
            winners = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
            assert [winner.records[0].position for winner in winners] == [position + 1]
            assert head(nodes[0]) == position + 1


def test_racing_expectations_of_the_head_have_one_winner(timelines: Timelines, open_timelines: Opener) -> None:
    race([timelines, open_timelines()], 25, 8, lambda position: position)


def test_racing_expectations_of_entities_have_one_winner(timelines: Timelines, open_timelines: Opener) -> None:
    race([timelines, open_timelines()], 25, 8, lambda position: EntitiesUnchanged(("toy:bear",), position))


def test_expectations_of_different_entities_do_not_race(timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds, "bear"), moved(timelines.kinds, "fox", "cellar")])
    futures = [
        timelines.submit(
            "toys", [moved(timelines.kinds, toy, None)], expect=EntitiesUnchanged((f"toy:{toy}",), since=2)
        )
        for toy in ("bear", "fox")
    ]
    assert [future.result().records[0].position for future in futures] == [3, 4]
