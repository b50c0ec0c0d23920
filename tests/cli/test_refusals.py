"""What the command line cannot do is one line on standard error and exit status 1, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LINE = {"kind": "app.launched", "occurred": "2025", "data": {"app": "a"}}


def timeline(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)


def refused(done: subprocess.CompletedProcess[bytes], message: str) -> None:
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert said.startswith("error: ")
    assert message in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    assert done.stdout == b""


@pytest.fixture
def filled(sqlite_address: str) -> str:
    given = json.dumps(LINE).encode()
    done = timeline("append", "-", "--timeline", "a", "--create", "A", "--database", sqlite_address, given=given)
    assert done.returncode == 0, done.stderr
    return sqlite_address


def test_a_folder_that_is_not_there(filled: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "out.jsonl"
    refused(timeline("export", str(nowhere), "--timeline", "a", "--database", filled), "none/out.jsonl")
    refused(timeline("schema", str(nowhere)), "none/out.jsonl")


def test_a_folder_in_place_of_a_file(filled: str, tmp_path: Path) -> None:
    refused(timeline("append", str(tmp_path), "--timeline", "a", "--database", filled), "directory")


def test_an_export_that_fails_leaves_what_was_there(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("before")
    refused(timeline("export", str(target), "--timeline", "nowhere", "--database", filled), "'nowhere'")
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir() if "jsonl" in path.name) == ["out.jsonl"]


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    for address in (f"sqlite:///{tmp_path}/none/timeline.db", "postgresql://nobody@127.0.0.1:1/none"):
        for command in (["export", "-", "--timeline", "a"], ["migrate"]):
            done = timeline(*command, "--database", address)
            refused(done, "database")
            assert b"sqlalche.me" not in done.stderr


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "timeline.db").write_bytes(b"This is not a database. " * 100)
    refused(timeline("migrate", "--database", f"sqlite:///{tmp_path}/timeline.db"), "not a database")


def test_a_password_is_not_printed() -> None:
    done = timeline("migrate", "--database", "postgresql://nobody:secret@127.0.0.1:1/none")
    refused(done, "database")
    assert b"secret" not in done.stderr


def test_the_same_slug_with_another_title(filled: str) -> None:
    refused(timeline("append", "-", "--timeline", "a", "--create", "B", "--database", filled), "'a'")
    refused(timeline("append", "-", "--timeline", "A", "--create", "A", "--database", filled), "slug")


def test_standard_output_that_is_closed_early(filled: str) -> None:
    lines = b"".join(json.dumps({**LINE, "note": f"{n} {'x' * 5_000}"}).encode() + b"\n" for n in range(400))
    assert timeline("append", "-", "--timeline", "a", "--database", filled, given=lines).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "timeline", "export", "-", "--timeline", "a", "--database", filled],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as export:
        assert export.stdout
        assert export.stderr
        export.stdout.readline()
        export.stdout.close()
        said = export.stderr.read()
        assert export.wait(timeout=30) == 1
    assert said == b""
