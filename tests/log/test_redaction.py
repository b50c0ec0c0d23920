"""What a redaction leaves: a place, an id and a proof, and of what was said no byte in any table or file."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from tests.making import derived, logged, made, moved
from timeline.cli.console import settings
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.log.chain import GENESIS, link
from timeline.main import open_timelines
from timeline.projection.names import Names
from timeline.timelines import Timelines
from timeline.timelines.writer import SCRUB_PAUSE


def secret() -> str:
    return f"secret-{uuid4().hex}"


class Told:
    """Events that say something of their own in every place where an event can say something, short and long."""

    def __init__(self, timelines: Timelines) -> None:
        self.secrets: list[str] = []
        doll = {"ref": self.short(), "name": self.short()}
        source = {
            "url": f"https://{self.short()}.example/{self.short()}",
            "published": "2025",
            "quote": self.long(1_900),
        }
        source |= {name: self.short() for name in ("publisher", "title", "author")}
        bought: dict[str, Any] = {
            "toy": {"ref": "bear", "name": self.short()},
            "story": self.long(19_000),
            "tags": [self.short()],
        }
        bought |= {"friends": [doll], "topics": [f"room:{self.short()}"], "price": {"amount": "5", "currency": "EUR"}}
        described: dict[str, Any] = {
            "entity": "toy:bear",
            "name": self.short(),
            "aliases": [self.short(), self.short()],
        }
        described |= {"description": self.long(9_000), "links": [f"https://{self.short()}.example/"]}
        first = made(timelines.kinds, "toy.bought", bought, sources=[source], note=self.long(9_000))
        other = made(timelines.kinds, "entity.described", described, sources=[source], note=self.short())
        corrected = made(
            timelines.kinds, "toy.bought", bought, note=self.short(), corrects=str(first.id), reason=self.short()
        )
        dispute = {"id": str(uuid4()), "kind": "dispute", "data": {"target": str(other.id)}, "note": self.long(5_000)}
        self.events: list[New] = [first, other, corrected, new_event(timelines.kinds, {**dispute, "sources": [source]})]

    def short(self) -> str:
        self.secrets.append(secret())
        return self.secrets[-1]

    def long(self, length: int) -> str:
        """Of many secrets, so that no page of it can stay behind unseen."""
        return " ".join(self.short() for _ in range(length // 40))


def record(timelines: Timelines) -> Told:
    """Among others, which share their pages."""
    told = Told(timelines)
    for event in told.events:
        timelines.append("toys", [moved(timelines.kinds, f"toy-{number}") for number in range(40)])
        timelines.append("toys", [event])
    timelines.append("toys", [moved(timelines.kinds, f"toy-{number}") for number in range(40)])
    return told


def redact(timelines: Timelines, told: Told) -> None:
    for event in told.events:
        line = {
            "id": str(uuid4()),
            "kind": "redaction",
            "data": {"target": str(event.id)},
            "reason": "A court said so.",
        }
        timelines.append("toys", [new_event(timelines.kinds, line)])


def rows(timelines: Timelines) -> str:
    """Everything that is in any table, as text."""
    found = []
    with timelines.reading() as connection:
        for table in inspect(connection).get_table_names():
            found += [repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}"))]
    return "\n".join(found)


def files(address: str) -> bytes:
    """The database's file, and all that lies beside it."""
    path = Path(make_url(address).database or "")
    found = [each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*"))]
    assert len(found) >= 2
    return b"".join(found)


def left(told: Told, where: bytes | str) -> list[str]:
    """Which secrets can be read there."""
    written = where if isinstance(where, bytes) else where.encode()
    return [each for each in told.secrets if each.encode() in written]


def test_no_table_holds_what_was_redacted(timelines: Timelines) -> None:
    told = record(timelines)
    before = logged(timelines)
    assert left(told, rows(timelines)) == told.secrets
    redact(timelines, told)
    assert left(told, rows(timelines)) == []
    with timelines.reading() as connection:
        names = Names(connection, derived(timelines), ["toy:bear"], 10**6, 10**6)
        assert names.identity("toy:bear", 10**6) is None
    previous = GENESIS
    for row in logged(timelines):
        previous = link(previous, row.position, row.event_id, row.recorded_at, row.commitment)
        assert row.hash == previous
    assert [row.hash for row in logged(timelines)][: len(before)] == [row.hash for row in before]


@pytest.fixture
def sqlite_timelines(sqlite_address: str, kinds: Kinds) -> Iterator[Timelines]:
    database = Database.open(sqlite_address)
    migrate(database)
    timelines = Timelines(database, kinds)
    timelines.create("toys", "Toys")
    yield timelines
    timelines.close()


def test_no_file_holds_what_was_redacted(sqlite_timelines: Timelines, sqlite_address: str) -> None:
    told = record(sqlite_timelines)
    assert len(left(told, files(sqlite_address))) > 0.95 * len(told.secrets)  # but for those that two pages share
    redact(sqlite_timelines, told)
    assert left(told, files(sqlite_address)) == []


def test_a_reader_in_the_way_does_not_hold_up_the_redaction_but_its_last_trace(
    sqlite_timelines: Timelines, sqlite_address: str
) -> None:
    told = record(sqlite_timelines)
    with sqlite_timelines.reading() as connection:
        cursor = connection.exec_driver_sql("SELECT * FROM record")
        cursor.fetchone()
        redact(sqlite_timelines, told)
        assert left(told, files(sqlite_address)) != []
        cursor.close()
    deadline = time.monotonic() + 10 * SCRUB_PAUSE
    while left(told, files(sqlite_address)) and time.monotonic() < deadline:
        time.sleep(SCRUB_PAUSE / 10)
    assert left(told, files(sqlite_address)) == []


def test_what_a_process_left_that_was_killed_goes_when_the_next_one_starts(
    sqlite_timelines: Timelines, sqlite_address: str, tmp_path: Path
) -> None:
    told = record(sqlite_timelines)
    with sqlite_timelines.reading() as connection:
        cursor = connection.exec_driver_sql("SELECT * FROM record")
        cursor.fetchone()
        redact(sqlite_timelines, told)
        killed = tmp_path / "killed"
        killed.mkdir()
        for path in tmp_path.glob("timeline.db*"):
            shutil.copy(path, killed)
        cursor.close()
    address = f"sqlite:///{killed / 'timeline.db'}"
    assert left(told, files(address)) != []
    again = open_timelines(settings(database=address), sqlite_timelines.kinds)
    assert left(told, files(address)) == []
    again.close()


def test_a_merge_that_only_a_redaction_beside_it_makes_possible(timelines: Timelines) -> None:
    """Both at once would say that each is the other."""
    kinds = timelines.kinds
    merge = made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear"})
    timelines.append("toys", [moved(kinds, "ted"), moved(kinds, "bear"), merge])
    redaction = new_event(kinds, {"kind": "redaction", "data": {"target": str(merge.id)}, "reason": "A mistake."})
    opposite = made(kinds, "entity.merged", {"entity": "toy:bear", "into": "toy:ted"})
    timelines.submit("toys", [redaction, opposite]).result(20)
    with timelines.reading() as connection:
        facts = connection.execute(text("SELECT entity, known_from FROM fact ORDER BY known_from")).all()
    assert {(entity, since) for entity, since in facts} == {("toy:ted", 1), ("toy:bear", 2), ("toy:ted", 5)}
