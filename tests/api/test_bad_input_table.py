"""A table of bad inputs, row by row, each with the answer that it gets. The log is the same after all of them.

Rows that are not here: 14 and 41 (hosts, and timelines of others) need access rights; 15 to 18 are a matter of the
server (`test_http_server.py`, `test_http.py`); 20 to 22 are in `test_limits.py`; 24, 32 and 33 something that is not
offered; 25 and 43 to 49 concern subscriptions; what goes wrong inside (26) is in `test_failures.py`.
"""

import gzip
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from tests.api.client import APPEND, Client, clean, moved, raw
from tests.api.conftest import MAX_BODY
from tests.api.test_cursors import decoded, encoded
from tests.making import head
from timeline.timelines import Timelines

QUERY = '{ timeline(slug: "toys") { title } }'
ID = str(UUID(int=1))


@pytest.fixture
async def unchanged(client: Client, timelines: Timelines) -> AsyncIterator[Client]:
    """The client of a timeline that has one event, and has no other at the end."""
    await client.append(moved(id=ID))
    yield client
    assert head(timelines) == 1


def body(**fields: Any) -> bytes:
    return orjson.dumps(fields)


def appending(escaped: str) -> bytes:
    """An append whose note is given as a piece of JSON."""
    given = body(query=APPEND, variables={"input": {"timeline": "toys", "events": [moved(note="§")]}})
    return given.replace('"§"'.encode(), escaped.encode())


WRONG_REQUESTS: list[dict[str, Any]] = [
    {"query": None}, {"query": ""}, {"query": 5}, {"query": []}, {"query": {}}, {},
    {"query": QUERY, "variables": []}, {"query": QUERY, "variables": "{}"}, {"query": QUERY, "variables": 5},
    {"query": QUERY, "operationName": 5}, {"query": QUERY, "operationName": "b"}, {"query": QUERY, "operationName": []},
]  # fmt: skip

# Row; the body; other headers; the status; the code.
BODIES: list[tuple[int, bytes, dict[str, str], int, str]] = [
    *((1, each, {}, 400, "BAD_INPUT") for each in (b"", b" ", b"query { a }", body(query=QUERY)[:-1])),
    *((2, each, {}, 400, "BAD_INPUT") for each in (b"5", b"null", b"true", b'"x"')),
    *((3, each, {}, 400, "BAD_INPUT") for each in (b'{"query": "\xff"}', body(query=QUERY).decode().encode("utf-16"))),
    *((4, b'{"a": ' + b"[" * deep + b"]" * deep + b"}", {}, 400, "BAD_INPUT") for deep in (1_100, 100_000)),
    *((5, appending(each), {}, 400, "BAD_INPUT") for each in ("NaN", "Infinity", "-Infinity")),
    (6, appending("9" * 5_000), {}, 400, "BAD_INPUT"),
    (7, b'{"query": "{ kinds { name } }", "query": "{ a }"}', {}, 400, "BAD_INPUT"),
    (7, b'{"query": "{ a }", "variables": {"a": {"b": 1, "b": 2}}}', {}, 400, "BAD_INPUT"),
    (8, body(query=QUERY) + b" " * MAX_BODY, {}, 413, "TOO_LARGE"),
    (9, gzip.compress(body(query=QUERY)), {"content-encoding": "gzip"}, 415, "BAD_INPUT"),
    (9, body(query=QUERY), {"content-encoding": "br"}, 415, "BAD_INPUT"),
    *(
        (10, body(query=QUERY), {"content-type": each}, 415, "BAD_INPUT")
        for each in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
    ),
    (12, b"[" + body(query=QUERY) + b"]", {}, 400, "BAD_INPUT"),
    *((13, body(**wrong), {}, 400, "BAD_INPUT") for wrong in WRONG_REQUESTS),
    (19, body(query="{ " + "a " * 6_000 + "}"), {}, 200, "TOO_COSTLY"),
    (19, body(query="{ kinds { name } } #" + "x" * 65_536), {}, 200, "TOO_COSTLY"),
    (21, body(query="query a { kinds { name } } query b { kinds { name } }"), {}, 200, "BAD_INPUT"),
    *((29, appending(f'"{each}"'), {}, 400, "BAD_INPUT") for each in ("\\ud83d", "\\ude00", "a\\udfffb")),
    (29, b'{"query": "{ a }", "variables": {"\\ud800": 1}}', {}, 400, "BAD_INPUT"),
]


@pytest.mark.parametrize("row", sorted({each[0] for each in BODIES}))
async def test_bodies(unchanged: Client, row: int) -> None:
    for number, content, headers, status, code in BODIES:
        if number == row:
            answer = clean(response := await unchanged.send(content, **headers))
            assert (response.status_code, answer.get("data")) == (status, None), content[:80]
            assert {error["extensions"]["code"] for error in answer["errors"]} == {code}


