"""Several processes on one database, one of them stopped while it holds the head; and clocks that jump."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from tests.faults.history import Call, History, Outcome
from tests.faults.load import acknowledged, attempt, directly, loading, records, settle, some_ids
from tests.making import moved
from timeline.errors import Unavailable
from timeline.timelines import Timelines

pytestmark = pytest.mark.slow
Opened = Callable[..., Timelines]
Judge = Callable[[History, Timelines], int]
ROOT = Path(__file__).parents[2]


def node(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.node", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_processes_that_append_to_one_database(
    address: str, opened: Opened, history: History, judge: Judge, rng: Random
) -> None:
    onlooker = opened(address)
    started = [node("append", address, f"{rng.random()}", "150") for _ in range(2)]
    with loading(history, directly(onlooker), rng, 1):
        said = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    for line in said:
        for told in json.loads(line):
            ids, outcome = tuple(map(UUID, told["ids"])), Outcome(told["outcome"])
            history.calls.append(Call(ids, told["invoked"], told["answered"], outcome, tuple(told["positions"])))
    settle(history, directly(onlooker))
    assert judge(history, onlooker) > 300


def test_a_stopped_process_that_holds_the_head_stalls_nobody_for_long(
    postgres_address: str, opened: Opened, history: History, judge: Judge, rng: Random
) -> None:
    timelines = opened(postgres_address)
    send = directly(timelines)
    attempt(history, send, some_ids(rng))
    holder = node("hold", postgres_address)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        waiting = moved(timelines.kinds)
        with pytest.raises(Unavailable, match="same ids"):
            timelines.append("toys", [waiting])
        assert 9 < time.monotonic() - began < 40
        assert len(records(timelines)) == len(history.calls[0].ids)
        assert waiting.id is not None
        attempt(history, send, [waiting.id])
        settle(history, send, 60)  # the server ends whoever does nothing in a transaction, and nobody has to step in
        assert time.monotonic() - began < 60
    finally:
        holder.kill()
        holder.communicate(timeout=10)
    judge(history, timelines)


def test_clocks_that_jump(address: str, opened: Opened, history: History, judge: Judge, rng: Random) -> None:
    def jumping() -> int:
        return time.time_ns() // 1_000_000 + rng.randint(-24 * 3_600_000, 24 * 3_600_000)

    nodes = [opened(address, jumping), opened(address, jumping)]
    with loading(history, directly(nodes[0]), rng, 2), loading(history, directly(nodes[1]), rng, 2):
        acknowledged(history, 200)
    settle(history, directly(nodes[0]))
    assert judge(history, nodes[0]) >= 200
    times = [record.recorded_at for record in records(nodes[0])]
    assert times == sorted(times)
