"""Questions as files: `queries/NAME.graphql`, its answer beside it (.json), and the SQL that it sends (.sql).

`TIMELINE_UPDATE_GOLDENS=1 pytest tests/api/test_goldens.py` writes answers and SQL anew. Hashes depend on random salts
and are masked, as are the cursors that carry them.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.api.client import Client
from tests.api.conftest import Statements
from tests.conftest import Clock
from tests.making import made
from timeline.timelines import Timelines

QUERIES = Path(__file__).parent / "queries"
NAMES = sorted(path.stem for path in QUERIES.glob("*.graphql"))
DATES = ("2025-01-10", "2025-01", "[..2025-01-20]", "2021/..", "-0044-03-15~", "202X", "2025-01-20T09:30:00Z")
UPDATE = bool(os.environ.get("TIMELINE_UPDATE_GOLDENS"))


@pytest.fixture
def told(timelines: Timelines, clock: Clock) -> None:
    """Sixty events: 20 of each of three kinds, recorded ten at a time, with ids, names, sources and notes."""
    kinds = timelines.kinds
    timelines.create("empty", "Empty", "Nothing has happened here.")
    events = []
    for number in range(60):
        toy, room = {"ref": f"bear-{number % 7}", "name": f"Bear {number % 7}"}, f"room-{number % 3}"
        kind, data = (
            ("toy.moved", {"toy": toy, "room": room}),
            ("toy.scored", {"toy": toy, "room": room, "points": number % 11}),
            ("toy.bought", {"toy": toy, "price": {"upper": f"{number}", "currency": "EUR"}, "friends": ["doll"]}),
        )[number % 3]
        more: dict[str, Any] = {"note": f"Note {number}"} if number % 5 == 0 else {}
        if number % 2:
            more["sources"] = [{"url": f"https://www.example.org/{number}", "title": f"Page {number}"}]
        occurred = DATES[number % len(DATES)]
        events.append(made(kinds, kind, data, id=str(UUID(int=number + 1)), occurred=occurred, **more))
    for group in range(0, 60, 10):
        clock.now += 600_000
        timelines.append("toys", events[group : group + 10])


def masked(answer: Any, key: str = "") -> Any:
    if isinstance(answer, dict):
        return {name: masked(value, name) for name, value in answer.items()}
    if isinstance(answer, list):
        return [masked(each) for each in answer]
    if isinstance(answer, str) and key == "hash":
        assert re.fullmatch("[0-9a-f]{64}", answer)
        return "…"
    if isinstance(answer, str) and key.lower().endswith("cursor"):
        assert re.fullmatch("[A-Za-z0-9_-]{20,}", answer)
        return "…"
    return answer


def compare(path: Path, found: str) -> None:
    if UPDATE:
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("name", NAMES)
async def test_a_query_has_its_answer_and_its_sql(
    client: Client, told: None, statements: Statements, name: str
) -> None:
    query = (QUERIES / f"{name}.graphql").read_text(encoding="utf-8")
    statements.clear()
    answer = masked(await client.answer(query))
    compare(QUERIES / f"{name}.json", json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    compare(QUERIES / f"{name}.sql", "".join(f"{each};\n" for each in statements))


def test_there_are_no_leftovers() -> None:
    assert {path.stem for path in QUERIES.iterdir()} == set(NAMES)
    assert len(NAMES) >= 6
