"""One seed for load, faults and times, and the final judgement.

TIMELINE_TEST_SEED draws the same again. How threads and processes take turns is for the machine to say.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.faults.checker import violations
from tests.faults.history import History
from tests.faults.load import records
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.log.stored import outside, stored_head
from timeline.log.verify import Fault
from timeline.timelines import Timelines

SEED = int(os.environ.get("TIMELINE_TEST_SEED") or secrets.randbits(32))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"Faults were drawn with TIMELINE_TEST_SEED={SEED}")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Random:
    return Random(f"{SEED} {request.node.name}")


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def opened(kinds: Kinds) -> Iterator[Callable[..., Timelines]]:
    """Opens a node on a database, which gets its tables and the timeline `toys` if it has none.

    `known`: a server that is to serve it must know the same kinds.
    """
    nodes: list[Timelines] = []

    def open_one(address: str, *clock: Callable[[], int], known: Kinds = kinds) -> Timelines:
        database = Database.open(address)
        migrate(database)
        nodes.append(Timelines(database, known, *clock))
        nodes[-1].create("toys", "Toys")
        return nodes[-1]

    yield open_one
    for node in nodes:
        node.close()


@pytest.fixture
def judge() -> Callable[[History, Timelines], int]:
    """Asserts that nothing is violated; returns how many records there are."""

    def judged(history: History, timelines: Timelines) -> int:
        rows = records(timelines)
        with timelines.reading() as connection:
            toys = timelines.find("toys").id
            head = stored_head(connection, toys)
            assert not isinstance(head, Fault)
            assert outside(connection, toys) is None
        print(f"{len(rows)} records; {history.told()}")  # noqa: T201
        assert violations(history, rows, head) == []
        return len(rows)

    return judged
