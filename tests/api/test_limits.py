"""Questions that would cost too much are refused before they are validated, in little time, and told by how much."""

import string
import time
from itertools import pairwise
from typing import Any

import orjson
import pytest
from graphql import parse

from tests.api.client import Client, clean
from tests.api.conftest import client_of, schema_of
from timeline.api.app import application
from timeline.api.measuring import QueryLimits
from timeline.api.schema import Schema, schema_for
from timeline.domain.kinds import Kinds
from timeline.execution import Plan
from timeline.timelines import Timelines

PATIENCE = 0.1  # seconds; it takes less than 5 ms on a machine that does nothing else


def fan(levels: int) -> str:
    """Fragments that each spread the next one twice."""
    links = (f"fragment F{each} on Query {{ ...F{each + 1} ...F{each + 1} }}" for each in range(levels))
    return f"{{ ...F0 }} {' '.join(links)} fragment F{levels} on Query {{ __typename }}"


def fan_of_fields() -> str:
    """The same, each time inside a field under two aliases: once it took 9 GB."""
    names = string.ascii_letters[:23]
    links = (
        f"fragment {this} on Query{{a:node(id:1){{...{other}}}b:node(id:1){{...{other}}}}}"
        for this, other in pairwise(names)
    )
    return f"{{...{names[0]}}}{''.join(links)}fragment {names[-1]} on Query{{__typename}}"


def chain(length: int) -> str:
    """Fragments that each spread the next one."""
    links = (f"fragment F{each} on Query {{ ...F{each + 1} }}" for each in range(length))
    return f"{{ ...F0 }} {' '.join(links)} fragment F{length} on Query {{ __typename }}"


def nested(levels: int) -> str:
    inside = "id"
    for _ in range(levels):
        inside = f"timeline {{ events {{ nodes {{ {inside} }} }} }}"
    return f'{{ timeline(slug: "toys") {{ events {{ nodes {{ {inside} }} }} }} }}'


BOMBS = {
    "22 levels of fragments": fan(22),
    "40 levels of fragments": fan(40),
    "90 levels of fragments": fan(90),
    "1.2 kB of fragments in fields": fan_of_fields(),
    "a chain of fragments": chain(110),
    "aliases": "{ " + " ".join(f"a{each}: __typename" for each in range(101)) + " }",
    "20,000 aliases": "{ " + " ".join(f"a{each}: __typename" for each in range(20_000)) + " }",
    "a field 500 times": "{ " + "__typename " * 500 + "}",
    "a field 100,000 times": "{ " + "__typename " * 100_000 + "}",
    "a selection 130 times": "{ " + "timelines { nodes { slug } } " * 130 + "}",
    "a field in 200 inline fragments": "{ " + "... { __typename } " * 200 + "}",
    "what 30 fragments share": "{ kinds { " + " ".join(f"...F{each}" for each in range(60)) + " } } " + "".join(
        f"fragment F{each} on EventKind {{ name description version }} " for each in range(60)
    ),
    "directives": "{ __typename " + "@include(if: true) " * 100 + "}",
    "50,000 directives": "{ __typename " + "@include(if: true) " * 50_000 + "}",
    "directives that there are not": "{ __typename " + "@aa " * 10 + "}",
    "comments": "{ __typename }\n" + "#\n" * 1_001,
    "depth": nested(7),
    "pages in pages": nested(3).replace("events", "events(first: 200)"),
    "operations": " ".join(f"query a{each} {{ __typename }}" for each in range(51)),
}  # fmt: skip


def took(schema: Schema, query: str) -> float:
    """Seconds, of three tries the best."""
    tries = []
    for _ in range(3):
        started = time.perf_counter()
        assert isinstance(schema.plan(query, "a0" if "query a0" in query else None), list)
        tries.append(time.perf_counter() - started)
    return min(tries)


@pytest.mark.parametrize("bomb", BOMBS)
async def test_bombs(sqlite_client: Client, on_sqlite: Timelines, bomb: str) -> None:
    body = {"query": BOMBS[bomb], "operationName": "a0" if bomb == "operations" else None}
    response = await sqlite_client.send(orjson.dumps(body), accept="application/graphql-response+json")
    answer = orjson.loads(response.content)
    assert response.status_code in (400, 413)
    (error,) = answer["errors"]
    assert "data" not in answer
    if response.status_code == 400:
        extensions = error["extensions"]
        assert extensions["code"] == "TOO_COSTLY"
        assert extensions["cost"] > extensions["limit"] > 0
        assert f"{extensions['limit']:,}" in error["message"]
        assert took(schema_of(on_sqlite.kinds), BOMBS[bomb]) < PATIENCE
    assert await sqlite_client.ask("{ __typename }") == {"__typename": "Query"}


CIRCLES = (
    "{ ...F } fragment F on Query { ...F }",
    "{ ...F } fragment F on Query { ...G ...G } fragment G on Query { node(id: 1) { ...F } b: node(id: 1) { ...F } }",
)