async def test_row_5_and_6_numbers_that_are_kept_exactly_or_refused(unchanged: Client) -> None:
    for number in ("-0", "9007199254740993", "1e131071", "1.5", "1e400"):
        event = raw("toy.bought", {"toy": "bear", "pieces": "§"})
        given = {"timeline": "toys", "validateOnly": True, "events": [event]}
        sent = body(query=APPEND, variables={"input": given}).replace('"§"'.encode(), number.encode())
        response = await unchanged.send(sent)
        answer = clean(response)
        if number == "-0":  # it is 0
            assert answer["data"]["appendEvents"]["errors"] == []
        elif response.status_code == 200:
            (error,) = answer["data"]["appendEvents"]["errors"]
            assert (error["code"], error["path"][-1]) == ("BAD_INPUT", "pieces"), number


async def test_row_11_by_get_there_is_nothing_to_do(unchanged: Client) -> None:
    mutation = 'mutation { createTimeline(input: {slug: "x", title: "X"}) { timeline { slug } } }'
    response = await unchanged.http.get("/graphql", params={"query": mutation})
    assert (response.status_code, clean(response)["errors"][0]["extensions"]["code"]) == (405, "BAD_INPUT")
    assert (await unchanged.ask("{ timelines { totalCount } }"))["timelines"]["totalCount"] == 1


DOCUMENTS: list[tuple[int, str]] = [
    (23, "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }"),
    (23, "{ kinds @nope { name } }"),
    (23, "{ " + " ".join(f"nope{index}" for index in range(900)) + "}"),
    *((27, f'{{ timeline(slug: "toys") {{ events({each}) {{ totalCount }} }} }}') for each in (
        "first: -1", "first: 0", "last: 0", "first: 201", "first: 2147483648", "first: 1, last: 1",
        'after: "a", before: "b"', 'first: 1, before: "b"', 'last: 1, after: "b"', 'first: "1"', "first: 1.5",
    )),
    *((28, f'{{ timeline(slug: "toys") {{ events(knownAt: {{time: {each}}}) {{ totalCount }} }} }}') for each in (
        '"2025-01-20T09:30:00"', '"2025-01-20"', '"2025-06-30T23:59:60Z"', "1750000000", '"now"', '""',
        '"2025-01-20T24:00:00Z"', '"+1000000-01-01T00:00:00Z"', '"2025-02-29T00:00:00Z"',
    )),
]  # fmt: skip


@pytest.mark.parametrize("row", sorted({each[0] for each in DOCUMENTS}))
async def test_documents(unchanged: Client, row: int) -> None:
    for number, query in DOCUMENTS:
        if number == row:
            response = await unchanged.send(body(query=query))
            answer = clean(response)
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_INPUT"}, query
            assert len(answer["errors"]) <= 21
            assert len(response.content) < 100_000
            assert not (answer.get("data") or {}).get("timeline")


def named(name: str) -> dict[str, Any]:
    event: dict[str, Any] = raw("toy.moved", {"toy": {"ref": "b", "name": name}})
    return event


EVENTS: list[tuple[int, dict[str, Any], str, list[str]]] = [
    (30, moved(note="a\x00b"), "BAD_INPUT", ["note"]),
    (30, raw("toy.bought", {"toy": "bear", "story": "\x00"}), "BAD_INPUT", ["event", "raw", "data", "story"]),
    (30, raw("toy.bought", {"toy": "bear", "tags": ["\x00"]}), "BAD_INPUT", ["event", "raw", "data", "tags", "0"]),
    (31, named("\u202eevil"), "BAD_INPUT", ["event", "raw", "data", "toy", "name"]),
    (31, named("x" * 201), "TOO_LARGE", ["event", "raw", "data", "toy", "name"]),
    (31, raw("toy.moved", {"toy": "B\u00e4r"}), "BAD_INPUT", ["event", "raw", "data", "toy"]),
    (34, raw("toy.bought", {"toy": "b", "discount": "1e131071"}), "BAD_INPUT", ["event", "raw", "data", "discount"]),
    (34, raw("toy.bought", {"toy": "b", "discount": 1e300}), "BAD_INPUT", ["event", "raw", "data", "discount"]),
    *(
        (35, raw("toy.bought", {"toy": "b", key: 1}), "BAD_INPUT", ["event", "raw", "data"])
        for key in ("__proto__", "constructor", "")
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", sorted({each[0] for each in EVENTS}))
async def test_events(unchanged: Client, row: int) -> None:
    for number, event, code, path in EVENTS:
        if number == row:
            payload = await unchanged.append(event)
            (error,) = payload["errors"]
            assert payload["events"] is None
            assert (error["code"], error["path"]) == (code, ["input", "events", "0", *path])


async def test_row_36_what_looks_like_a_script_is_text_and_no_link(client: Client) -> None:
    script = "<script>alert(1)</script>"
    payload = await client.append(moved(note=script, sources=[{"title": script}]))
    assert payload["errors"] == []
    page = await client.toys("events { nodes { note sources { title } } }")
    assert page["events"]["nodes"] == [{"note": script, "sources": [{"title": script}]}]
    for url in ("javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org/"):
        given = {"timeline": "toys", "events": [moved(sources=[{"url": url}])]}
        assert (await client.refused(APPEND, input=given)).code == "BAD_INPUT"


async def test_row_37_too_many_events(unchanged: Client) -> None:
    payload = await unchanged.append(*[moved()] * 1_001)
    assert [(each["code"], each["path"]) for each in payload["errors"]] == [("TOO_LARGE", ["input", "events"])]


async def test_row_38_another_head_than_expected(unchanged: Client) -> None:
    payload = await unchanged.append(moved(), expect={"head": 0})
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "expect", "head"])
    assert "position 1" in error["message"]


