"""Making timelines and appending to them: what goes in comes out, once, together or not at all."""

from typing import Any
from uuid import UUID

from tests.api.client import Client, moved, raw
from tests.making import head
from timeline.timelines import Timelines

CREATE = """mutation ($input: CreateTimelineInput!) {
  createTimeline(input: $input) {
    timeline { slug title description basis { position hash } } errors { code message path }
  }
}"""
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))


async def create(client: Client, **given: Any) -> Any:
    return (await client.ask(CREATE, input=given))["createTimeline"]


async def test_creating_a_timeline(client: Client) -> None:
    expected = {"slug": "new", "title": "New", "description": None, "basis": {"position": 0, "hash": None}}
    for _ in range(2):
        assert await create(client, slug="new", title="New") == {"timeline": expected, "errors": []}
    described = await create(client, slug="other", title="O", description="Line one\nand two.")
    assert described["timeline"]["description"] == "Line one\nand two."
    for other in ({"title": "Newer"}, {"title": "New", "description": "Now described."}):
        refused = await create(client, slug="new", **other)
        assert refused["timeline"] is None
        assert [(each["code"], each["path"]) for each in refused["errors"]] == [("CONFLICT", ["input", "slug"])]
    await client.append(moved(), timeline="new")
    assert (await create(client, slug="new", title="New"))["timeline"]["basis"]["position"] == 1


async def test_timelines_that_cannot_be(client: Client) -> None:
    for given, code, field in (
        ({"slug": "New"}, "BAD_INPUT", "slug"),
        ({"slug": ""}, "BAD_INPUT", "slug"),
        ({"slug": "a b"}, "BAD_INPUT", "slug"),
        ({"slug": "ä"}, "BAD_INPUT", "slug"),
        ({"slug": "a\x00"}, "BAD_INPUT", "slug"),
        ({"slug": "x" * 101}, "BAD_INPUT", "slug"),
        ({"title": ""}, "BAD_INPUT", "title"),
        ({"title": "a\x00b"}, "BAD_INPUT", "title"),
        ({"title": "a\nb"}, "BAD_INPUT", "title"),
        ({"title": "x" * 201}, "TOO_LARGE", "title"),
        ({"description": " "}, "BAD_INPUT", "description"),
        ({"description": "\x00"}, "BAD_INPUT", "description"),
        ({"description": "x" * 20_001}, "TOO_LARGE", "description"),
    ):
        refused = await create(client, **{"slug": "new", "title": "New"} | given)
        assert refused["timeline"] is None
        assert [(each["code"], each["path"]) for each in refused["errors"]] == [(code, ["input", field])], given
    assert (await client.ask("{ timelines { totalCount } }"))["timelines"]["totalCount"] == 1


async def test_append_answers_with_the_events_and_their_position(client: Client) -> None:
    payload = await client.append(moved(id=ONE), moved("doll", None))
    assert [each["position"] for each in payload["events"]] == [1, 2]
    assert payload["events"][0]["eventId"] == ONE
    assert UUID(payload["events"][1]["eventId"])
    assert (payload["duplicates"], payload["basis"], payload["errors"]) == (0, {"position": 2}, [])
    one, two = "a: appendEvents(input: $a) { basis { position } }", "b: appendEvents(input: $b) { basis { position } }"
    query = f"mutation ($a: AppendEventsInput!, $b: AppendEventsInput!) {{ {one} {two} }}"
    both = await client.ask(query, **{name: {"timeline": "toys", "events": [moved()]} for name in "ab"})
    assert (both["a"]["basis"]["position"], both["b"]["basis"]["position"]) == (3, 4)


async def test_a_retry_returns_what_was_recorded(client: Client, timelines: Timelines) -> None:
    first = await client.append(moved(id=ONE, note="A note"), moved("doll", id=TWO))
    await client.append(moved())
    again = await client.append(moved("doll", id=TWO), moved(id=ONE, note="A note"), expect={"head": 0})
    assert again["duplicates"] == 2
    assert again["events"] == first["events"][::-1]
    mixed = await client.append(moved(id=ONE, note="A note"), moved("cat"), newEntities="REFUSE")
    (error,) = mixed["errors"]
    assert (error["code"], error["path"]) == ("UNKNOWN_ENTITY", ["input", "events", "1", "event", "moved", "toy"])
    mixed = await client.append(moved(id=ONE, note="A note"), moved("cat"))
    assert ([each["position"] for each in mixed["events"]], mixed["duplicates"]) == ([1, 4], 1)
    as_raw = raw("toy.moved", {"toy": "bear", "room": "room:attic"}, id=ONE, note="A note")
    assert (await client.append(as_raw))["duplicates"] == 1
    for other in (moved("doll", id=ONE, note="A note"), moved(id=ONE), moved(id=ONE, note="A note", occurred="2025")):
        refused = await client.append(moved(), other)
        assert [each["code"] for each in refused["errors"]] == ["ID_REUSED"]
    assert head(timelines) == 4


