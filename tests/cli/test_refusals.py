"""What the command line cannot do is one line on standard error and exit status 1, never a traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from timeline.cli import main

LINE = {"kind": "app.launched", "occurred": "2025", "data": {"app": "a"}}
Command = Callable[..., None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, which a new one takes a second and a half for."""

    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["timeline", *arguments])
        main()

    return run


@pytest.fixture
def refused(run: Command, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command that cannot be done, and looks at how that is said."""

    def refused(message: str, *arguments: str) -> None:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(*arguments)
        said = capsys.readouterr()
        assert ended.value.code == 1, said
        assert said.err.startswith("error: ")
        assert message in said.err
        assert not [
            word for word in ("Traceback", "secret", "sqlalche.me", "psycopg", "sqlite3.", "dbapi2") if word in said.err
        ]
        assert len(said.err.splitlines()) == 1
        assert said.out == ""

    return refused


def written(path: Path, number: int = 1) -> str:
    lines = (json.dumps({**LINE, "note": f"{n} {'x' * 5_000}"}) for n in range(number))
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def filled(sqlite_address: str, run: Command, tmp_path: Path) -> str:
    source = written(tmp_path / "in.jsonl")
    with pytest.raises(SystemExit) as ended:
        run("append", source, "--timeline", "a", "--create", "A", "--database", sqlite_address)
    assert ended.value.code == 0
    return sqlite_address


def test_a_folder_that_is_not_there(filled: str, tmp_path: Path, refused: Command) -> None:
    nowhere = str(tmp_path / "none" / "out.jsonl")
    refused("none/out.jsonl", "export", nowhere, "--timeline", "a", "--database", filled)
    refused("none/out.jsonl", "schema", nowhere)


def test_a_folder_in_place_of_a_file(filled: str, tmp_path: Path, refused: Command) -> None:
    refused("directory", "append", str(tmp_path), "--timeline", "a", "--database", filled)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08\x00\xff", "not UTF-8"),
        ('{"kind": "news.reported", "occurred": "2025", "data": {"title": "Café"}}'.encode("latin-1"), "not UTF-8"),
        (b"Model,Date\nV3,2024\n", "not JSON"),
    ],
    ids=["binary", "Latin 1", "CSV"],
)
def test_a_file_that_holds_something_else(
    filled: str, tmp_path: Path, refused: Command, content: bytes, said: str
) -> None:
    (tmp_path / "other.jsonl").write_bytes(content)
    file, known = str(tmp_path / "other.jsonl"), ("--timeline", "a", "--database", filled)
    refused(f"{file}, line 1: {said}", "append", file, *known)
    refused("`timeline append` reads lines of JSON in UTF-8, `timeline import` other files", "append", file, *known)
    if said == "not UTF-8":
        refused(f"{file}: not UTF-8: the byte at ", "import", file, *known)
        rows = tmp_path / "rows.csv"
        rows.write_text("Model,Date\nV3,2024\n")
        refused(f"{file}: not UTF-8: the byte at ", "import", str(rows), "--map", file, *known)


def test_a_file_that_is_empty(
    filled: str, tmp_path: Path, run: Command, refused: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.jsonl"
    file.touch()
    with pytest.raises(SystemExit) as ended:
        run("append", str(file), "--timeline", "a", "--database", filled)
    assert ended.value.code == 0  # as an export of a timeline without records is
    assert capsys.readouterr().err == f"{file} is empty: is it the file that you meant?\n"
    said = f"{file}: it is empty: is it the file that you meant?"
    refused(said, "import", str(file), "--timeline", "a", "--database", filled)
    for content in (b"", b"\n \n"):
        file.write_bytes(content)
        for flags in ((), ("--json",)):
            refused(f"{file} has no records, so there is nothing to verify", "verify", str(file), *flags)


def test_an_export_that_fails_leaves_what_was_there(filled: str, tmp_path: Path, refused: Command) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("before")
    refused("'nowhere'", "export", str(target), "--timeline", "nowhere", "--database", filled)
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out.jsonl"]


def test_a_database_that_cannot_be_opened(tmp_path: Path, refused: Command) -> None:
    (tmp_path / "none.db").write_bytes(b"This is not a database. " * 100)
    for address, message in (
        (f"sqlite:///{tmp_path}/none/timeline.db", "does its folder exist, and may it be written to?"),
        (f"sqlite:///{tmp_path}/none.db", "the file is something else than a SQLite database"),
        ("postgresql://nobody:secret@127.0.0.1:1/none?password=secret", "nobody listens there: is the server running"),
    ):
        refused(message, "migrate", "--database", address)
        refused("no database" if "/none/" in address else message, "verify", "--database", address)


def test_a_database_that_a_server_does_not_have(postgres_address: str, refused: Command) -> None:
    url = make_url(postgres_address).set(database="no_such")
    for command in (["migrate"], ["status"], ["verify"], ["serve", "--port", "0"]):
        refused("make it with `createdb no_such`", *command, "--database", url.render_as_string(hide_password=False))


def test_the_same_slug_with_another_title(filled: str, tmp_path: Path, refused: Command) -> None:
    source = written(tmp_path / "in.jsonl")
    refused("'a'", "append", source, "--timeline", "a", "--create", "B", "--database", filled)
    refused("slug", "append", source, "--timeline", "A", "--create", "A", "--database", filled)


def test_standard_output_that_is_closed_early(filled: str, tmp_path: Path, run: Command) -> None:
    with pytest.raises(SystemExit):
        run("append", written(tmp_path / "more.jsonl", 400), "--timeline", "a", "--database", filled)
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


def test_a_timeline_that_is_not_there(filled: str, refused: Command, tmp_path: Path) -> None:
    where = f"there is no timeline 'b' in {filled}: "
    source = written(tmp_path / "in.jsonl")
    for command in (["export", "-"], ["verify"], ["tail"], ["append", source]):
        refused(f"{where}there are 'a'; `append --create", *command, "--timeline", "b", "--database", filled)


def test_no_timeline_at_all(sqlite_address: str, run: Command, refused: Command) -> None:
    with pytest.raises(SystemExit):
        run("migrate", "--database", sqlite_address)
    for command in (["export", "-"], ["verify"], ["tail"]):
        made = "there is none; `append --create TITLE` makes one"
        refused(f"in {sqlite_address}: {made}", *command, "--timeline", "b", "--database", sqlite_address)


def test_no_address_is_announced_before_what_is_to_be_served_was_read(filled: str, refused: Command) -> None:
    refused("nope.json", "serve", "--documents", "nope.json", "--port", "0", "--database", filled)


def test_a_password_is_not_repeated(sqlite_address: str, refused: Command) -> None:
    refused("cannot be opened", "export", "-", "--timeline", "b", "--database", "postgresql://me:secret@127.0.0.1:1/b")


@pytest.mark.parametrize(
    "command", [["status"], ["verify"], ["export", "-", "--timeline", "a"], ["tail", "--timeline", "a"], ["rebuild"]]
)
def test_who_only_reads_makes_no_database(refused: Command, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "mistyped.db"
    made_by = "`serve`, `migrate`, `append --create` and `import --create` make one"
    refused(f"there is no database {file}: ", *command, "--database", f"sqlite:///{file}")
    refused(made_by, *command, "--database", f"sqlite:///{file}")
    assert not file.exists()
