"""Cursors that are not ours, not of this question, or not of this history."""

import base64
from typing import Any

import orjson

from tests.api.client import Client
from tests.api.conftest import app_for, client_of
from tests.making import moved
from timeline.timelines import Timelines

EVENTS = """
query ($slug: ID!, $after: String, $order: EventOrder, $filter: EventFilter) {
  timeline(slug: $slug) {
    events(after: $after, orderBy: $order, filter: $filter, first: 2) { pageInfo { endCursor } nodes { position } }
  }
}
"""


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else orjson.dumps(value)).rstrip(b"=").decode()


def decoded(cursor: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


async def cursor_of(client: Client, **given: Any) -> str:
    events = (await client.ask(EVENTS, slug="toys", **given))["timeline"]["events"]
    cursor: str = events["pageInfo"]["endCursor"]
    return cursor


async def test_cursors_that_this_api_never_gave(client: Client, timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds) for _ in range(5)])
    cursor = await cursor_of(client)
    question, position, record_hash, *key = decoded(cursor)
    forged = [
        *("", "x", "garbage!", "ä", "\x00", "=", "====", "💥" * 9, "A" * 100_000, cursor[:-3], cursor[3:]),
        *map(encoded, (None, 5, "x", [], {}, {"a": 1}, [None] * 6, [question], [question, position, record_hash])),
        encoded(b"\xff\xfe"),
        encoded(b"[" * 100_000),
        encoded(b"[" * 900 + b"]" * 900),
        encoded([question, position, record_hash, *key, 0]),
        encoded([question, position, record_hash, *key[:-1], "x"]),
        encoded([question, position, record_hash, *key[:-1], None]),
        encoded([question, position, record_hash, *key[:-1], 1.5]),
        encoded([question, position, record_hash, *key[:-1], True]),
        encoded(b'["%s",2,"%s",%d,%d,%d]' % (question.encode(), record_hash.encode(), 10**40, 0, 0)),
        encoded([question, position, record_hash, 2**63, *key[1:]]),
        encoded([question, 2**63, record_hash, *key]),
        encoded([question, -1, record_hash, *key]),
        encoded([question, None, record_hash, *key]),
        encoded([question, position, None, *key]),
        encoded(["another", position, record_hash, *key]),
    ]
    for each in forged:
        refused = await client.refused(EVENTS, slug="toys", after=each)
        assert refused.code == "BAD_CURSOR", each[:100]
    # A cursor that holds what ours holds is one, and an impossible key is only a place in the order.
    assert await cursor_of(client, after=encoded([question, position, record_hash, -(2**63) + 1, *key[1:]]))


async def test_cursors_of_another_question(client: Client, timelines: Timelines) -> None:
    timelines.create("others", "Others")
    for slug in ("toys", "others"):
        timelines.append(slug, [moved(timelines.kinds) for _ in range(5)])
    cursor = await cursor_of(client)
    others: list[dict[str, Any]] = [
        {"slug": "others"},
        {"slug": "toys", "order": "OCCURRED_DESC"},
        {"slug": "toys", "order": "RECORDED_ASC"},
        {"slug": "toys", "filter": {"kinds": ["toy.moved"]}},
        {"slug": "toys", "filter": {"recordedAfter": 0}},
        {"slug": "toys", "filter": {"entities": []}},
    ]
    for other in others:
        refused = await client.refused(EVENTS, after=cursor, **other)
        assert (refused.code, "another question" in refused.message) == ("BAD_CURSOR", True), other
    assert await cursor_of(client, after=cursor, filter={}) == await cursor_of(client, after=cursor)
    timelines_query = "query ($after: String) { timelines(after: $after) { nodes { slug } } }"
    assert (await client.refused(timelines_query, after=cursor)).code == "BAD_CURSOR"
    page = (await client.ask("{ timelines(first: 1) { pageInfo { endCursor } } }"))["timelines"]
    assert (await client.refused(EVENTS, slug="toys", after=page["pageInfo"]["endCursor"])).code == "BAD_CURSOR"


async def test_a_cursor_of_timelines_that_was_forged(client: Client) -> None:
    query = "query ($after: String) { timelines(after: $after) { nodes { slug } } }"
    cursor = (await client.ask("{ timelines { pageInfo { endCursor } } }"))["timelines"]["pageInfo"]["endCursor"]
    question = decoded(cursor)[0]
    for slug in ("\x00", "a\x00b", 5, None, ["x"]):
        assert (await client.refused(query, after=encoded([question, 0, "", slug]))).code == "BAD_CURSOR", slug


async def test_a_cursor_beyond_the_head(client: Client, timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds) for _ in range(5)])
    question, _, record_hash, *key = decoded(await cursor_of(client))
    for position in (6, 2**53, 2**63 - 1):
        refused = await client.refused(EVENTS, slug="toys", after=encoded([question, position, record_hash, *key]))
        assert refused.code == "CURSOR_AHEAD"
        assert "beyond the head" in refused.message


async def test_a_cursor_of_another_history(client: Client, timelines: Timelines, on_sqlite: Timelines) -> None:
    events = [moved(timelines.kinds) for _ in range(5)]
    timelines.append("toys", events)
    on_sqlite.append("toys", events)  # the same at the same positions, and yet another log: the salts differ
    cursor = await cursor_of(client)
    async with client_of(app_for(on_sqlite)) as other:
        refused = await other.refused(EVENTS, slug="toys", after=cursor)
        assert refused.code == "HISTORY_DIVERGED"
        assert "position 2" in refused.message
        assert (await other.refused(EVENTS, slug="toys", after=cursor, order="RECORDED_ASC")).code == "BAD_CURSOR"
    assert (await client.ask(EVENTS, slug="toys", after=cursor))["timeline"]["events"]["nodes"] == [
        {"position": 3},
        {"position": 4},
    ]