async def test_row_39_an_id_again(unchanged: Client) -> None:
    again = await unchanged.append(moved(id=ID))
    assert (again["duplicates"], again["events"][0]["position"], again["errors"]) == (1, 1, [])
    other = await unchanged.append(moved("fox", id=ID))
    assert [(each["code"], each["path"]) for each in other["errors"]] == [("ID_REUSED", ["input", "events", "0", "id"])]
    for wrong in ("x" * 129, "a\u0007", ""):
        given = {"timeline": "toys", "events": [moved(id=wrong)]}
        assert (await unchanged.refused(APPEND, input=given)).code == "BAD_INPUT"


async def test_row_40_what_there_is_nothing_to_correct_of(unchanged: Client, timelines: Timelines) -> None:
    timelines.create("other", "Another")
    asked = "{ events { id } errors { code path } }"
    query = f"mutation ($input: CorrectEventInput!) {{ correctEvent(input: $input) {asked} }}"
    for timeline, event in (("toys", str(uuid4())), ("other", ID)):
        given = {"timeline": timeline, "event": event, "reason": "r"}
        payload = (await unchanged.ask(query, input=given))["correctEvent"]
        assert payload == {"events": None, "errors": [{"code": "NOT_FOUND", "path": ["input", "event"]}]}


CURSORS: list[tuple[str, str]] = [
    *((each, "BAD_CURSOR") for each in ("", "x", "!", "AAAA", encoded([]), encoded(["x", 1, "ab", 1]), encoded(5))),
    *((each, "BAD_CURSOR") for each in ("\u00e4", "a" * 10_000, encoded(["t", "toys"]))),
]


async def test_row_42_cursors(unchanged: Client, timelines: Timelines) -> None:
    query = 'query ($after: String!) { timeline(slug: "toys") { events(after: $after) { totalCount } } }'
    for cursor, code in CURSORS:
        assert (await unchanged.refused(query, after=cursor)).code == code, cursor
    timelines.create("other", "Another")
    ends = "{ pageInfo { endCursor } }"
    page = await unchanged.toys(f"events {ends} by: events(orderBy: RECORDED_DESC) {ends}")
    cursor, of_another_order = page["events"]["pageInfo"]["endCursor"], page["by"]["pageInfo"]["endCursor"]
    assert (await unchanged.refused(query, after=of_another_order)).code == "BAD_CURSOR"
    assert (await unchanged.refused(query, after=cursor[:-4])).code == "BAD_CURSOR"
    elsewhere = query.replace('"toys"', '"other"')
    assert (await unchanged.refused(elsewhere, after=cursor)).code == "BAD_CURSOR"
    filtered = query.replace("after: $after", "after: $after, filter: {disputed: false}")
    assert (await unchanged.refused(filtered, after=cursor)).code == "BAD_CURSOR"
    asked, _, record_hash, *key = decoded(cursor)
    ahead = encoded([asked, 9, record_hash, *key])
    assert (await unchanged.refused(query, after=ahead)).code == "CURSOR_AHEAD"
    diverged = encoded([asked, 1, "0" * 12, *key])
    assert (await unchanged.refused(query, after=diverged)).code == "HISTORY_DIVERGED"
    negative = encoded([asked, -1, record_hash, *key])
    assert (await unchanged.refused(query, after=negative)).code == "BAD_CURSOR"
