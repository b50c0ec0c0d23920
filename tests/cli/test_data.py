"""`timeline append` and `timeline export`, as a process of their own, on both databases."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

LINES = [
    {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "kind": "chart.milestone",
        "occurred": f"2025-01-{number:02}",
        "data": {"app": "app:chatgpt", "chart": "chart:top", "rank": number},
        **({"names": {"app:chatgpt": "ChatGPT"}} if number == 1 else {}),
        **({"sources": [{"url": "https://example.org/a", "quote": "number"}], "note": "Seen."} if number % 2 else {}),
    }
    for number in range(1, 8)
]


def timeline(*arguments: str, address: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "timeline", *arguments, "--database", address]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)


def written(lines: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def said(line: dict[str, Any]) -> dict[str, Any]:
    """What the caller sent, and the position; not what the timeline adds."""
    return {key: value for key, value in line.items() if key not in {"recordedAt", "salt", "commitment", "hash"}}


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def migrated(address: str) -> str:
    assert timeline("migrate", address=address).returncode == 0
    return address


def test_an_export_appended_again_is_equal(migrated: str, tmp_path: Path) -> None:
    source = written(LINES, tmp_path / "events.jsonl")
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert timeline("append", str(source), "--timeline", "a", "--create", "A", address=migrated).returncode == 0
    assert timeline("export", str(first), "--timeline", "a", address=migrated).returncode == 0
    assert timeline("append", str(first), "--timeline", "b", "--create", "B", address=migrated).returncode == 0
    assert timeline("export", str(second), "--timeline", "b", address=migrated).returncode == 0
    assert [said(line) for line in read(first)] == [said(line) for line in read(second)]
    assert [said(line) for line in read(first)] == [
        {**line, "version": 1, "position": position} for position, line in enumerate(LINES, 1)
    ]
    assert not list(tmp_path.glob("*.part"))


def test_what_was_stopped_goes_on_and_nothing_comes_twice(migrated: str, tmp_path: Path) -> None:
    whole = written(LINES, tmp_path / "events.jsonl")
    half = tmp_path / "half.jsonl"
    half.write_bytes(b"".join(whole.read_bytes().splitlines(keepends=True)[:3]))
    timeline("append", str(half), "--timeline", "a", "--create", "A", address=migrated)
    for appended, duplicates in ((4, 3), (0, 7)):
        done = timeline("append", str(whole), "--timeline", "a", "--json", address=migrated)
        assert json.loads(done.stdout) == {"appended": appended, "duplicates": duplicates, "leftOut": 0}


def test_lines_without_ids_come_once_too(migrated: str) -> None:
    lines = b"".join(json.dumps({k: v for k, v in line.items() if k != "id"}).encode() + b"\n" for line in LINES)
    for duplicates in (0, 7):
        arguments = ("append", "-", "--timeline", "a", "--create", "A", "--json")
        done = timeline(*arguments, address=migrated, given=lines)
        assert json.loads(done.stdout)["duplicates"] == duplicates


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b"{", b"line 3: not JSON"),
        (b"[]", b"line 3: an event is an object, not a list"),
        (b'{"kind": "no.such", "occurred": "2025", "data": {}}', b"line 3, kind: there is no event kind 'no.such'"),
        (
            b'{"kind": "chart.milestone", "occurred": "2023-02-29", "data": {"app": "a", "chart": "c"}}',
            b"line 3, occurred: 2023-02-29: February 2023 has 28 days",
        ),
        (
            b'{"kind": "chart.milestone", "occurred": "2023", "data": {"app": "a", "chart": "c", "rank": 0}}',
            b"line 3, data.rank: a whole number from 1",
        ),
    ],
)
def test_a_bad_line_is_named_and_what_stands_before_it_is_there(
    sqlite_address: str, tmp_path: Path, broken: bytes, message: bytes
) -> None:
    good = written(LINES, tmp_path / "events.jsonl").read_bytes().splitlines()
    given = b"\n".join([*good[:2], broken, *good[2:]])
    done = timeline("append", "-", "--timeline", "a", "--create", "A", address=sqlite_address, given=given)
    assert done.returncode == 1
    assert message in done.stderr
    assert b"Traceback" not in done.stderr
    exported = timeline("export", "-", "--timeline", "a", address=sqlite_address)
    assert len(exported.stdout.splitlines()) == 2


def test_a_file_whose_first_line_is_refused_makes_nothing(migrated: str, tmp_path: Path) -> None:
    into = ("append", "-", "--timeline", "a", "--create", "A")
    for broken in (b"\n{", b'\n{"kind": "app.launched", "occurred": "soon", "data": {"app": "a"}}'):
        for address in (migrated, f"sqlite:///{tmp_path / 'new.db'}"):
            done = timeline(*into, address=address, given=broken)
            assert (done.returncode, done.stderr.startswith(b"error: standard input, line 2")) == (1, True)
    assert not (tmp_path / "new.db").exists()
    assert json.loads(timeline("status", "--json", address=migrated).stdout)["timelines"] == []


def test_what_is_not_there_is_said(sqlite_address: str, tmp_path: Path) -> None:
    source = written(LINES, tmp_path / "events.jsonl")
    nowhere = timeline("append", str(source), "--timeline", "nowhere", address=sqlite_address)
    assert (nowhere.returncode, b"there is no database" in nowhere.stderr) == (1, True)
    unread = timeline("append", str(tmp_path / "none.jsonl"), "--timeline", "a", address=sqlite_address)
    assert (unread.returncode, b"cannot read" in unread.stderr) == (1, True)
    unknown = timeline("export", "-", "--timeline", "a", address="mysql://localhost/x")
    assert (unknown.returncode, b"SQLite and PostgreSQL are" in unknown.stderr) == (1, True)


def test_postgres_must_be_migrated_first(postgres_address: str) -> None:
    done = timeline("export", "-", "--timeline", "a", address=postgres_address)
    assert (done.returncode, b"timeline migrate" in done.stderr) == (1, True)


def test_what_is_no_file_is_written_to_and_not_replaced(sqlite_address: str, tmp_path: Path) -> None:
    source, pipe = written(LINES, tmp_path / "events.jsonl"), tmp_path / "pipe"
    timeline("append", str(source), "--timeline", "a", "--create", "A", address=sqlite_address)
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        exported = reader.submit(pipe.read_bytes)
        assert timeline("export", str(pipe), "--timeline", "a", address=sqlite_address).returncode == 0
        assert len(exported.result(10).splitlines()) == 7
    assert pipe.is_fifo()


def test_what_was_redacted_elsewhere_is_left_out_and_told(migrated: str) -> None:
    gone = "0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c11"
    redacted = {"kind": "redacted", "id": gone, "position": 1}
    dispute = {"kind": "dispute", "data": {"target": gone}, "note": "No."}
    lines = b"".join(json.dumps(line).encode() + b"\n" for line in (redacted, dispute, *LINES))
    done = timeline("append", "-", "--timeline", "a", "--create", "A", address=migrated, given=lines)
    assert b"7 events appended, 0 already there." in done.stdout
    assert b"2 left out" in done.stdout
