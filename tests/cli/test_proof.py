"""`timeline verify`, as a process of its own: a database, an export, and what it says of a broken one."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from tests.cli.test_data import LINES, timeline, written
from tests.making import logged, moved
from timeline.cli import app
from timeline.database import Database, sqlite
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError
from timeline.timelines import Timelines


@pytest.fixture
def filled(address: str, tmp_path: Path) -> str:
    assert timeline("migrate", address=address).returncode == 0
    source = written(LINES, tmp_path / "events.jsonl")
    for slug in ("a", "b"):
        timeline("append", str(source), "--timeline", slug, "--create", slug.upper(), address=address)
    return address


def test_a_database_and_its_export_are_proven_alike(filled: str, tmp_path: Path) -> None:
    done = timeline("verify", "--json", address=filled)
    assert (done.returncode, done.stderr) == (0, b"")
    verdicts = json.loads(done.stdout)
    assert [(each["name"], each["records"], each["fault"]) for each in verdicts] == [("a", 7, None), ("b", 7, None)]
    exported = tmp_path / "a.jsonl"
    timeline("export", str(exported), "--timeline", "a", address=filled)
    alone = run_alone("verify", str(exported), "--json")
    assert alone.returncode == 0
    assert json.loads(alone.stdout) == [{**verdicts[0], "name": str(exported)}]
    one = timeline("verify", "--timeline", "b", address=filled)
    assert (one.returncode, one.stdout.startswith(b"b: 7 records as recorded.")) == (0, True)


def test_the_first_that_is_not_what_was_recorded_is_named(filled: str) -> None:
    database = Database.open(filled)
    with database.writing() as connection:
        if database.backend is sqlite:
            connection.execute(text("DROP TRIGGER record_no_update"))
        else:
            connection.execute(text("ALTER TABLE record DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE record SET content = replace(content, '2025', '2026') WHERE position > 3 AND timeline_id = 2")
        )
    database.close()
    done = timeline("verify", "--json", address=filled)
    assert done.returncode == 1
    fault = {"position": 4, "id": LINES[3]["id"], "problem": "its content and salt are not what it is committed to"}
    assert [each["fault"] for each in json.loads(done.stdout)] == [None, fault]
    told = timeline("verify", "--timeline", "b", address=filled)
    assert (told.returncode, told.stdout.decode()) == (1, f"b, position 4, id {LINES[3]['id']}: {fault['problem']}\n")


def test_what_cannot_be_verified_is_said(sqlite_address: str, tmp_path: Path) -> None:
    assert timeline("migrate", address=sqlite_address).returncode == 0
    for arguments, said in [
        (("verify",), b"there is no timeline"),
        (("verify", "--timeline", "nowhere"), b"no timeline 'nowhere'"),
        (("verify", str(tmp_path / "a.jsonl")), b"without a database"),
    ]:
        done = timeline(*arguments, address=sqlite_address)
        assert (done.returncode, said in done.stderr, b"Traceback" in done.stderr) == (1, True, False), done.stderr
    done = run_alone("verify", str(tmp_path / "none.jsonl"))
    assert (done.returncode, b"No such file" in done.stderr) == (1, True)
    (tmp_path / "other.jsonl").write_text('{"position": 1}\n', "utf-8")
    done = run_alone("verify", str(tmp_path / "other.jsonl"))
    said = b"other.jsonl, position 1: line 1 is not one that an export writes: give the file as `timeline"
    assert (done.returncode, said in done.stdout) == (1, True)


def test_a_damaged_file_never_passes_for_what_was_recorded(sqlite_address: str, tmp_path: Path, kinds: Kinds) -> None:
    database = Database.open(sqlite_address)
    migrate(database)
    timelines = Timelines(database, kinds)
    timelines.create("toys", "Toys")
    for number in range(20):
        timelines.append("toys", [moved(kinds, f"toy-{number}") for _ in range(10)])
    rows = logged(timelines)
    recorded = [tuple(row) for row in rows]
    timelines.close()
    whole, rng, found = (tmp_path / "timeline.db").read_bytes(), Random(5), 0
    for number in range(100):
        damaged = bytearray(whole)
        # Most of a file is what is derived, which proves nothing: every other time it is the log that is damaged.
        place = rng.randrange(4_096, len(whole))
        if number % 2:
            place = whole.index(rng.choice(rows).commitment) + rng.randrange(32)
        damaged[place] ^= 1 << rng.randrange(8)
        file = tmp_path / f"{number}.db"
        file.write_bytes(damaged)
        verdict = CliRunner().invoke(app, ["verify", "--timeline", "toys", "--database", f"sqlite:///{file}"])
        if verdict.exit_code == 0:
            assert number % 2 == 0
            again = Timelines(Database.open(f"sqlite:///{file}"), kinds)
            assert [tuple(row) for row in logged(again)] == recorded
            again.close()
        else:
            assert isinstance(verdict.exception, SystemExit | ValueError | TimelineError), verdict.exception
            found += 1
    assert found > 50


def run_alone(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)
