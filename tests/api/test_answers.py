"""What is kept of answers is what would be answered now: whatever was done meanwhile, on whichever node."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from tests.api.client import Client, moved
from tests.api.conftest import Statements, client_of, schema_of
from tests.api.test_kept import kept_text
from tests.making import made as event
from timeline.api.answers import Answers
from timeline.api.app import application
from timeline.api.looks import Looks
from timeline.api.negotiating import GRAPHQL, JSON
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.acts import REDACTION
from timeline.domain.claims import NewMeta
from timeline.domain.kinds import Kinds
from timeline.errors import Unavailable
from timeline.timelines import Timelines
from timeline.timelines.facade import wall_clock
from timeline.timelines.marks import Mark
from timeline.timelines.rebuild import rebuild

PAGE = """query ($slug: ID!) { timeline(slug: $slug) {
  title basis { position } events { nodes { __typename headline note entities { entity { name } } } totalCount }
} }"""
ALL = "{ timelines { nodes { slug basis { position } events { totalCount } } } }"
MEGABYTE = 1_000_000


def app_of(timelines: Timelines, max_kept: int = MEGABYTE) -> Starlette:
    return application(schema_of(timelines.kinds), timelines, max_body=MEGABYTE, code="1", max_kept=max_kept)


async def post(client: Client, query: str, accept: str = JSON, **given: Any) -> httpx.Response:
    return await client.send(orjson.dumps({"query": query, **given}), accept=accept)


async def get(client: Client, query: str, accept: str = JSON, **given: Any) -> httpx.Response:
    parameters = {"query": query} | {
        key: each if isinstance(each, str) else json.dumps(each) for key, each in given.items()
    }
    return await client.http.get("/graphql", params=parameters, headers={"accept": accept})


ACTS = ("append", "name", "redact", "create", "rebuild", "lone")
act = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 3))


class World:
    """Two nodes that keep answers, one that keeps none, and timelines that nobody else knows."""

    def __init__(self, nodes: list[Timelines]) -> None:
        self.nodes = nodes
        self.slugs = [f"run-{uuid4()}" for _ in range(3)]
        self.appended: dict[str, list[UUID]] = {slug: [] for slug in self.slugs}
        for slug in self.slugs[:2]:
            nodes[0].create(slug, "A run")

    def do(self, what: str, node: Timelines, number: int) -> None:
        slug = self.slugs[number % 2]
        appended = self.appended[slug]
        match what:
            case "append" | "name":
                id_ = uuid4()
                toy = {"ref": "bear", "name": f"Bear {number}"} if what == "name" else "bear"
                node.append(slug, [event(node.kinds, "toy.moved", {"toy": toy}, id=str(id_), note=f"secret {id_}")])
                appended.append(id_)
            case "redact" if appended:
                node.append(slug, [NewMeta(kind=REDACTION, target=appended.pop(number % len(appended)), reason="x")])
            case "create":
                node.create(self.slugs[2], "A run")
            case "rebuild":
                for _ in rebuild(node.database, node.kinds, node.find(slug).id, wall_clock):
                    pass

    def questions(self) -> Iterator[dict[str, Any]]:
        for slug in self.slugs:
            yield {"query": PAGE, "variables": {"slug": slug}}
            yield {"query": PAGE.replace("events {", "events(knownAt: {position: 1}) {"), "variables": {"slug": slug}}
        each = [
            f'{name}: timeline(slug: "{slug}") {{ basis {{ hash }} }}'
            for name, slug in zip("abc", self.slugs, strict=True)
        ]
        yield {"query": f"{{ {each[0]} }}"}
        yield {"query": f"{{ {' '.join(each)} }}"}
        yield {"query": ALL}


@pytest.fixture
def nodes(open_timelines: Callable[[], Timelines]) -> list[Timelines]:
    return [open_timelines() for _ in range(3)]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(act, max_size=10))
async def test_answers_are_those_of_a_node_that_keeps_none(
    nodes: list[Timelines], acts: list[tuple[str, int, int]]
) -> None:
    world = World(nodes)
    one, two, none = nodes
    async with client_of(app_of(one)) as first, client_of(app_of(two)) as second, client_of(app_of(none, 0)) as third:
        for what, node, number in [("lone", 0, 0), *acts]:
            world.do(what, nodes[node], number)
            for question in world.questions():
                expected = await post(third, **question)
                for client in (first, second, first):
                    for ask in (post, get):
                        answer = await ask(client, **question)
                        assert (answer.status_code, answer.content) == (200, expected.content), (what, question)


async def test_what_is_asked_again_is_not_read_again(timelines: Timelines, statements: Statements) -> None:
    async with client_of(app_of(timelines)) as client, client_of(app_of(timelines, 0)) as without:
        await client.append(moved())
        for ask in (post, get):
            before = await ask(client, PAGE, variables={"slug": "toys"})
            statements.forget()
            again = await ask(client, PAGE, variables={"slug": "toys"})
            assert (again.content, again.headers) == (before.content, before.headers)
            assert not [each for each in statements if "FROM" in each]
            assert ("etag" in again.headers) is (ask is get)
            await ask(without, PAGE, variables={"slug": "toys"})
            statements.forget()
            assert (await ask(without, PAGE, variables={"slug": "toys"})).content == before.content
            assert [each for each in statements if "FROM occurrence" in each]


async def test_requests_that_differ_are_not_taken_for_each_other(on_sqlite: Timelines) -> None:
    on_sqlite.create("other", "Other")
    two = 'query A { timeline(slug: "toys") { title } } query B { timeline(slug: "other") { title } }'
    async with client_of(app_of(on_sqlite)) as client:
        for _ in range(2):
            for ask in (post, get):
                for slug, title in (("toys", "Toys"), ("other", "Other")):
                    for accept in (JSON, GRAPHQL):
                        response = await ask(client, PAGE, accept, variables={"slug": slug})
                        assert response.json()["data"]["timeline"]["title"] == title
                        assert response.headers["content-type"] == f"{accept}; charset=utf-8"
                for name, title in (("A", "Toys"), ("B", "Other")):
                    response = await ask(client, two, operationName=name)
                    assert response.json()["data"]["timeline"]["title"] == title
        body = orjson.dumps({"query": ALL})
        assert (await client.send(body)).status_code == 200
        as_parameters = await client.http.get(f"/graphql?{body.decode()}", headers={"accept": JSON})
        assert as_parameters.status_code == 400


async def test_what_may_be_otherwise_the_next_time_is_asked_anew(
    on_sqlite: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.api.query.PATIENCE", 0.01)
    async with client_of(app_of(on_sqlite)) as client:
        late = '{ timeline(slug: "toys", atLeast: 1) { basis { position } } }'
        assert (await post(client, late)).json()["errors"][0]["extensions"]["code"] == "BEHIND"
        made = [(await client.append(moved()))["events"][0]["position"] for _ in range(2)]
        assert made == [1, 2]
        assert (await post(client, late)).json()["data"]["timeline"]["basis"]["position"] == 2


async def test_an_error_is_not_kept(on_sqlite: Timelines, monkeypatch: pytest.MonkeyPatch) -> None:
    async with client_of(app_of(on_sqlite)) as client:
        with monkeypatch.context() as broken:
            broken.setattr(Timelines, "reading", _fails)
            assert "errors" in (await post(client, PAGE, variables={"slug": "toys"})).json()
            assert "errors" in (await get(client, PAGE, variables={"slug": "toys"})).json()
        assert (await post(client, PAGE, variables={"slug": "toys"})).json()["data"]["timeline"]["title"] == "Toys"


def _fails(_: Timelines) -> Any:
    raise Unavailable("it is away")


async def test_those_who_ask_the_same_at_once_are_answered_together(
    timelines: Timelines, statements: Statements
) -> None:
    async with client_of(app_of(timelines)) as client:
        await client.append(moved())
        statements.clear()
        several = await asyncio.gather(*(post(client, PAGE, variables={"slug": "toys"}) for _ in range(8)))
        assert len({each.content for each in several}) == 1
        assert len([each for each in statements if "FROM occurrence" in each and "count(" not in each]) == 1, statements


async def test_what_one_asks_for_after_a_look_began_is_seen_by_the_next(
    timelines: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    if timelines.database.backend.INLINE:
        pytest.skip("a look is over before anybody else can ask")
    looks, see = Looks(timelines), timelines.marks.seen
    goes_on, seen = asyncio.Event(), asyncio.Event()

    async def slow(slugs: Any) -> dict[str, Mark]:
        found = await see(slugs)
        seen.set()
        await goes_on.wait()
        return found

    monkeypatch.setattr(timelines.marks, "seen", slow)
    before = asyncio.create_task(looks.at(frozenset({"toys"})))
    await seen.wait()
    timelines.append("toys", [event(timelines.kinds, "toy.moved", {"toy": "bear"})])
    after = [asyncio.create_task(looks.at(slugs)) for slugs in (frozenset({"toys"}), frozenset({"toys", "x"}), None)]
    await asyncio.sleep(0)
    goes_on.set()
    assert [each["toys"].position for each in (await before, *await asyncio.gather(*after)) if each] == [0, 1, 1, 1]


async def test_of_what_is_not_there_nothing_is_seen(timelines: Timelines) -> None:
    assert await Looks(timelines).at(frozenset({"nope", "\x00", "a" * 1_000_000})) == {}
    assert "a" * 1_000_000 not in timelines.marks._known


async def test_a_connection_that_was_lost_takes_what_is_kept_with_it(postgres_address: str, kinds: Kinds) -> None:
    """After a fail-over the log may have another history."""
    database = Database.open(postgres_address)
    migrate(database)
    timelines = Timelines(database, kinds)
    timelines.create("toys", "Toys")
    app = app_of(timelines)
    answers = _answers_of(app)
    try:
        async with client_of(app) as client:
            before = await post(client, PAGE, variables={"slug": "toys"})
            assert answers._shelves
            with database.writing() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            assert (await post(client, PAGE, variables={"slug": "toys"})).content == before.content
            assert not answers._shelves
            assert (await post(client, PAGE, variables={"slug": "toys"})).content == before.content
            assert answers._shelves
    finally:
        timelines.close()


async def test_what_is_redacted_elsewhere_is_forgotten(nodes: list[Timelines]) -> None:
    one, two, _ = nodes
    for slug in ("toys", "other"):
        one.create(slug, "Toys")
    app = app_of(one)
    answers, id_ = _answers_of(app), uuid4()
    both = '{ a: timeline(slug: "toys") { events { nodes { note } } } b: timeline(slug: "other") { title } }'
    async with client_of(app) as client:
        await client.append(moved(id=str(id_), note="secret"))
        for query in (PAGE, both, "{ timelines { nodes { events { nodes { note } } } } }"):
            for ask in (post, get):
                assert "secret" in (await ask(client, query, variables={"slug": "toys"})).text
        other = await post(client, PAGE, variables={"slug": "other"})
        assert "secret" in kept_text(answers)
        two.append("toys", [NewMeta(kind=REDACTION, target=id_, reason="by order")])
        await post(client, '{ timeline(slug: "toys") { title } }')
        assert "secret" not in kept_text(answers)
        assert other.text in kept_text(answers)


def _answers_of(app: Starlette) -> Answers:
    view = next(route for route in app.routes if getattr(route, "path", "") == "/graphql").app._view  # type: ignore[attr-defined]
    answers = view._answers
    assert isinstance(answers, Answers)
    return answers
