"""What `timeline verify` does, with a progress bar: a database's timelines or an export, proven."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from timeline.cli.console import progress
from timeline.database.plainly import plainly
from timeline.domain.records import TimelineInfo
from timeline.errors import BadInput, NotFound
from timeline.log.exported import stored_lines
from timeline.log.stored import outside, stored_head, stored_rows
from timeline.log.timelines import page
from timeline.log.verify import Fault, Proof, Stored
from timeline.timelines import Timelines

Verdict = tuple[str, Proof, Fault | None]
_PAGE = 100


def in_database(timelines: Timelines, slug: str | None) -> list[Verdict]:
    """The verdict on one timeline or on all. ValueError if the database itself cannot be read."""
    try:
        return list(_in_database(timelines, slug))
    except SQLAlchemyError as error:
        raise ValueError(f"the database cannot be read: {plainly(error)}") from error


def in_file(file: Path) -> Verdict:
    """The verdict on an export. BAD_INPUT if there is no record in it."""
    proof = Proof()
    with _reading(file) as lines:
        fault = proof.of(_counted(f"verify {file}", stored_lines(lines), None))
    if fault is None and proof.position == 0:
        raise BadInput(f"{file} has no records, so there is nothing to verify: is it the file that you meant?")
    return str(file), proof, fault


def _in_database(timelines: Timelines, slug: str | None) -> Iterator[Verdict]:
    with timelines.database.snapshot() as connection:
        for info in [timelines.find(slug)] if slug is not None else _all(connection):
            proof = Proof()
            head = stored_head(connection, info.id)
            if isinstance(head, Fault):
                yield info.slug, proof, head
                continue
            rows = stored_rows(connection, info.id, head.position)
            fault = proof.of(_counted(f"verify {info.slug}", rows, head.position), head)
            yield info.slug, proof, fault or outside(connection, info.id)


def _all(connection: Connection) -> Iterator[TimelineInfo]:
    beyond = None
    while found := page(connection, beyond, _PAGE, backwards=False):
        yield from found
        beyond = found[-1].slug
    if beyond is None:
        raise NotFound("there is no timeline in this database")


def _counted(title: str, rows: Iterable[Stored], total: int | None) -> Iterator[Stored]:
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
