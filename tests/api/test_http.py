"""What HTTP carries: bodies that are not requests, methods, GraphiQL, probes. Every refusal is JSON with a code."""

from urllib.parse import quote

import httpx
import orjson

from tests.api.client import Client, clean
from tests.api.conftest import MAX_BODY, app_for, client_of
from timeline.api.schema import export, schema_for
from timeline.timelines import Timelines

QUERY = '{ timeline(slug: "toys") { title } }'
ANSWER = {"data": {"timeline": {"title": "Toys"}}}


def refusal(response: httpx.Response, status: int, code: str = "BAD_INPUT") -> str:
    """The message of an answer that is a refusal and nothing else."""
    body = clean(response)
    assert response.status_code == status, response.text
    (error,) = body["errors"]
    assert error["extensions"] == {"code": code}
    assert body.get("data") is None
    return str(error["message"])


def of(**fields: object) -> bytes:
    return orjson.dumps(fields)


BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  ",
    "not JSON": b"query { a }",
    "cut off": of(query=QUERY)[:-1],
    "more than one": of(query=QUERY) * 2,
    "a number": b"5",
    "null": b"null",
    "a text": b'"x"',
    "a list": b"[" + of(query=QUERY) + b"]",
    "an empty list": b"[]",
    "not UTF-8": b'{"query": "\xff"}',
    "a surrogate in UTF-8": b'{"query": "\xed\xa0\x80"}',
    "UTF-16": of(query=QUERY).decode().encode("utf-16"),
    "UTF-16 without a mark": of(query=QUERY).decode().encode("utf-16-le"),
    "UTF-32": of(query=QUERY).decode().encode("utf-32"),
    "with a byte order mark": b"\xef\xbb\xbf" + of(query=QUERY),
    "nested lists": b"[" * 100_000,
    "nested lists that end": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested variables": b'{"query": "{ a }", "variables": {"a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}}",
    "NaN": b'{"query": "{ a }", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{ a }", "variables": {"a": -Infinity}}',
    "a key twice": b'{"query": "{ a }", "query": "{ b }"}',
    "a key twice inside": b'{"query": "{ a }", "variables": {"a": {"b": 1, "b": 2}}}',
    "5,000 digits": b'{"query": "{ a }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "a lone surrogate": b'{"query": "{ a }", "variables": {"a": "\\ud800"}}',
    "a lone surrogate as a key": b'{"query": "{ a }", "variables": {"\\udc00": 1}}',
    "no query": of(variables={}),
    "a null query": of(query=None),
    "an empty query": of(query=""),
    "a number as query": of(query=5),
    "a list of variables": of(query=QUERY, variables=[]),
    "text as variables": of(query=QUERY, variables="{}"),
    "extensions that are a list": of(query=QUERY, extensions=[]),
    "an unknown operation": of(query=QUERY, operationName="b"),
    "a number as operation": of(query=QUERY, operationName=5),
    "an object as operation": of(query=QUERY, operationName={"a": 1}),
    "a list as operation": of(query=QUERY, operationName=["a"]),
    "false as operation": of(query=QUERY, operationName=False),
    "nothing but a fragment": of(query="fragment F on Query { __typename }"),
}


async def test_bodies_that_are_no_request(sqlite_client: Client) -> None:
    for what, body in BAD_BODIES.items():
        response = await sqlite_client.send(body)
        assert refusal(response, 400), what


async def test_a_request_in_any_of_its_forms(sqlite_client: Client) -> None:
    for body in (
        of(query=QUERY),
        of(query=QUERY, variables=None, operationName=None, extensions=None),
        of(query=f"query a {QUERY} query b {{ __typename }}", operationName="a", variables={}, more=1),
        b"  " + of(query=QUERY) + b"\n",
    ):
        assert clean(await sqlite_client.send(body)) == ANSWER
    response = await sqlite_client.send(of(query=QUERY), **{"content-type": "application/json; charset=utf-8"})
    assert clean(response) == ANSWER


async def test_content_types_that_are_not_json(sqlite_client: Client) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x"):
        response = await sqlite_client.send(of(query=QUERY), **{"content-type": content_type})
        assert refusal(response, 415)


async def test_bodies_over_the_limit(sqlite_client: Client) -> None:
    fits = of(query=QUERY)
    response = await sqlite_client.send(fits + b" " * (MAX_BODY - len(fits)))
    assert clean(response) == ANSWER
    response = await sqlite_client.send(fits + b" " * (MAX_BODY - len(fits) + 1))
    assert f"{MAX_BODY:,}" in refusal(response, 413, "TOO_LARGE")


