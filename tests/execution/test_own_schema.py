"""Compiled equals graphql-core on our own schema: operations that are generated, asked of a timeline of toys."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from graphql import ExecutionResult, execute
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests import toys
from tests.execution.operations import LITERALS, Operation, operations
from tests.making import made
from timeline.api import ids
from timeline.api.nodes import View
from timeline.api.request import Request
from timeline.api.schema import schema_for
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, TimelineInfo
from timeline.execution import Batch, Document, Leaf
from timeline.projection.generation import Generation
from timeline.timelines import Timelines

KINDS = Kinds.of(toys)
SCHEMA = schema_for(KINDS)
CORE = SCHEMA._schema
_VIEW = View(TimelineInfo(1, "toys", "Toys", None), Basis(0, None, None), Generation(1, 1))

literals = {
    **LITERALS,
    "ID": st.sampled_from(
        ['"toys"'] * 6
        + ['"toy:bear-1"', '"bear-1"', '"room:attic"', '"nobody"', "7"]
        + [f'"{ids.event_id(UUID(int=4), _VIEW)}"', f'"{ids.timeline_id(_VIEW)}"']
    ),
    "String": st.sampled_from(['"toy.moved"', '"toy.bought"', '"example.org"', '"toy.score"', '"a"']),
    "Int": st.sampled_from(["1", "2", "5", "200", "0"]),
    "Position": st.sampled_from(["0", "3", "9", "30"]),
    "EDTF": st.sampled_from(['"2025-01-10"', '"2025"', '"2024-12"', '"2025-01~"']),
    "DateTime": st.sampled_from(['"2025-06-15T15:10:00.000Z"', '"2001-01-01T00:00:00Z"']),
    "UUID": st.sampled_from([f'"{UUID(int=number)}"' for number in (1, 4, 30, 99)]),
    "URL": st.just('"https://example.org/1"'),
    "Decimal": st.just('"1.5"'),
    "JSON": st.sampled_from(["1", '"a"', "{}"]),
}
QUERIES = operations(CORE, literals)


@pytest.fixture(scope="module")
def timelines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Timelines]:
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('own') / 'timeline.db'}")
    migrate(database)
    timelines = Timelines(database, KINDS)
    timelines.create("toys", "Toys")
    for number in range(30):
        toy, room = {"ref": f"bear-{number % 4}", "name": f"Bear {number % 4}"}, "attic"
        kind, data = (
            ("toy.moved", {"toy": toy, "room": room if number % 2 else None}),
            ("toy.scored", {"toy": toy, "room": room, "points": number % 11}),
            (
                "toy.bought",
                {"toy": toy, "price": {"upper": "5", "currency": "EUR"}, "friends": ["doll"], "made": "2024"},
            ),
        )[number % 3]
        sources: Any = [{"url": "https://example.org/1", "published": "2025"}] if number % 4 == 0 else []
        more = {"id": str(UUID(int=number + 1)), "occurred": f"2025-01-{number + 1:02}", "sources": sources}
        timelines.append("toys", [made(KINDS, kind, data, **more)])
    yield timelines
    timelines.close()


def one_by_one(following: Any, parent: Any, info: Any, **arguments: Any) -> Any:
    """A field as graphql-core resolves it: for one parent, and at once."""
    field = info.parent_type.fields.get(info.field_name)
    match SCHEMA.resolver_of(info.parent_type, info.field_name, field) if field else None:
        case Leaf() as how:
            return how.read(parent)
        case Batch() as how:
            return how.resolve([parent], info, **(how.convert(arguments) if how.convert else arguments))[0]
    return following(parent, info, **arguments)


def check(operation: Operation, timelines: Timelines) -> None:
    assume(operation.variables.get("may", True) is not None)  # which is for graphql-core, with our own resolvers
    reference = execute(
        CORE, operation.document, None, Request(timelines), operation.variables, middleware=[one_by_one]
    )
    assert isinstance(reference, ExecutionResult)
    document = Document(CORE, operation.document, SCHEMA.resolver_of)
    wanted = document.operation(None)
    assert wanted is not None
    answer = asyncio.run(document.plan(wanted).execute(None, Request(timelines), operation.variables))
    assert answer.data == reference.data
    assert repr(answer.data) == repr(reference.data)
    assert [error.formatted for error in answer.errors] == [error.formatted for error in reference.errors or ()]


everything = list(HealthCheck)


@settings(max_examples=60, deadline=None, suppress_health_check=everything)
@given(QUERIES)
def test_our_own_queries(timelines: Timelines, operation: Operation) -> None:
    check(operation, timelines)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=everything)
@given(QUERIES)
def test_a_thousand_of_our_own_queries(timelines: Timelines, operation: Operation) -> None:
    check(operation, timelines)
