"""The real application over the test's timelines, and a record of the SQL that it sends."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response

from tests.api.claiming import BEAR, SOURCES, Do, event_id
from tests.api.client import Client
from timeline.api.app import application
from timeline.api.schema import Schema, schema_for
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines
from timeline.timelines.memory import Memory

MAX_BODY = 1_000_000


_schemas: dict[str, Schema] = {}  # by what they depend on: making one takes longer than most tests


def ide_page(_: HttpRequest) -> Response:
    return HTMLResponse("GraphiQL")


def schema_of(kinds: Kinds) -> Schema:
    if kinds.fingerprint not in _schemas:
        _schemas[kinds.fingerprint] = schema_for(kinds)
    return _schemas[kinds.fingerprint]


def app_for(timelines: Timelines, *, ide: bool = True) -> Starlette:
    return application(schema_of(timelines.kinds), timelines, max_body=MAX_BODY, ide=ide_page if ide else None)


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        yield Client(http)


@pytest.fixture
def app(timelines: Timelines) -> Starlette:
    return app_for(timelines)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[Client]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def sqlite_client(on_sqlite: Timelines) -> AsyncIterator[Client]:
    async with client_of(app_for(on_sqlite)) as client:
        yield client


class Statements(list[str]):
    """The SQL sent so far, on whichever connection, in one spelling for both databases."""

    def __init__(self, timelines: Timelines) -> None:
        super().__init__()
        self._timelines = timelines

    def forget(self) -> None:
        """Begin anew."""
        super().clear()

    def clear(self) -> None:
        """Begin anew, with timelines that remember nothing of what was read before."""
        self.forget()
        self._timelines.memory = Memory()

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.append(_normalised(statement))


def _normalised(statement: str) -> str:
    one_line = " ".join(statement.split())
    for differs, alike in _ALIKE:
        one_line = re.sub(differs, alike, one_line)
    return one_line


_ALIKE = (  # what the databases spell differently
    (r'%\(\w+\)s(::\w+)?( COLLATE "C")?', "?"),
    (r"\bIN \(\?(, \?)*\)", "IN (?, …)"),
    (r'= ANY \(\?\[\]( COLLATE "C")?\)', "IN (?, …)"),  # a list is one array there
    (r"LIMIT ALL", "LIMIT ?"),
    (r" OFFSET \?", ""),
    (r"\"(\w+)\"", r"\1"),
)


@pytest.fixture
def statements_of() -> Iterator[Callable[[Timelines], Statements]]:
    """Starts to record what some timelines send to their database."""
    listening: list[tuple[Any, Any]] = []

    def record(timelines: Timelines) -> Statements:
        statements = Statements(timelines)
        for engine in (timelines.database.read, timelines.database.write):
            event.listen(engine, "before_cursor_execute", statements.note)
            listening.append((engine, statements.note))
        return statements

    yield record
    for engine, note in listening:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def statements(timelines: Timelines, statements_of: Callable[[Timelines], Statements]) -> Statements:
    return statements_of(timelines)


@pytest.fixture
def do(client: Client) -> Do:
    """Carries out a mutation by its name, and returns its payload."""

    async def call(mutation: str, event: int | str, timeline: str = "toys", **given: Any) -> Any:
        target = event if isinstance(event, str) else event_id(event)
        query = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{
            events {{ __typename eventId position headline note reason data occurred {{ edtf }} sources {{ publisher }}
              claimId status supersededBy {{ position }} }}
            duplicates basis {{ position }} errors {{ code message path }} }} }}"""
        return (await client.ask(query, input={"timeline": timeline, "event": target, **given}))[mutation]

    return call


@pytest.fixture
async def told(client: Client) -> None:
    event = {"moved": {"toy": BEAR, "room": {"ref": "attic"}}}
    await client.append(
        {"id": event_id(1), "occurred": "2025-01", "event": event, "sources": SOURCES, "note": "A note."}
    )
