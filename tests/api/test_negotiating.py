"""Which of its forms an answer comes in, and with which status."""

import orjson
import pytest

from tests.api.client import Client
from timeline.api.negotiating import EVENTS, GRAPHQL, JSON, preferred

ACCEPT: list[tuple[str, str | None]] = [
    ("", JSON), ("*/*", JSON), ("application/*", JSON), (JSON, JSON), (GRAPHQL, GRAPHQL), (EVENTS, EVENTS),
    (f"{GRAPHQL}, {JSON}", GRAPHQL), (f"{JSON}, {GRAPHQL}", JSON), (f"{GRAPHQL}; charset=utf-8, {JSON};q=0.9", GRAPHQL),
    (f"{JSON};q=0.5, {GRAPHQL};q=0.8", GRAPHQL), (GRAPHQL.upper(), GRAPHQL),
    (f"{GRAPHQL};q=0.1, */*;q=0.2", JSON),
    (f"{GRAPHQL}, {EVENTS}, multipart/mixed", GRAPHQL), (f"{EVENTS}, {JSON};q=0.1", EVENTS), ("text/*", None),
    ("text/html", None), ("text/html, */*;q=0.8", JSON), (f"{JSON};q=0", None),
    (f"{JSON};q=0, {GRAPHQL};q=0.1", GRAPHQL),
    ("image/png, x", None), (f"{JSON};q=x", JSON),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "media_type"), ACCEPT)
def test_accept(accept: str, media_type: str | None) -> None:
    assert preferred(accept) == media_type


# What is asked, and the status of the answer in JSON, and in the form that is made for GraphQL.
STATUS: list[tuple[dict[str, object], int, int]] = [
    ({"query": "{ __typename }"}, 200, 200),
    ({"query": '{ timeline(slug: "toys") { events(first: 0) { totalCount } } }'}, 200, 200),  # an error in a field
    ({"query": "{"}, 200, 400),
    ({"query": "{ nope }"}, 200, 400),
    ({"query": "query ($id: ID!) { node(id: $id) { id } }"}, 200, 400),
    ({"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": []}}, 200, 400),
    ({"query": "{ " + "kinds { name } " * 200 + "}"}, 200, 400),
    ({"query": "query a { __typename } query b { __typename }"}, 200, 400),
    ({"query": "{ __typename }", "operationName": "nope"}, 400, 400),
    ({"query": 'subscription { events(timeline: "toys") { cursor } }'}, 400, 400),
    ({"query": 5}, 400, 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "in_json", "in_graphql"), STATUS)
async def test_status(sqlite_client: Client, body: dict[str, object], in_json: int, in_graphql: int) -> None:
    for accept, status in ((JSON, in_json), (GRAPHQL, in_graphql)):
        response = await sqlite_client.send(orjson.dumps(body), accept=accept)
        answer = orjson.loads(response.content)
        assert response.status_code == status, answer
        assert ("data" in answer) is ((status == 200 and body == STATUS[0][0]) or "first: 0" in str(body))
        if "data" in answer or response.status_code == in_graphql != in_json:
            assert response.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_what_no_form_will_do_for(sqlite_client: Client) -> None:
    response = await sqlite_client.send(b'{"query": "{ __typename }"}', accept="text/csv")
    assert response.status_code == 406
    assert GRAPHQL in response.text


async def test_character_sets(sqlite_client: Client) -> None:
    for charset, status in (("utf-8", 200), ('"UTF-8"', 200), ("iso-8859-1", 415), ("utf-16", 415)):
        response = await sqlite_client.send(
            b'{"query": "{ __typename }"}', **{"content-type": f"application/json; charset={charset}"}
        )
        assert response.status_code == status


async def test_parameters_that_are_given_twice_or_are_too_many(sqlite_client: Client) -> None:
    for query in ("query=%7B__typename%7D&query=x", "query=%7B__typename%7D" + "&a=1&b" * 20):
        response = await sqlite_client.http.get(f"/graphql?{query}")
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