@pytest.mark.parametrize("query", CIRCLES)
async def test_circles(sqlite_client: Client, query: str) -> None:
    refused = await sqlite_client.refused(query)
    assert (refused.code, "within itself" in refused.message) == ("BAD_INPUT", True)


# What a question costs: 1 for each field, as often as the pages and lists around it may have entries.
COSTS: list[tuple[str, dict[str, Any], int]] = [
    ("{ __typename }", {}, 1),
    ('{ timeline(slug: "toys") { slug title } }', {}, 3),
    ('{ timeline(slug: "toys") { events { nodes { id } } } }', {}, 1 + 1 + 50 * (1 + 1)),
    ('{ timeline(slug: "toys") { events(first: 7) { nodes { id sources { url } } } } }', {}, 2 + 7 * (1 + 2 + 5)),
    ('{ timeline(slug: "toys") { events(last: 7) { edges { node { id } } } } }', {}, 2 + 7 * 3),
    ('query ($n: Int) { timeline(slug: "toys") { events(first: $n) { nodes { id } } } }', {"n": 9}, 2 + 9 * 2),
    ('query ($n: Int = 8) { timeline(slug: "toys") { events(first: $n) { nodes { id } } } }', {}, 2 + 8 * 2),
    ('query ($n: Int) { timeline(slug: "toys") { events(first: $n) { nodes { id } } } }', {}, 2 + 50 * 2),
    ('query ($n: Int) { timeline(slug: "toys") { events(first: $n) { nodes { id } } } }', {"n": 10**9}, 2 + 200 * 2),
    ('{ nodes(ids: ["a", "b"]) { id } }', {}, 1 + 2),
    ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 9}, 1 + 9),
    ("{ ...F a: kinds { name } } fragment F on Query { kinds { ...G } } fragment G on EventKind { name }", {}, 2 * 6),
]  # fmt: skip


@pytest.mark.parametrize(("query", "variables", "cost"), COSTS)
def test_costs(kinds: Kinds, query: str, variables: dict[str, Any], cost: int) -> None:
    assert isinstance(schema_for(kinds, limits=QueryLimits(cost=cost)).plan(query, None, variables), Plan)
    strict = schema_for(kinds, limits=QueryLimits(cost=cost - 1))
    for _ in range(2):  # the document is known the second time
        refused = strict.plan(query, None, variables)
        assert isinstance(refused, list)
        assert str(refused[0]) == f"An operation costs at most {cost - 1:,}, not {cost:,}"


@pytest.mark.parametrize(
    ("limits", "query"),
    [
        (QueryLimits(tokens=10), "{ kinds { name } entityKinds { name } __typename }"),
        (QueryLimits(depth=1), "{ kinds { name } }"),
        (QueryLimits(aliases=0), "{ a: kinds { name } }"),
        (QueryLimits(fields=1), "{ kinds { name } }"),
        (QueryLimits(cost=5), "{ kinds { name } }"),
    ],
)
async def test_each_limit_is_one_of_the_settings(on_sqlite: Timelines, limits: QueryLimits, query: str) -> None:
    app = application(schema_for(on_sqlite.kinds, limits=limits), on_sqlite, max_body=100_000)
    async with client_of(app) as client:
        assert (await client.refused(query)).code == "TOO_COSTLY"
        assert await client.ask("{ __typename }") == {"__typename": "Query"}


async def test_introspection_is_within_the_limits(sqlite_client: Client) -> None:
    from graphql import get_introspection_query

    query = get_introspection_query(descriptions=True, specified_by_url=True, input_value_deprecation=True)
    assert parse(query)
    assert "errors" not in clean(await sqlite_client.send(orjson.dumps({"query": query})))


async def test_introspection_and_suggestions_can_be_switched_off(on_sqlite: Timelines) -> None:
    schema = schema_for(on_sqlite.kinds, introspection=False, suggestions=False)
    async with client_of(application(schema, on_sqlite, max_body=100_000)) as client:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
            errors = (await client.answer(query))["errors"]
            assert all("introspection" in error["message"] for error in errors)
        asked = 'query ($o: EventOrder) { timeline(slug: "toys") { events(orderBy: $o) { totalCount } } }'
        answers = [
            await client.answer("{ knds { name } }"),
            await client.answer("{ kinds { nam } }"),
            await client.answer('{ timeline(slg: "toys") { slug } }'),
            await client.answer("{ timelines(frst: 1) { totalCount } }"),
            await client.answer(asked, o="OCCURED_ASC"),
        ]
        assert all(answer["errors"] for answer in answers)
        assert "id you mean" not in orjson.dumps(answers).decode()


async def test_suggestions(sqlite_client: Client) -> None:
    assert "Did you mean 'kinds'" in (await sqlite_client.refused("{ knds { name } }")).message
