"""`timeline import`, as people and programs call it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.cli.test_data import timeline
from timeline.cli import app

ROWS = "Model,Developer,Date\nV3,DeepSeek,Dec 2024\nR1,DeepSeek,2025-01-20\nR2,,soon\n"
MAPPING = '[[event]]\nkind = "model.released"\noccurred = "Date"\n[event.fields]\nmodel = "Model"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "models.csv").write_text(ROWS, "utf-8")
    (tmp_path / "models.toml").write_text(MAPPING, "utf-8")
    return tmp_path / "models.csv"


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'timeline.db'}"


def run(address: str, file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["import", str(file), "--timeline", "a", "--database", address, *options])


def mapped(file: Path) -> tuple[str, str]:
    return "--map", str(file.with_suffix(".toml"))


def test_what_was_rejected_is_told_and_the_rest_is_there(address: str, file: Path) -> None:
    done = run(address, file, "--create", "A", *mapped(file))
    assert done.exit_code == 3
    assert done.stdout == "2 events appended, 0 already there, 1 rejected.\n"
    assert done.stderr.startswith("line 4, model.released: Date: soon: not a date")
    again = run(address, file, *mapped(file))
    assert again.stdout == "0 events appended, 2 already there, 1 rejected.\n"


def test_programs_are_told_in_json(address: str, file: Path) -> None:
    file.write_text(ROWS.replace("soon", "2026"), "utf-8")
    done = run(address, file, "--create", "A", "--json", *mapped(file))
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "dryRun": False,
        "rows": 3,
        "passedOver": 0,
        "appended": 3,
        "duplicates": 0,
        "rejected": [],
        "warnings": [],
    }


def test_a_dry_run_makes_not_even_the_timeline(address: str, file: Path) -> None:
    for options in (("--create", "A"), ("--create", "A", "--json")):
        done = run(address, file, "--dry-run", *options, *mapped(file))
        assert done.exit_code == 3
        assert sorted(path.name for path in file.parent.iterdir()) == ["models.csv", "models.toml"]
    timeline("migrate", address=address)
    new = run(address, file, "--dry-run", "--create", "A", *mapped(file))
    assert new.stdout == "2 events would be appended, 0 already there, 1 rejected.\n"
    assert json.loads(done.stdout)["dryRun"] is True
    assert "no timeline 'a'" in str(run(address, file, "--dry-run", *mapped(file)).exception)
    assert run(address, file, "--create", "A", *mapped(file)).exit_code == 3
    known = run(address, file, "--dry-run", "--create", "A", *mapped(file))
    assert known.stdout == "0 events would be appended, 2 already there, 1 rejected.\n"


def test_a_guess_is_shown_and_not_used_unless_it_is_agreed_to(address: str, file: Path) -> None:
    refused = run(address, file, "--create", "A")
    assert "say --yes" in str(refused.exception)
    assert 'kind = "model.released"' in refused.stderr
    assert 'developer = "Developer"' in refused.stderr
    assert "would be" in run(address, file, "--create", "A", "--dry-run").stdout
    assert "no database" in str(run(address, file, "--yes").exception)
    assert run(address, file, "--create", "A", "--yes").stdout.startswith("2 events appended")


def test_columns_that_a_guess_leaves_out_are_named_before_anything_is_imported(address: str, file: Path) -> None:
    file.write_text("Model,Developer,Date,Cost,Colour [of it]\nV3,DeepSeek,Dec 2024,5,red\n", "utf-8")
    refused = run(address, file, "--create", "A")
    assert "\nnot used: Cost, Colour [of it]\n" in refused.stderr
    dry = run(address, file, "--create", "A", "--dry-run", "--json")
    assert "\nnot used: Cost, Colour [of it]\n" in dry.stderr
    assert json.loads(dry.stdout)["notUsed"] == ["Cost", "Colour [of it]"]
    assert "not used" not in run(address, file, "--create", "A", "--dry-run", *mapped(file)).stderr


def test_few_of_many_rejected_rows_are_shown(address: str, file: Path) -> None:
    file.write_text("Model,Date\n" + "V3,soon\n" * 25, "utf-8")
    done = run(address, file, "--create", "A", *mapped(file))
    assert done.stderr.splitlines()[20:] == ["… and 5 more; --json names them all."]
    assert len(json.loads(run(address, file, "--json", *mapped(file)).stdout)["rejected"]) == 25


def test_dates_that_are_too_exact_are_warned_of(address: str, file: Path) -> None:
    rows = "".join(f"V{number},20{number}-03-01\n" for number in range(10, 60))
    file.write_text(f"Model,Date\n{rows}", "utf-8")
    done = run(address, file, "--create", "A", *mapped(file))
    assert (done.exit_code, done.stderr.startswith("warning: 50 of 50 dates are first days of a month")) == (0, True)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (MAPPING.replace("Date", "When"), "models.toml, event.0.occurred: the file has no column 'When'"),
        ("[[event", "models.toml: the mapping is not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_used(address: str, file: Path, mapping: str, message: str) -> None:
    file.with_suffix(".toml").write_text(mapping, "utf-8")
    assert message in str(run(address, file, "--create", "A", *mapped(file)).exception)


def test_a_file_that_has_only_a_header(address: str, file: Path) -> None:
    file.write_text("Released,Model\n", "utf-8")
    message = str(run(address, file, "--create", "A", *mapped(file)).exception)
    assert message.endswith("the file has no column 'Date'; it has 'Released', 'Model'")


def test_a_file_that_cannot_be_read(address: str, file: Path) -> None:
    assert isinstance(run(address, file.with_name("none.csv"), "--create", "A").exception, FileNotFoundError)
    assert isinstance(run(address, file, "--create", "A", "--map", "none.toml").exception, FileNotFoundError)


@pytest.mark.parametrize(("answer", "status", "said"), [("y", 3, "2 events appended"), ("n", 1, "Aborted")])
def test_people_are_asked_at_a_terminal(address: str, file: Path, answer: str, status: int, said: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "timeline", "import", str(file), "--timeline", "a", "--create", "A"]
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [*command, "--database", address], stdin=theirs, capture_output=True, timeout=60, check=False, text=True
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == status, done.stderr
    assert "Import with this mapping?" in done.stderr
    assert said in done.stdout + done.stderr