async def test_expectations(client: Client, timelines: Timelines) -> None:
    assert (await client.append(moved(), expect={"head": 0}))["errors"] == []
    cases: list[tuple[dict[str, Any], str | None, list[str] | None]] = [
        ({"head": 0}, "CONFLICT", ["input", "expect", "head"]),
        ({"head": 2}, "CONFLICT", ["input", "expect", "head"]),
        (
            {"entities": {"refs": ["toy:doll", "toy:bear"], "since": 0}},
            "CONFLICT",
            ["input", "expect", "entities", "refs", "1"],
        ),
        ({"entities": {"refs": ["bear"], "since": 0}}, "BAD_INPUT", ["input", "expect", "entities", "refs", "0"]),
        ({"entities": {"refs": ["toy:doll"], "since": 9}}, "BAD_INPUT", ["input", "expect", "entities", "since"]),
        ({"entities": {"refs": ["toy:doll"], "since": 0}}, None, None),
        ({"entities": {"refs": ["toy:bear"], "since": 2}}, None, None),
    ]
    for expect, code, path in cases:
        payload = await client.append(moved(), expect=expect)
        assert [(each["code"], each["path"]) for each in payload["errors"]] == ([(code, path)] if code else []), expect
    assert head(timelines) == 3


async def test_validate_only_appends_nothing(client: Client, timelines: Timelines) -> None:
    await client.append(moved(id=ONE))
    checked = await client.append(moved(id=ONE), moved("doll"), validateOnly=True)
    assert checked == {"events": None, "duplicates": 1, "basis": None, "errors": []}
    for options, code in (
        ({"expect": {"head": 0}}, "CONFLICT"),
        ({"newEntities": "REFUSE"}, "UNKNOWN_ENTITY"),
        ({"timeline": "nowhere"}, "NOT_FOUND"),
    ):
        payload = await client.append(moved("cat"), validateOnly=True, **options)
        assert [each["code"] for each in payload["errors"]] == [code]
    assert head(timelines) == 1
    assert (await client.append(moved("bear"), newEntities="REFUSE"))["errors"] == []
    assert (await client.append(moved("doll"), newEntities=None, validateOnly=None, expect=None))["errors"] == []


async def test_as_many_as_there_may_be(client: Client, timelines: Timelines) -> None:
    for events, code in (([], "BAD_INPUT"), ([moved()] * 1_001, "TOO_LARGE")):
        refused = await client.append(*events)
        assert [(each["path"], each["code"]) for each in refused["errors"]] == [(["input", "events"], code)]
        assert "1,000" in refused["errors"][0]["message"]
    assert head(timelines) == 0
    payload = await client.append(*[moved(f"bear-{n}") for n in range(1_000)])
    assert [each["position"] for each in payload["events"]] == list(range(1, 1_001))


async def test_one_bad_event_among_many_stops_them_all(client: Client, timelines: Timelines) -> None:
    events = [moved() for _ in range(50)]
    events[37] = moved("Bear")
    (error,) = (await client.append(*events))["errors"]
    assert error["path"] == ["input", "events", "37", "event", "moved", "toy"]
    events[37] = moved(id=events[3].setdefault("id", ONE))
    (error,) = (await client.append(*events))["errors"]
    assert (error["code"], error["path"]) == ("BAD_INPUT", ["input", "events", "37", "id"])
    assert head(timelines) == 0


async def test_a_mutation_is_answered_by_what_the_one_before_it_said(client: Client) -> None:
    """Two in one request: what was read for the first one may be otherwise for the second."""
    asked = "{ errors { code } events { entities { entity { ref name aliases } } } }"
    query = f"mutation ($a: AppendEventsInput!, $b: AppendEventsInput!) {{ a: appendEvents(input: $a) {asked}"
    query += f" b: appendEvents(input: $b) {asked} }}"
    await client.append(moved("bear"), moved("ted"))
    merged = raw("entity.merged", {"entity": "toy:ted", "into": "toy:bear"})
    given = {"a": [moved("ted")], "b": [merged, moved("ted")]}
    both = await client.ask(query, **{name: {"timeline": "toys", "events": events} for name, events in given.items()})
    assert [both[name]["events"][-1]["entities"][0]["entity"] for name in "ab"] == [
        {"ref": "toy:ted", "name": "ted", "aliases": []},
        {"ref": "toy:bear", "name": "bear", "aliases": ["ted"]},
    ]
