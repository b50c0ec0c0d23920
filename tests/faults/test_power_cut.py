"""SQLite after a power cut: what was not synced is dropped or torn, at several hundred moments."""

import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.checker import violations
from tests.faults.history import Call, History, Outcome
from tests.faults.load import attempt, directly, records, some_ids
from tests.faults.power import Disk, Step, replay
from tests.making import made
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError
from timeline.log.stored import stored_head
from timeline.log.verify import Fault
from timeline.timelines import Timelines

pytestmark = pytest.mark.slow
CUTS = 400
APPENDS = 80


def recorded(kinds: Kinds, folder: Path, rng: Random) -> tuple[list[str], History, int]:
    """Statements that our engine sends for a new file and appends of one caller, what they were answered, and how many
    transactions there were before the first append.
    """
    said: list[str] = []
    database = Database.open(f"sqlite:///{folder / 'recorded.db'}")

    def listen(connection: object, _: object) -> None:
        connection.set_trace_callback(said.append)  # type: ignore[attr-defined]

    event.listen(database.write, "connect", listen, insert=True)
    migrate(database)
    timelines, history = Timelines(database, kinds), History()
    timelines.create("toys", "Toys")
    before = commits(said)
    send = directly(timelines)
    for turn in range(APPENDS):
        assert attempt(history, send, some_ids(rng)) is Outcome.ACKNOWLEDGED
        if turn == APPENDS // 2:
            secret = made(kinds, "toy.bought", {"toy": "fox", "story": "x" * 20_000})
            redaction = {"kind": "redaction", "data": {"target": str(secret.id)}, "reason": "a court ordered it"}
            for new in (secret, new_event(kinds, {**redaction, "id": str(uuid4())})):
                assert new.id is not None
                call = history.invoke([new.id])
                done = timelines.append("toys", [new])
                history.answer(call, Outcome.ACKNOWLEDGED, [record.position for record in done.records])
    timelines.close()
    # What a trigger does begins with --. SQLite traces a statement again if it has to be prepared again.
    return [each for each, _ in groupby(said) if not each.startswith("--")], history, before


def commits(statements: list[str]) -> int:
    return sum(each.strip().upper() == "COMMIT" for each in statements)


def as_of(history: History, acknowledged: int) -> History:
    """What callers knew when so many appends were answered: of the next one, that they sent it."""
    calls = history.calls[:acknowledged]
    return History([*calls, *(Call(call.ids, call.invoked) for call in history.calls[acknowledged : acknowledged + 1])])


def images(steps: list[Step], folder: Path, rng: Random, cuts: int) -> Iterator[tuple[int, Path]]:
    """Cuts at random moments: how many commits had returned by then, and the database file that is left."""
    moments = sorted(rng.sample(range(1, len(steps) + 1), min(cuts, len(steps))))
    disk, taken, returned = Disk(), 0, 0
    for number, moment in enumerate(moments):
        for step in steps[taken:moment]:
            disk.take(step)
            returned += step.what == "commit"
        taken = moment
        left = folder / str(number)
        left.mkdir()
        for name, content in disk.cut(rng):
            (left / name).write_bytes(content)
        yield returned, left / "replayed.db"


def after_a_cut(file: Path, kinds: Kinds, history: History, *, go_on: bool) -> list[str]:
    """What our own code finds there. `go_on`: retry what is unknown, and append more."""
    database = Database.open(f"sqlite:///{file}")
    migrate(database)
    timelines = Timelines(database, kinds)
    try:
        timelines.create("toys", "Toys")
        if go_on:
            history.look(records(timelines))
            for ids in [*history.unknown(), [uuid4()]]:
                assert attempt(history, directly(timelines), ids) is not Outcome.UNKNOWN
        with timelines.reading() as connection:
            head = stored_head(connection, timelines.find("toys").id)
            damage = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        assert not isinstance(head, Fault)
        return [*violations(history, records(timelines), head), *(each for each in damage if each != "ok")]
    finally:
        timelines.close()


@pytest.mark.parametrize("checkpoint", [1_000, 15], ids=["seldom a checkpoint", "many checkpoints"])
def test_nothing_acknowledged_is_lost(checkpoint: int, kinds: Kinds, tmp_path: Path, rng: Random) -> None:
    statements, history, before = recorded(kinds, tmp_path, rng)
    assert commits(statements) == before + len(history.calls)
    (usual,) = {each for each in statements if "wal_autocheckpoint" in each}
    often = [f"PRAGMA wal_autocheckpoint={checkpoint}" if each == usual else each for each in statements]
    steps = replay(often, tmp_path / "replayed.db")
    whole = as_of(history, len(history.calls))
    assert after_a_cut(tmp_path / "replayed.db", kinds, whole, go_on=False) == []
    for number, (returned, left) in enumerate(images(steps, tmp_path, rng, CUTS)):
        known = as_of(history, max(0, returned - before)) if returned >= before else History()
        assert after_a_cut(left, kinds, known, go_on=number % 8 == 0) == [], left
        shutil.rmtree(left.parent)


def test_the_cut_shows_what_a_database_that_does_not_sync_loses(kinds: Kinds, tmp_path: Path, rng: Random) -> None:
    statements, history, before = recorded(kinds, tmp_path, rng)
    hasty = [each.replace("synchronous=FULL", "synchronous=OFF") for each in statements]
    assert hasty != statements
    broken = 0
    for returned, left in images(replay(hasty, tmp_path / "replayed.db"), tmp_path, rng, 60):
        known = as_of(history, max(0, returned - before))
        try:
            broken += after_a_cut(left, kinds, known, go_on=False) != []
        except (TimelineError, SQLAlchemyError):
            broken += 1
    assert broken > 20
