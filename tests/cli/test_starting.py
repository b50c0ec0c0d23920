"""What a command does not need is not loaded, since loading is most of the time that a short one takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_data import LINES, written

HEAVY = {"alembic", "asyncio", "pydantic", "sqlalchemy", "sqlmodel", "starlette", "strawberry", "uvicorn"}
EDGES = {"alembic", "starlette", "strawberry", "uvicorn"}


@pytest.mark.parametrize(
    ("code", "not_needed"),
    [
        ("import timeline.cli", HEAVY),
        ("import timeline.cli.proving_files", HEAVY),
        ("import timeline.main, timeline.exchange", EDGES),
    ],
)
def test_what_is_not_needed_is_not_loaded(code: str, not_needed: set[str]) -> None:
    loaded = loaded_by(code)
    assert "timeline" in loaded
    assert loaded & not_needed == set()


def test_where_no_migration_is_missing_none_is_loaded(sqlite_address: str, tmp_path: Path) -> None:
    lines = str(written(LINES, tmp_path / "events.jsonl"))
    arguments = ["append", lines, "--timeline", "a", "--create", "A", "--database", sqlite_address]
    code = f"import timeline.cli; timeline.cli.app({json.dumps(arguments)}, standalone_mode=False)"
    assert "alembic" in loaded_by(code)
    assert loaded_by(code) & EDGES == set()


def loaded_by(code: str) -> set[str]:
    """The names of the modules."""
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split())
