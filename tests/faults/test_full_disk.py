"""A disk that is full: appends are refused as such, reads go on, and with space again appends do."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.history import History, Outcome
from tests.faults.load import acknowledged, attempt, directly, loading, records, settle, some_ids
from tests.making import made
from timeline.errors import Unavailable
from timeline.timelines import Timelines

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Sixteen megabytes: what is appended and its write-ahead log have room, so that only the filler fills it."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk can only be mounted by root: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_appends_to_a_full_disk(
    small_disk: Path,
    opened: Callable[..., Timelines],
    history: History,
    judge: Callable[[History, Timelines], int],
    rng: Random,
) -> None:
    node = opened(f"sqlite:///{small_disk / 'timeline.db'}")
    send = directly(node)
    for _ in range(3):
        with loading(history, send, rng):
            acknowledged(history, rng.randint(1, 20))
            fill(small_disk)
            until_refused(history, send, rng)
        before = records(node)
        history.look(before)
        with pytest.raises(Unavailable, match="try again"):
            node.append(
                "toys", [made(node.kinds, "toy.bought", {"toy": "fox", "story": "x" * 20_000}) for _ in range(50)]
            )
        assert records(node)[: len(before)] == before
        (small_disk / "filler").unlink()
        assert attempt(history, send, some_ids(rng)) is Outcome.ACKNOWLEDGED
        settle(history, send)
    judge(history, node)
    node.close()


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as filler:
        for size in (65_536, 4_096, 1):
            try:
                while filler.write(bytes(size)):
                    pass
            except OSError:
                continue


def until_refused(history: History, send: Callable[..., tuple[Outcome, tuple[int, ...]]], rng: Random) -> None:
    for _ in range(2_000):
        if attempt(history, send, some_ids(rng)) is Outcome.UNKNOWN:
            return
    raise AssertionError("the disk never was full")
