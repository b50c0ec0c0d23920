"""What was true then: questions about the sample as files, like those of `test_goldens`, with answers and SQL.

Of the SQL each statement stands once, sorted: on SQLite what is long runs in another thread, and so in another order.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import Client
from tests.api.conftest import Statements, app_for, client_of
from tests.api.test_goldens import compare, masked
from tests.conftest import Clock
from timeline import kinds as shipped
from timeline import sample
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

EXAMPLES = Path(__file__).parent / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.graphql"))
FUNDS: list[dict[str, Any]] = [
    {"amount": {"amount": "5000000", "currency": "USD"}, "deal": "first"},
    {"amount": {"amount": "5000000", "currency": "USD"}, "deal": "first"},  # another report of the same deal
    {"amount": {"amount": "2000000", "currency": "USD"}},
    {"amount": {"upper": "3000000", "qualifier": "UNDER", "currency": "EUR"}},
    {"amount": {"amount": "1000000", "currency": "EUR"}},
]


@pytest.fixture
def told(address: str, clock: Clock) -> Iterator[Timelines]:
    """The sample, and a timeline of one fund's investments."""
    database = Database.open(address)
    migrate(database)
    kinds = Kinds.of(shipped)
    timelines = Timelines(database, kinds, clock)
    sample.load(timelines)
    timelines.create("funds", "Funds")
    for data in FUNDS:
        line = {"kind": "investment.announced", "occurred": "2025-01-10", "data": {"investors": ["fund"], **data}}
        timelines.append("funds", [new_event(kinds, line)])
    yield timelines
    timelines.close()


@pytest.fixture
async def sample_client(told: Timelines) -> AsyncIterator[Client]:
    async with client_of(app_for(told)) as client:
        yield client


async def test_every_question_has_its_answer_and_its_sql(
    told: Timelines, sample_client: Client, statements_of: Callable[[Timelines], Statements]
) -> None:
    assert len(NAMES) >= 12
    assert {path.stem for path in EXAMPLES.iterdir()} == set(NAMES)
    statements = statements_of(told)
    for name in NAMES:
        statements.clear()
        answer = await sample_client.answer((EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8"))
        assert "errors" not in answer, (name, answer)
        compare(EXAMPLES / f"{name}.json", json.dumps(masked(answer), indent=2, ensure_ascii=False) + "\n")
        compare(EXAMPLES / f"{name}.sql", "".join(f"{each};\n" for each in sorted(set(statements))))
