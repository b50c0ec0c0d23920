"""Trusted documents: named instead of sent, from a manifest, over every transport; nothing else where that is set."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.api.client import Client, clean
from tests.api.conftest import client_of, schema_of
from tests.live.servers import serving as served
from tests.live.talking import talking
from timeline import main
from timeline.api.app import application
from timeline.api.schema import schema_for
from timeline.api.trusted import Trusted
from timeline.cli.console import settings
from timeline.timelines import Timelines

QUERY = "query Title($slug: ID!) { timeline(slug: $slug) { title } }"
CREATE = 'mutation { createTimeline(input: {slug: "x", title: "X"}) { timeline { slug } } }'
FOLLOW = 'subscription { events(timeline: "toys") { cursor } }'
LISTED = {"title": QUERY, "create": CREATE, "follow": FOLLOW}
SHA = f"sha256:{hashlib.sha256(QUERY.encode()).hexdigest()}"
ANSWER = {"data": {"timeline": {"title": "Toys"}}}
TOYS = {"slug": "toys"}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": name, "name": "N", "type": "query", "body": text} for name, text in LISTED.items()],
}


@asynccontextmanager
async def serving(timelines: Timelines, *, only: bool = False, **options: Any) -> AsyncIterator[Client]:
    schema = schema_for(timelines.kinds) if options else schema_of(timelines.kinds)
    for text in LISTED.values():
        assert schema.trust(text) == []
    manifest = {**LISTED, SHA: QUERY}
    app = application(schema, timelines, max_body=100_000, trusted=Trusted(manifest, only), **options)
    async with client_of(app) as client:
        yield client


@pytest.mark.parametrize("manifest", [LISTED, APOLLO])
def test_manifests(tmp_path: Path, manifest: dict[str, Any]) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(manifest), "utf-8")
    texts = Trusted.read(path).texts
    assert LISTED.items() <= texts.items()
    assert texts[SHA] == QUERY
    assert len(texts) == 2 * len(LISTED)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"a": 1}', '{"format": "apollo-persisted-query-manifest"}', '{"a": null}']
)
def test_what_is_no_manifest(tmp_path: Path, content: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ValueError, match="trusted documents cannot be read from"):
        Trusted.read(path)


@pytest.mark.parametrize("document_id", ["title", SHA])
async def test_over_http(on_sqlite: Timelines, document_id: str) -> None:
    async with serving(on_sqlite) as client:
        body = {"documentId": document_id, "variables": TOYS}
        assert clean(await client.send(orjson.dumps(body))) == ANSWER
        given = {"documentId": document_id, "variables": json.dumps(TOYS)}
        assert clean(await client.http.get("/graphql", params=given)) == ANSWER
        assert await client.ask(QUERY, **TOYS) == ANSWER["data"]  # texts go on as they were


async def test_where_apollo_and_urql_have_the_id(on_sqlite: Timelines) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "title"}}
    async with serving(on_sqlite) as client:
        assert clean(await client.send(orjson.dumps({"extensions": extensions, "variables": TOYS}))) == ANSWER
        given = {"extensions": json.dumps(extensions), "variables": json.dumps(TOYS)}
        assert clean(await client.http.get("/graphql", params=given)) == ANSWER


async def test_what_is_wrong_with_a_request(on_sqlite: Timelines) -> None:
    async with serving(on_sqlite) as client:
        for body, status, code in (
            ({"documentId": "nope"}, 404, "NOT_FOUND"),
            ({"documentId": 5}, 400, "BAD_INPUT"),
            ({"documentId": ""}, 404, "NOT_FOUND"),
            ({"documentId": "title", "query": QUERY}, 400, "BAD_INPUT"),
            ({"documentId": "title", "operationName": "Other"}, 400, "BAD_INPUT"),
            ({"extensions": {"persistedQuery": {"sha256Hash": "nope"}}}, 404, "NOT_FOUND"),
            ({"extensions": {"persistedQuery": 5}}, 400, "BAD_INPUT"),
        ):
            response = await client.send(orjson.dumps(body))
            answer = clean(response)
            assert (response.status_code, answer["errors"][0]["extensions"]["code"]) == (status, code), body
            assert len(answer["errors"]) == 1
            assert "data" not in answer
        response = await client.http.get("/graphql", params={"documentId": "create"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_nothing_else(on_sqlite: Timelines) -> None:
    async with serving(on_sqlite, only=True) as client:
        for response in (
            await client.send(orjson.dumps({"query": "{ __typename }"})),
            await client.send(orjson.dumps({"query": "{ __schema { types { name } } }"})),
            await client.http.get("/graphql", params={"query": "{ __typename }"}),
        ):
            (error,) = clean(response)["errors"]
            assert (response.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
        assert clean(await client.send(orjson.dumps({"documentId": "title", "variables": TOYS}))) == ANSWER
        assert await client.ask(QUERY, **TOYS) == ANSWER["data"]  # its text is as good as its id


async def test_get_for_trusted_documents_only(on_sqlite: Timelines) -> None:
    async with serving(on_sqlite, queries_by_get=False) as client:
        response = await client.http.get("/graphql", params={"query": "{ __typename }"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        given = {"documentId": "title", "variables": json.dumps(TOYS)}
        assert clean(await client.http.get("/graphql", params=given)) == ANSWER


async def test_over_a_websocket(on_sqlite: Timelines) -> None:
    app = application(schema_of(on_sqlite.kinds), on_sqlite, max_body=100_000, trusted=Trusted(LISTED, only=True))
    async with served(app) as port, talking(port) as talk:

        async def first_answer(**payload: Any) -> Any:
            await talk.say({"id": "1", "type": "subscribe", "payload": payload})
            return await talk.hear()

        by_id = {"id": "1", "type": "next", "payload": ANSWER}
        assert await first_answer(documentId="title", variables=TOYS) == by_id
        assert await talk.hear() == {"id": "1", "type": "complete"}
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": "title"}}
        assert await first_answer(extensions=persisted, variables=TOYS) == by_id
        assert await talk.hear() == {"id": "1", "type": "complete"}
        for payload, code in (({"documentId": "nope"}, "NOT_FOUND"), ({"query": "{ __typename }"}, "FORBIDDEN")):
            refused = await first_answer(**payload)
            assert refused["type"] == "error"
            assert [each["extensions"]["code"] for each in refused["payload"]] == [code]
        assert (await first_answer(documentId="follow"))["type"] == "next"


async def test_as_events(on_sqlite: Timelines) -> None:
    async with serving(on_sqlite, only=True) as client:
        given = {"documentId": "title", "variables": json.dumps(TOYS)}
        response = await client.http.get("/graphql", params=given, headers={"accept": "text/event-stream"})
        assert f"event: next\ndata: {orjson.dumps(ANSWER).decode()}\n" in response.text
        refused = await client.http.get(
            "/graphql", params={"query": "{ __typename }"}, headers={"accept": "text/event-stream"}
        )
        assert "FORBIDDEN" in refused.text


def test_they_are_checked_when_the_server_starts(tmp_path: Path, sqlite_address: str) -> None:
    path = tmp_path / "documents.json"
    given = settings(database=sqlite_address, documents=str(path), trusted_only=True)
    timelines = main.open_timelines(given, main.load_kinds(given))
    try:
        long = "{ " + "kinds { name } " * 50 + " timelines { totalCount " + "# more" * 5_000 + "\n } }"
        path.write_text(json.dumps({"long": long}), "utf-8")
        main.build_application(given, timelines)
        for text, fault in (("{ nope }", "nope"), ("{", "Syntax"), ("{ " + "kinds { name } " * 200 + "}", "at most")):
            path.write_text(json.dumps({"mine": text}), "utf-8")
            with pytest.raises(ValueError, match=f"the trusted document mine cannot be served: .*{fault}"):
                main.build_application(given, timelines)
        with pytest.raises(ValueError, match="there has to be a file of them"):
            main.build_application(settings(database=sqlite_address, trusted_only=True), timelines)
    finally:
        timelines.close()
