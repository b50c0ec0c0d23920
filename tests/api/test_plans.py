"""Where an operation runs, how often it changes threads and connections, and that both ways of running it agree."""

import threading
from typing import Any

import pytest
from graphql import is_introspection_type, is_object_type
from sqlalchemy import event

from tests.api.conftest import schema_of
from tests.making import moved
from timeline.api.request import Request
from timeline.domain.kinds import Kinds
from timeline.execution import Call
from timeline.timelines import Timelines

SHORT = '{ timeline(slug: "toys") { basis { position } events { nodes { headline entities { entity { name } } } } } }'
LONG = '{ timeline(slug: "toys") { events { totalCount nodes { headline } } } }'
BEHIND = '{ timeline(slug: "toys", atLeast: 99) { slug } kinds { name } }'


class Watched:
    """The threads that read, and the connections that they took."""

    def __init__(self, timelines: Timelines) -> None:
        self.threads: list[int] = []
        self.connections = 0
        event.listen(timelines.database.read, "before_cursor_execute", self._read)
        event.listen(timelines.database.read, "checkout", self._taken)

    def _read(self, *_: Any) -> None:
        self.threads.append(threading.get_ident())

    def _taken(self, *_: Any) -> None:
        self.connections += 1


@pytest.mark.parametrize(("query", "is_long"), [(SHORT, False), (LONG, True)])
async def test_one_thread_and_one_connection_for_an_operation(timelines: Timelines, query: str, is_long: bool) -> None:
    timelines.append("toys", [moved(timelines.kinds), moved(timelines.kinds, "doll")])
    watched = Watched(timelines)
    result = await schema_of(timelines.kinds).execute(query, context_value=Request(timelines))
    assert result.errors is None
    assert len(watched.threads) >= 3
    (thread,) = set(watched.threads)
    assert (thread == threading.get_ident()) is (timelines.database.backend.INLINE and not is_long)
    assert watched.connections == 1


def test_every_field_below_the_root_is_read_in_batches_or_at_once(kinds: Kinds) -> None:
    schema = schema_of(kinds)
    roots = {"Query", "Mutation", "Subscription"}
    others = [
        f"{name}.{field}"
        for name, type_ in schema._schema.type_map.items()
        if is_object_type(type_) and not is_introspection_type(type_) and name not in roots
        for field, definition in type_.fields.items()
        if isinstance(schema.resolver_of(type_, field, definition), Call)
    ]
    assert others == []


async def test_what_breaks_on_the_way_is_told_without_detail(
    timelines: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("timeline.execution.plan.Scan.operation", broken)
    result = await schema_of(timelines.kinds).execute(
        "{ never_asked_before: kinds { name } }", context_value=Request(timelines)
    )
    assert result.data is None
    assert result.errors is not None
    assert (result.errors[0].message, result.errors[0].extensions["code"]) == (  # type: ignore[index]
        "Something went wrong on the server",
        "INTERNAL",
    )


@pytest.mark.parametrize("query", [SHORT, LONG, BEHIND])
async def test_graphql_core_answers_the_same(timelines: Timelines, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.api.query.PATIENCE", 0.05)
    timelines.append("toys", [moved(timelines.kinds), moved(timelines.kinds, "doll")])
    schema = schema_of(timelines.kinds)
    compiled = await schema.execute(query, context_value=Request(timelines))
    reference = await schema.execute_by_reference(query, context_value=Request(timelines))
    assert compiled.data == reference.data
    assert [each.formatted for each in compiled.errors or ()] == [each.formatted for each in reference.errors or ()]
