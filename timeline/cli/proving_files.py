"""What `timeline verify FILE` does. It loads nothing of databases, which takes most of the time of a short command."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from timeline.cli.console import progress
from timeline.errors import BadInput
from timeline.log.exported import stored_lines
from timeline.log.verify import Fault, Proof, Stored

Verdict = tuple[str, Proof, Fault | None]


def in_file(file: Path) -> Verdict:
    """The verdict on an export. BAD_INPUT if there is no record in it."""
    proof = Proof()
    with _reading(file) as lines:
        fault = proof.of(counted(f"verify {file}", stored_lines(lines), None))
    if fault is None and proof.position == 0:
        raise BadInput(f"{file} has no records, so there is nothing to verify: is it the file that you meant?")
    return str(file), proof, fault


def counted(title: str, rows: Iterable[Stored], total: int | None) -> Iterator[Stored]:
    """The same rows, with a progress bar."""
    with progress() as bar:
        task = bar.add_task(title, total=total)
        for count, stored in enumerate(rows, 1):
            yield stored
            if count % 1_000 == 0 or count == total:
                bar.update(task, completed=count)


@contextmanager
def _reading(file: Path) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
    else:
        with file.open("rb") as opened_file:
            yield opened_file
