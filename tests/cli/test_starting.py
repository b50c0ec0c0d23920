"""What a command does not need is not loaded, since loading is most of the time that a short one takes."""

import subprocess
import sys

import pytest

HEAVY = {"alembic", "pydantic", "sqlalchemy", "sqlmodel", "starlette", "strawberry", "uvicorn"}


@pytest.mark.parametrize(
    ("code", "not_needed"),
    [
        ("import timeline.cli", HEAVY),
        ("import timeline.main, timeline.exchange", {"starlette", "strawberry", "uvicorn"}),
    ],
)
def test_what_is_not_needed_is_not_loaded(code: str, not_needed: set[str]) -> None:
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "timeline" in loaded
    assert loaded & not_needed == set()
