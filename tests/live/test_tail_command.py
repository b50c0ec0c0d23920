"""`timeline tail`, as a process that people stop."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.live.servers import TOYS
from tests.making import made
from timeline.timelines import Timelines

LATE = 60  # seconds


@contextmanager
def tailing(address: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "timeline", "tail", "--database", address, "--kinds", str(TOYS), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LATE)
    return process.returncode, said


def append(timelines: Timelines, count: int) -> None:
    toy = {"ref": "bear", "name": "Bear [the]"}
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": toy, "room": "attic"}) for _ in range(count)])


def test_it_shows_the_last_and_then_what_comes(address: str, timelines: Timelines) -> None:
    append(timelines, 12)
    with tailing(address, "--timeline", "toys") as process:
        first = lines(process, 10)
        assert [line.split()[0] for line in first] == [str(position) for position in range(3, 13)]
        assert "10 January 2025" in first[0]
        assert "Bear [the]" in first[0]
        append(timelines, 1)
        assert lines(process, 1)[0].split()[0] == "13"
        code, said = stopped(process)
        assert (code != 0, "Traceback" in said) == (True, False)


def test_lines_of_json_can_be_gone_on_from(on_sqlite: Timelines) -> None:
    address = str(on_sqlite.database.read.url)
    append(on_sqlite, 3)
    with tailing(address, "--timeline", "toys", "--after", "1", "--json") as process:
        seen = [json.loads(line) for line in lines(process, 2)]
    assert [event["position"] for event in seen] == [2, 3]
    with tailing(address, "--timeline", "toys", "--after", seen[0]["cursor"], "--json") as process:
        append(on_sqlite, 1)
        again = [json.loads(line) for line in lines(process, 2)]
    assert again[0] == seen[1]
    assert again[1]["position"] == 4


def test_what_cannot_be_followed_is_one_line(on_sqlite: Timelines) -> None:
    address = str(on_sqlite.database.read.url)
    for arguments in (["none"], ["toys", "--after", "x"]):
        with tailing(address, "--timeline", *arguments) as process:
            _, said = process.communicate(timeout=LATE)
            assert process.returncode == 1
            assert said.startswith("error: ")
            assert "Traceback" not in said