async def test_queries_by_get(sqlite_client: Client) -> None:
    get = sqlite_client.http.get
    response = await get("/graphql", params={"query": QUERY})
    assert clean(response) == ANSWER
    query = "query ($slug: ID!) { timeline(slug: $slug) { title } }"
    response = await get("/graphql", params={"query": query, "variables": '{"slug": "toys"}'})
    assert clean(response) == ANSWER
    mutation = 'mutation { createTimeline(input: {slug: "x", title: "X"}) { timeline { slug } } }'
    response = await get("/graphql", params={"query": mutation})
    assert refusal(response, 405)
    assert response.headers["allow"] == "POST"
    assert (await sqlite_client.ask("{ timelines { totalCount } }"))["timelines"]["totalCount"] == 1
    for variables in ("[]", "x", "5", "null x", "{", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 9_000):
        assert refusal(await get("/graphql", params={"query": query, "variables": variables}), 400)
    for raw in (f"query={quote(QUERY)}%FF", "query=%ED%A0%80", "query=%00", "query="):
        response = await get(f"/graphql?{raw}", headers={"accept": "application/json"})
        assert refusal(response, response.status_code)
    assert refusal(await get("/graphql", headers={"accept": "application/json"}), 400)


async def test_methods_and_paths_that_are_not_there(sqlite_client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert refusal(await sqlite_client.http.request(method, "/graphql"), 405)
    head = await sqlite_client.http.head("/graphql")
    assert (head.status_code, head.content) == (405, b"")
    for path in ("/nothing", "/graphql/", "/../etc/passwd", "/graphql/x", "/%2e%2e/x", "/\u00e4"):
        response = await sqlite_client.http.get(path)
        assert response.status_code in (307, 404)
        assert "Traceback" not in response.text
    response = await sqlite_client.http.post("/livez")
    assert response.status_code == 405


async def test_what_else_is_served(sqlite_client: Client, on_sqlite: Timelines) -> None:
    get = sqlite_client.http.get
    assert (await get("/livez")).json() == {"alive": True}
    assert (await get("/readyz")).json() == {"ready": True}
    schema = await get("/schema.graphql")
    assert schema.headers["content-type"] == "text/plain; charset=utf-8"
    assert schema.text == export(schema_for(on_sqlite.kinds))


async def test_graphiql_is_for_browsers(sqlite_client: Client, on_sqlite: Timelines) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await sqlite_client.http.get("/graphql", headers=browser)
    assert page.headers["content-type"].startswith("text/html")
    assert "graphiql" in page.text.lower()
    assert clean(await sqlite_client.http.get("/graphql", params={"query": QUERY}, headers=browser)) == ANSWER
    async with client_of(app_for(on_sqlite, ide=False)) as without:
        assert refusal(await without.http.get("/graphql", headers=browser), 404, "NOT_FOUND")
        assert await without.ask(QUERY) == ANSWER["data"]


BAD_QUERIES = [
    *("{", "}", "x", "{ a: }", "query {{ a }", '{ timeline(slug: "toys) { slug } }', "{ \x07 }", "# nothing"),
    *("{ nothing }", "{ timeline { slug } }", '{ timeline(slug: "toys") }', "{ kinds { name { x } } }"),
    *("query ($a: Nope) { kinds { name } }", "query ($a: Int!) { timelines(first: $a) { totalCount } }"),
    *("{ ...F }", "{ ...F } fragment F on Query { ...F }", "{ kinds @nope { name } }"),
    "{ a: kinds { name } a: entityKinds { name } }",
    *("subscription { events { cursor } }", "mutation { nothing }"),
    'mutation { createTimeline(input: {slug: "x"}) { errors { code } } }',
    "{ " + "a " * 6_000 + "}",
    "{ a " * 2_000 + "}" * 2_000,
    "{ kinds(x: " + "[" * 2_000 + "]" * 2_000 + ") { name } }",
    "{ kinds { name } } " + "query ($a: " + "[" * 2_000 + "Int" + "]" * 2_000 + ") { kinds { name } }",
]  # fmt: skip


async def test_documents_that_are_not_valid(sqlite_client: Client) -> None:
    for query in BAD_QUERIES:
        response = await sqlite_client.send(of(query=query))
        body = clean(response)
        (code,) = {error["extensions"]["code"] for error in body["errors"]}
        assert code in ("BAD_INPUT", "TOO_COSTLY") if len(query) > 5_000 else code == "BAD_INPUT", query[:100]
        assert "data" not in body, query[:100]
