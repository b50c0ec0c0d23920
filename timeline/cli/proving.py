"""What `timeline verify` does without a file: a database's timelines, proven."""

from collections.abc import Iterator

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from timeline.cli.proving_files import Verdict, counted
from timeline.database.plainly import plainly
from timeline.domain.records import TimelineInfo
from timeline.errors import NotFound
from timeline.log.stored import outside, stored_head, stored_rows
from timeline.log.timelines import page
from timeline.log.verify import Fault, Proof
from timeline.timelines import Timelines

_PAGE = 100


def in_database(timelines: Timelines, slug: str | None) -> list[Verdict]:
    """The verdict on one timeline or on all. ValueError if the database itself cannot be read."""
    try:
        return list(_in_database(timelines, slug))
    except SQLAlchemyError as error:
        raise ValueError(f"the database cannot be read: {plainly(error)}") from error


def _in_database(timelines: Timelines, slug: str | None) -> Iterator[Verdict]:
    with timelines.database.snapshot() as connection:
        for info in [timelines.find(slug)] if slug is not None else _all(connection):
            proof = Proof()
            head = stored_head(connection, info.id)
            if isinstance(head, Fault):
                yield info.slug, proof, head
                continue
            rows = stored_rows(connection, info.id, head.position)
            fault = proof.of(counted(f"verify {info.slug}", rows, head.position), head)
            yield info.slug, proof, fault or outside(connection, info.id)


def _all(connection: Connection) -> Iterator[TimelineInfo]:
    beyond = None
    while found := page(connection, beyond, _PAGE, backwards=False):
        yield from found
        beyond = found[-1].slug
    if beyond is None:
        raise NotFound("there is no timeline in this database")
