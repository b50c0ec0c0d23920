"""Generations side by side: kinds of two versions that append in turn, and one that is built while another answers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.making import derived, head, logged, made, moved
from tests.projection import older, oracle, things
from tests.projection.test_states import DATES, MONEY, QUANTITIES, THINGS, rows
from timeline import main, upkeep
from timeline.cli.console import settings
from timeline.database import Database, tables
from timeline.database.migrate import migrate
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.dates import parse_moment
from timeline.domain.kinds import Kinds
from timeline.errors import Behind, TimelineError
from timeline.log.read import record_of
from timeline.projection.states import When, facts_of
from timeline.timelines import Timelines
from timeline.timelines.generations import BATCH, MISSING, State, fingerprint_of
from timeline.timelines.rebuild import UNUSED, rebuild, retire_unused, retired, sweep
from timeline.timelines.status import Status, statuses

OLD, NEW = Kinds.of(older), Kinds.of(things)


@contextmanager
def nodes(address: str, *versions: Kinds) -> Iterator[list[Timelines]]:
    """One node for each version of the kinds, all on one database with a timeline `toys`."""
    opened = []
    for kinds in versions:
        database = Database.open(address)
        migrate(database)
        opened.append(Timelines(database, kinds))
    opened[0].create("toys", "Toys")
    yield opened
    for each in opened:
        each.close()


def status(timelines: Timelines) -> Status:
    (one,) = statuses(timelines.database)
    return one


def states(timelines: Timelines) -> list[tuple[str, State, int]]:
    return [(each.fingerprint, each.state, each.checkpoint) for each in status(timelines).generations]


def act(rng: Random, number: int, targets: list[UUID]) -> dict[str, Any]:
    """A line: mostly something said, sometimes of a record before."""
    line: dict[str, Any] = {"id": str(UUID(int=number))}
    what = rng.choices(["say", "merge", "correct", "retraction", "dispute", "redaction"], [80, 2, 10, 4, 2, 2])[0]
    target = str(rng.choice(targets)) if targets else None
    if target and what in ("retraction", "dispute", "redaction"):
        return line | {"kind": what, "data": {"target": target}, "note" if what == "dispute" else "reason": "why not"}
    if what == "merge":
        pair = {"entity": rng.choice(THINGS), "into": rng.choice(THINGS)}
        return line | {"kind": "entity.merged", "data": pair, "occurred": "2025"}
    data: dict[str, Any] = {"thing": rng.choice(THINGS), "other": rng.choice(THINGS), "number": rng.randrange(5)}
    data |= {"attribute": str(rng.choice(list(things.Attribute))), "remove": rng.random() < 0.3}
    data |= {"amount": rng.choice(MONEY), "quantity": rng.choice(QUANTITIES)} | ({"item": "x"} if number % 3 else {})
    line |= {"kind": "thing.stated", "data": data, "occurred": rng.choice(DATES)}
    return line | ({"corrects": target, "reason": "why not"} if target and what == "correct" else {})


def is_right(timelines: Timelines) -> None:
    """States, now and as known before, are those of a replay of the log by the kinds of this node."""
    records = [record_of(row) for row in logged(timelines)]
    for basis in (len(records), len(records) - 1, len(records) // 2, len(records) // 7):
        for moment in ("2024", "2025-01-12", None):
            until = None if moment is None else parse_moment(moment)
            when, attributes = When(basis, until), timelines.kinds.attributes.values()
            with timelines.reading() as connection:
                found = facts_of(connection, derived(timelines), THINGS, attributes, when)
            answered = {
                (fact.entity, fact.attribute.path, fact.key): oracle.comparable(fact.value)
                for fact in found
                if fact.value is not None
            }
            assert answered == oracle.state(timelines.kinds, records, basis, until, possible=False), (basis, moment)


@pytest.mark.parametrize("appends", [150, pytest.param(1_000, marks=pytest.mark.slow)])
def test_two_versions_of_the_code_append_in_turn_and_both_are_right(address: str, appends: int) -> None:
    rng, targets, refused = Random(appends), list[UUID](), 0
    with nodes(address, OLD, NEW) as both:
        for number in range(1, appends + 1):
            node = both[rng.randrange(2)]
            line = act(rng, number, targets)
            try:
                done = node.append("toys", [new_event(node.kinds, line)])
            except TimelineError:
                refused += 1
            else:
                assert derived(node) == done.generation
                targets += [UUID(int=number)] if line["kind"] not in ("retraction", "redaction") else []
            if number % 50 == 0:  # whoever reads sees what the other has appended just now
                other = both[node is both[0]]
                with other.reading() as connection:
                    (seen,) = other.heads(connection, [status(other).timeline_id]).values()
                assert seen.basis.position == head(node)
        assert refused < appends / 5
        for node in both:
            is_right(node)
        found = states(both[0])
        assert sorted(found) == sorted((fingerprint_of(kinds), State.LIVE, head(both[0])) for kinds in (OLD, NEW))


def test_what_is_redacted_is_gone_from_every_generation(address: str) -> None:
    with nodes(address, OLD, NEW) as (old, new):
        secret = made(OLD, "thing.stated", {"thing": "secret", "other": "b", "attribute": "owner", "number": 1})
        old.append("toys", [secret])
        derived(new)
        building = rebuild(new.database, NEW, status(new).timeline_id, Clock(), batch=1)
        new.append("toys", [made(NEW, "thing.stated", {"thing": "c", "other": "b", "attribute": "size"})])
        next(building)
        assert held(new, "secret") == 3
        new.append("toys", [made(NEW, "redaction", {"target": str(secret.id)}, occurred=None, reason="a court")])
        assert held(old, "secret") == 0
        list(building)
        derived(old)
        assert held(old, "secret") == 0
        is_right(old)
        is_right(new)


def held(timelines: Timelines, word: str) -> int:
    """In how many generations a word is."""
    found = set()
    with timelines.reading() as connection:
        for table in tables.DERIVED:
            found |= {row.generation for row in connection.execute(select(table)) if word in str(row)}
    return len(found)


def test_two_who_build_the_same_take_turns(address: str) -> None:
    with nodes(address, NEW, NEW) as (one, two):
        for number in range(13):
            one.append("toys", [made(NEW, "thing.stated", {"thing": f"t{number}", "other": "b", "attribute": "size"})])
        timeline = status(one).timeline_id
        first, second = (rebuild(each.database, NEW, timeline, Clock(), batch=2) for each in (one, two))
        seen = [next(steps) for _ in range(2) for steps in (first, second)]
        assert [done for done, _ in seen] == [2, 4, 8, 12]
        assert list(second) == [(13, 13)]
        assert list(first) == [(13, 13)]
        assert [each.state for each in status(one).generations] == [State.RETIRED, State.LIVE]
        is_right(one)


def test_much_that_is_not_derived_is_told(address: str, kinds: Kinds) -> None:
    with nodes(address, kinds, NEW) as (known, other):
        for _ in range(3):
            known.append("toys", [moved(kinds, f"t{number}") for number in range(MISSING // 3 + 1)])
        with pytest.raises(Behind, match="timeline rebuild"):
            other.append("toys", [made(NEW, "thing.stated", {"thing": "a", "other": "b", "attribute": "size"})])
        with pytest.raises(Behind):
            derived(other)
        other.keep_up(30)
        assert other.append("toys", [made(NEW, "thing.stated", {"thing": "a", "other": "b", "attribute": "size"})])
        assert [each.checkpoint for each in status(known).generations] == [MISSING + 1, MISSING + 2]


def test_kinds_that_nobody_uses_any_more_are_given_up(address: str) -> None:
    with nodes(address, OLD, NEW) as (old, new):
        event = made(OLD, "thing.stated", {"thing": "a", "other": "b", "attribute": "size", "number": 1})
        old.append("toys", [event])
        new.append("toys", [made(NEW, "thing.stated", {"thing": "b", "other": "b", "attribute": "visits"})])
        later = Clock()
        later.now = status(new).generations[0].moved_at + UNUSED
        retire_unused(new.database, NEW, later)
        assert retired(new.database) == []
        later.now += 1
        retire_unused(new.database, NEW, later)
        (gone,) = retired(new.database)
        assert sum(sweep(new.database, gone.generation)) > 1
        assert [each.fingerprint for each in status(new).generations] == [fingerprint_of(NEW)]
        old.append("toys", [made(OLD, "thing.stated", {"thing": "a", "other": "b", "attribute": "owner"})])
        is_right(old)  # it has only to derive again
        is_right(new)


def test_a_rebuild_that_is_killed_goes_on_where_it_was(address: str, tmp_path: Any) -> None:
    given = settings(database=address)
    upkeep.bring_up_to_date(given)
    kinds = main.load_kinds(given)
    timelines = main.open_timelines(given, kinds)
    timelines.create("news", "News")
    for start in range(0, 12_000, 1_000):
        timelines.append("news", [reported(kinds, str(number)) for number in range(start, start + 1_000)])
    with subprocess.Popen(
        [sys.executable, "-m", "timeline", "rebuild", "--database", address], stderr=subprocess.DEVNULL
    ) as process:
        until(lambda: [each for each in status(timelines).generations if each.checkpoint > 1_000][1:])
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    live, half = status(timelines).generations
    assert (live.state, half.state) == (State.LIVE, State.BUILDING)
    assert 1_000 < half.checkpoint < 12_000
    timelines.append("news", [reported(kinds, "meanwhile")])
    steps = list(upkeep.remake(given, kinds))
    assert steps[0] == ("news", half.checkpoint + BATCH, 12_001) or half.checkpoint > 12_001 - BATCH
    assert steps[-1] == ("news", 12_001, 12_001)
    old, new = status(timelines).generations
    assert (old.state, new.state, new.generation) == (State.RETIRED, State.LIVE, half.generation)
    assert old.checkpoint == new.checkpoint == 12_001
    assert rows(timelines, old.generation) == rows(timelines, new.generation)
    timelines.close()


def reported(kinds: Kinds, title: str) -> New:
    return made(kinds, "news.reported", {"title": title})


def until(look: Callable[[], Any], patience: float = 30) -> Any:
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_status_tells_how_far_everything_is(sqlite_address: str) -> None:
    with nodes(sqlite_address, OLD, NEW) as (old, new):
        old.append("toys", [made(OLD, "thing.stated", {"thing": "a", "other": "b", "attribute": "size", "number": 1})])
        new.append("toys", [made(NEW, "thing.stated", {"thing": "b", "other": "b", "attribute": "visits"})])
        command = [sys.executable, "-m", "timeline", "status", "--database", sqlite_address]
        command += ["--kinds", "tests.projection.things"]
        table = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
        assert all(each in table for each in ("toys", "live", fingerprint_of(OLD), fingerprint_of(NEW)))
        told = json.loads(subprocess.run([*command, "--json"], check=True, timeout=60, capture_output=True).stdout)
        (timeline,) = told["timelines"]
        assert (timeline["timeline"], timeline["head"]) == ("toys", 2)
        assert [(each["state"], each["checkpoint"], each["lag"]) for each in timeline["generations"]] == [
            ("live", 1, 1),
            ("live", 2, 0),
        ]
        assert timeline["generations"][0]["fingerprint"] == fingerprint_of(OLD)
