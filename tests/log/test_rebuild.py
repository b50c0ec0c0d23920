"""What is derived from the logs is made again where it is missing, of another shape, or made by other kinds."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tests import toys
from tests.conftest import Clock
from tests.making import derived, made, moved
from timeline import main, upkeep
from timeline.cli.console import settings
from timeline.database import Database, tables
from timeline.domain.attributes import Change
from timeline.domain.dates import FuzzyDate
from timeline.domain.event_kinds import EventKind
from timeline.domain.kinds import Kinds
from timeline.errors import Unavailable
from timeline.timelines import Timelines
from timeline.timelines.facade import wall_clock
from timeline.timelines.generations import State, fingerprint_of
from timeline.timelines.rebuild import rebuild
from timeline.timelines.status import statuses


def facts(database: Database) -> list[Any]:
    with database.reading() as connection:
        rows = connection.execute(text("SELECT entity, attribute, key, value, known_from FROM fact"))
        return sorted(map(tuple, rows))


def test_what_is_missing_is_made_again_when_a_database_is_opened(
    sqlite_address: str, kinds: Kinds, clock: Clock
) -> None:
    timelines = main.open_timelines(settings(database=sqlite_address), kinds)
    timelines.create("toys", "Toys")
    timelines.append("toys", [moved(kinds), moved(kinds, "fox")])
    before = facts(timelines.database)
    assert len(before) == 2
    with timelines.database.writing() as connection:
        connection.execute(text("DROP TABLE fact"))
        connection.execute(text("CREATE TABLE fact (id INTEGER PRIMARY KEY, of_another_shape TEXT)"))
    timelines.close()
    again = main.open_timelines(settings(database=sqlite_address), kinds)
    assert facts(again.database) == before
    again.append("toys", [moved(kinds, "owl")])
    assert len(facts(again.database)) == 3
    again.close()


def test_a_server_that_knows_other_kinds_derives_beside_what_is_there(address: str, kinds: Kinds) -> None:
    upkeep.bring_up_to_date(settings(database=address))
    only_moved = Kinds.of(toys.Toy, toys.Room, toys.Moved)
    first = main.open_timelines(settings(database=address), kinds)
    first.create("toys", "Toys")
    scored = made(kinds, "toy.scored", {"toy": "bear", "room": "attic", "points": 7})
    first.append("toys", [moved(kinds), scored])
    main.open_timelines(settings(database=address), only_moved).close()  # a tool leaves it as it is
    assert len(generations(first.database)) == 1
    other = main.open_timelines(settings(database=address), only_moved, serving=True)
    assert generations(other.database) == [(fingerprint_of(each), State.LIVE, 2) for each in (kinds, only_moved)]
    assert [fact.attribute for fact in in_use(other)] == ["toy.room"]
    other.close()
    with pytest.raises(ValueError, match=r"toy\.scored.*--kinds"):
        list(upkeep.remake(settings(database=address), only_moved))
    assert [fact.attribute for fact in in_use(first)] == ["toy.room", "toy.score"]
    first.close()


def generations(database: Database) -> list[tuple[str, State, int]]:
    (status,) = statuses(database)
    return [(each.fingerprint, each.state, each.checkpoint) for each in status.generations]


def in_use(timelines: Timelines) -> list[Any]:
    with timelines.reading() as connection:
        rows = connection.execute(select(tables.fact).where(derived(timelines).holds(tables.fact.c)))
        return sorted(rows, key=lambda row: str(row.attribute))


def test_a_record_that_cannot_be_projected_is_named_and_nothing_is_lost(timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds), moved(timelines.kinds, "fox")])
    before = facts(timelines.database)

    broken = _breaking(timelines.kinds)
    timeline = timelines.find("toys").id
    for _ in range(2):  # it goes on with that record
        with pytest.raises(Unavailable, match="position 2"):
            list(rebuild(timelines.database, broken, timeline, wall_clock, batch=1))
    assert [each[1:] for each in generations(timelines.database)] == [(State.LIVE, 2), (State.BUILDING, 1)]
    assert facts(timelines.database) == sorted([*before, before[0]])
    timelines.append("toys", [moved(timelines.kinds, "owl")])


def _breaking(kinds: Kinds) -> Kinds:
    """The same kinds, but that what moved a fox cannot be projected any more."""
    kind = kinds.events["toy.moved"]

    class Breaking(EventKind):
        def changes(self, event: Any, occurred: FuzzyDate) -> tuple[Change, ...]:
            if event.toy.slug == "fox":
                raise ValueError("no foxes")
            return super().changes(event, occurred)

    fields = {each.name: getattr(kind, each.name) for each in dataclasses.fields(kind)}
    return dataclasses.replace(kinds, events={**kinds.events, "toy.moved": Breaking(**fields)})


@pytest.mark.slow
def test_the_command_tells_what_it_did(sqlite_address: str, tmp_path: Path) -> None:
    lines = tmp_path / "events.jsonl"
    lines.write_text('{"kind": "news.reported", "occurred": "2025", "data": {"title": "One"}}\n', encoding="utf-8")
    command = [sys.executable, "-m", "timeline"]
    named = ["--database", sqlite_address]
    appended = [*command, "append", str(lines), "--timeline", "news", "--create", "News", *named]
    subprocess.run(appended, check=True, timeout=60, capture_output=True)
    told = subprocess.run([*command, "rebuild", "--json", *named], check=True, timeout=60, capture_output=True)
    assert json.loads(told.stdout) == {"records": {"news": 1}}
