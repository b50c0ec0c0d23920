"""A node in a process of its own, for the tests: `python -m tests.faults.node append ADDRESS SEED CALLS` appends and
prints its history as JSON; `… hold ADDRESS` takes the head of `toys`, says so, and keeps it.
"""

import json
import sys
import time
from random import Random

from tests import toys
from tests.faults.history import Call, History
from tests.faults.load import SLUG, attempt, directly, some_ids
from timeline.database import Database
from timeline.domain.kinds import Kinds
from timeline.log.append import lock_head
from timeline.timelines import Timelines


def append(address: str, seed: str, calls: str) -> None:
    timelines, history, rng = Timelines(Database.open(address), Kinds.of(toys)), History(), Random(seed)
    for _ in range(int(calls)):
        attempt(history, directly(timelines), some_ids(rng))
    timelines.close()
    json.dump([_told(call) for call in history.calls], sys.stdout)


def _told(call: Call) -> dict[str, object]:
    return {
        "ids": [str(each) for each in call.ids],
        "invoked": call.invoked,
        "answered": call.answered,
        "outcome": call.outcome.value,
        "positions": call.positions,
    }


def hold(address: str) -> None:
    timelines = Timelines(Database.open(address), Kinds.of(toys))
    with timelines.database.writing() as connection:
        lock_head(connection, timelines.find(SLUG).id)
        sys.stdout.write("held\n")
        sys.stdout.flush()
        time.sleep(120)


if __name__ == "__main__":
    if sys.argv[1] == "append":
        append(*sys.argv[2:])
    else:
        hold(*sys.argv[2:])
