"""Bad input: a code, what is wrong and where; and nothing has changed."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from tests.api.client import APPEND, Client, moved, raw
from tests.making import head
from timeline.timelines import Timelines

EVENT = ["input", "events", "0"]


@pytest.fixture
async def unchanged(client: Client, timelines: Timelines) -> AsyncIterator[Client]:
    """The client of a timeline that has one event, and has no other at the end."""
    await client.append(moved())
    yield client
    assert head(timelines) == 1
    page = await client.toys("events { nodes { headline } totalCount } basis { position }")
    assert page == {
        "events": {"nodes": [{"headline": "bear moved to attic"}], "totalCount": 1},
        "basis": {"position": 1},
    }


def bought(**fields: Any) -> dict[str, Any]:
    return {"occurred": "2025", "event": {"bought": {"toy": {"ref": "bear"}, **fields}}}


def scored(points: int) -> dict[str, Any]:
    return {"occurred": "2025", "event": {"scored": {"toy": {"ref": "b"}, "room": {"ref": "a"}, "points": points}}}


def named(name: str) -> dict[str, Any]:
    return {"ref": "bear", "name": name}


def stored(**fields: Any) -> dict[str, Any]:
    event: dict[str, Any] = raw("toy.bought", {"toy": "bear", **fields})
    return event


# The event, the code, and the path after the event's own.
REFUSED: list[tuple[dict[str, Any], str, list[str]]] = [
    (bought(toy={"ref": "Bear"}), "BAD_INPUT", ["event", "bought", "toy"]),
    (bought(toy={"ref": "room:bear"}), "BAD_INPUT", ["event", "bought", "toy"]),
    (bought(toy={"ref": "bear", "name": "x" * 201}), "TOO_LARGE", ["event", "bought", "toy", "name"]),
    (bought(toy={"ref": "bear", "name": "a\x00b"}), "BAD_INPUT", ["event", "bought", "toy", "name"]),
    (bought(friends=[{"ref": "doll"}, {"ref": ""}]), "BAD_INPUT", ["event", "bought", "friends", "1"]),
    (bought(friends=[{"ref": f"t{n}"} for n in range(201)]), "TOO_LARGE", ["event", "bought", "friends"]),
    (bought(topics=[{"ref": "doll"}]), "BAD_INPUT", ["event", "bought", "topics", "0"]),
    (bought(anything={"ref": "nokind:x"}), "BAD_INPUT", ["event", "bought", "anything"]),
    (bought(price={"amount": "1", "upper": "2", "currency": "USD"}), "BAD_INPUT", ["event", "bought", "price"]),
    (bought(price={"amount": "1", "currency": "ZZZ"}), "BAD_INPUT", ["event", "bought", "price", "currency"]),
    (bought(weight={"lower": "2", "upper": "1"}), "BAD_INPUT", ["event", "bought", "weight"]),
    (bought(story="x" * 20_001), "TOO_LARGE", ["event", "bought", "story"]),
    (bought(story="a\x00b"), "BAD_INPUT", ["event", "bought", "story"]),
    (bought(tags=["fine", "a\nb"]), "BAD_INPUT", ["event", "bought", "tags", "1"]),
    (bought(tags=["x" * 1_001]), "TOO_LARGE", ["event", "bought", "tags", "0"]),
    (bought(tags=["\u202eevil"]), "BAD_INPUT", ["event", "bought", "tags", "0"]),
    (bought(pieces=13), "BAD_INPUT", ["event", "bought"]),
    (bought(toy=named("A"), friends=[named("B")]), "BAD_INPUT", ["event", "bought", "friends"]),
    (scored(11), "BAD_INPUT", ["event", "scored", "points"]),
    (bought() | {"note": "x" * 20_001}, "TOO_LARGE", ["note"]),
    (bought() | {"note": "\x00"}, "BAD_INPUT", ["note"]),
    (bought() | {"note": " "}, "BAD_INPUT", ["note"]),
    (bought() | {"sources": [{}]}, "BAD_INPUT", ["sources", "0"]),
    (bought() | {"sources": [{"title": "t"}] * 51}, "TOO_LARGE", ["sources"]),
    (bought() | {"sources": [{"title": "t"}, {"quote": "x" * 2_001}]}, "TOO_LARGE", ["sources", "1", "quote"]),
    (bought() | {"sources": [{"publisher": "a\x07"}]}, "BAD_INPUT", ["sources", "0", "publisher"]),
    (raw("toy.eaten", {}), "BAD_INPUT", ["event", "raw", "kind"]),
    (raw("", {}), "BAD_INPUT", ["event", "raw", "kind"]),
    (raw("toy.bought", {}), "BAD_INPUT", ["event", "raw", "data", "toy"]),
    (stored(taste="good"), "BAD_INPUT", ["event", "raw", "data"]),
    (stored(__proto__=1), "BAD_INPUT", ["event", "raw", "data"]),
    (stored(pieces="5"), "BAD_INPUT", ["event", "raw", "data", "pieces"]),
    (stored(pieces=1.5), "BAD_INPUT", ["event", "raw", "data", "pieces"]),
    (stored(pieces=True), "BAD_INPUT", ["event", "raw", "data", "pieces"]),
    (stored(pieces=2**31), "BAD_INPUT", ["event", "raw", "data", "pieces"]),
    (stored(pieces=2**63), "BAD_INPUT", ["event", "raw", "data", "pieces"]),
    (stored(discount=0.1), "BAD_INPUT", ["event", "raw", "data", "discount"]),
    (stored(discount="1e5"), "BAD_INPUT", ["event", "raw", "data", "discount"]),
    (stored(discount="1" * 31), "BAD_INPUT", ["event", "raw", "data", "discount"]),
    (stored(wrapped="yes"), "BAD_INPUT", ["event", "raw", "data", "wrapped"]),
    (stored(colour="green"), "BAD_INPUT", ["event", "raw", "data", "colour"]),
    (stored(made="2025-02-29"), "BAD_INPUT", ["event", "raw", "data", "made"]),
    (stored(made=2025), "BAD_INPUT", ["event", "raw", "data", "made"]),
    (stored(tags="soft"), "BAD_INPUT", ["event", "raw", "data", "tags"]),
    (stored(tags=[None]), "BAD_INPUT", ["event", "raw", "data", "tags", "0"]),
    (stored(price=5), "BAD_INPUT", ["event", "raw", "data", "price"]),
    (stored(price={"amount": 1.5, "currency": "USD"}), "BAD_INPUT", ["event", "raw", "data", "price", "amount"]),
    *((raw("toy.bought", data), "BAD_INPUT", ["event", "raw", "data"]) for data in ([], "x", 5, 0.0, 1.5, True, [0.5])),
]  # fmt: skip


async def test_refusals_say_what_and_where(unchanged: Client) -> None:
    for event, code, path in REFUSED:
        payload = await unchanged.append(event)
        assert payload["events"] is payload["basis"] is None
        (error,) = payload["errors"]
        assert (error["code"], error["path"]) == (code, EVENT + path), (event, error)
        assert error["message"]
    (error,) = (await unchanged.append(moved(), timeline="nowhere"))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "timeline"])
    (error,) = (await unchanged.append(moved(), timeline="a\x00b"))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "timeline"])


ODD_PRICES: list[Any] = [{"amount": "1"}, {"currency": "USD", "amount": "x"}, [], "5 USD"]
ODD_CHOICES: list[Any] = [{}, {"bought": None}, {"eaten": {}}, None, [], "bought"]

# What GraphQL's own types refuse, in variables.
MISTYPED: list[dict[str, Any]] = [
    *(bought(**field) for field in ({"pieces": 2**31}, {"pieces": "5"}, {"pieces": 1.5}, {"wrapped": "yes"})),
    *(bought(**field) for field in ({"colour": "green"}, {"colour": "red"}, {"story": 5}, {"taste": "good"})),
    *(bought(discount=number) for number in ("1e5", 0.5, "NaN", "Infinity", "1" * 31, "٣", "", True)),
    *(bought(toy=toy) for toy in (None, "bear", {}, {"name": "Bear"}, {"ref": None}, {"ref": "b", "kind": "toy"})),
    *(bought(price=price) for price in ODD_PRICES),
    *(bought(made=date) for date in ("2025-02-29", "2026/2025", "2025-01-20T09:30", " 2025", "٢٠٢٥", "", 2025)),
    *(bought() | {"occurred": date} for date in ("2025-02-30", "2025-13", "2025-01-01T24:00Z", None, 5, "x" * 81)),
    *(bought() | {"occurred": date} for date in ("[2025..2024]", "2025/", "2025-1", "Y20000", "20250110", "2025-21")),
    *(bought() | {"sources": [source]} for source in ({"url": "javascript:alert(1)"}, {"url": "x"}, None)),
    *(bought() | {"sources": [source]} for source in ({"published": "?"}, {"retrieved": "2025"}, {"page": 5})),
    bought() | {"sources": [{"url": "https://a\x00b"}]},
    *(bought() | {"id": each} for each in ("x", "0" * 32, 5, "0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c1", "")),
    *({"occurred": "2025", "event": event} for event in ODD_CHOICES),
    {"occurred": "2025", "event": {"bought": {"toy": {"ref": "b"}}, "moved": {"toy": {"ref": "b"}}}},
    {"occurred": "2025", "event": {"raw": {"kind": "toy.bought"}}},
    {"occurred": "2025", "event": {"raw": {"kind": "toy.bought", "data": None}}},
    {"occurred": "2025", "event": {"raw": {"kind": 5, "data": {}}}},
    {"event": {"bought": {"toy": {"ref": "bear"}}}},
    {"occurred": "2025"},
    bought() | {"data": {}},
]  # fmt: skip


async def test_what_the_types_refuse_is_bad_input(unchanged: Client) -> None:
    for event in MISTYPED:
        refused = await unchanged.refused(APPEND, input={"timeline": "toys", "events": [event]})
        assert refused.code == "BAD_INPUT", (event, refused)
    inputs: list[Any] = [
        {"events": [bought()]},
        {"timeline": "toys"},
        {"timeline": None, "events": [bought()]},
        [],
        None,
    ]
    for wrong in inputs:
        assert (await unchanged.refused(APPEND, input=wrong)).code == "BAD_INPUT", wrong
    options: list[dict[str, Any]] = [
        {"expect": {}},
        {"expect": {"head": 1, "entities": None}},
        {"expect": {"head": -1}},
        {"newEntities": "X"},
        {"validateOnly": "yes"},
    ]
    for option in options:
        given = {"timeline": "toys", "events": [bought()]} | option
        assert (await unchanged.refused(APPEND, input=given)).code == "BAD_INPUT", option


LITERALS = {
    'occurred: "2025-02-29", event: {moved: {toy: {ref: "bear"}}}': "February 2025 has 28 days",
    'occurred: 2025, event: {moved: {toy: {ref: "bear"}}}': "text",
    'occurred: "2025", event: {bought: {toy: {ref: "bear"}, pieces: 99999999999}}': "32-bit",
    'occurred: "2025", event: {bought: {toy: {ref: "bear"}, discount: 1.5}}': "decimal string",
    'occurred: "2025", event: {bought: {toy: {ref: "bear"}, colour: "RED"}}': "Colour",
    'occurred: "2025", event: {moved: {toy: {ref: "bear"}}, bought: {toy: {ref: "bear"}}}': "EventData",
    'occurred: "2025", event: {moved: {toy: {ref: "\\ud83d"}}}': "",
    'occurred: "2025", event: {moved: {toy: {ref: "\\u{d83d}"}}}': "",
    'occurred: "2025", event: {moved: {toy: {ref: "\\u{110000}"}}}': "",
    'occurred: "2025", id: "x", event: {moved: {toy: {ref: "bear"}}}': "UUID",
}


async def test_literals_are_read_as_strictly(unchanged: Client) -> None:
    for literal, told in LITERALS.items():
        query = f'mutation {{ appendEvents(input: {{timeline: "toys", events: [{{{literal}}}]}}) {{ duplicates }} }}'
        refused = await unchanged.refused(query)
        assert refused.code == "BAD_INPUT", literal
        assert told in refused.message
    nul = 'occurred: "2025", event: {bought: {toy: {ref: "bear"}, story: "\\u0000"}}'
    huge = 'occurred: "2025", event: {raw: {kind: "toy.bought", data: {toy: "bear", discount: 1e999}}}'
    long = f'occurred: "2025", event: {{raw: {{kind: "toy.bought", data: {{toy: "bear", pieces: {"9" * 5_000}}}}}}}'
    for literal, field in ((nul, "story"), (huge, "discount"), (long, "pieces")):
        query = f"""mutation {{ appendEvents(input: {{timeline: "toys", events: [{{{literal}}}]}}) {{
          events {{ position }} errors {{ code path }} }} }}"""
        (error,) = (await unchanged.ask(query))["appendEvents"]["errors"]
        assert (error["code"], error["path"][-1]) == ("BAD_INPUT", field)


async def test_lone_surrogates_in_the_body(unchanged: Client) -> None:
    body = orjson.dumps(
        {"query": APPEND, "variables": {"input": {"timeline": "toys", "events": [moved("§")]}}}
    ).decode()
    for escape in ("\\ud83d", "\\ude00", "\\ud83d\\ud83d", "a\\udfffb"):
        response = await unchanged.send(body.replace("§", escape))
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    response = await unchanged.send(body.replace("§", "\\ud83e\\uddf8"))  # a pair is a character
    assert response.json()["data"]["appendEvents"]["errors"][0]["code"] == "BAD_INPUT"  # of which no slug is made
