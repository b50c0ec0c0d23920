"""Correcting, withdrawing, disputing and redacting through GraphQL: what is kept, what is refused, what shows."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import toys
from tests.api.client import Client, raw
from tests.api.test_unknown import Shelf, Shelved
from tests.making import head, made
from timeline.database import Database
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

Do = Callable[..., Awaitable[Any]]
SOURCES = [{"publisher": "The Attic Times", "title": "A bear moves"}]
BEAR = {"ref": "bear", "name": "Balthasar"}


def event_id(number: int) -> str:
    return str(UUID(int=number))


@pytest.fixture
def do(client: Client) -> Do:
    """Carries out a mutation by its name, and returns its payload."""

    async def call(mutation: str, event: int | str, timeline: str = "toys", **given: Any) -> Any:
        target = event if isinstance(event, str) else event_id(event)
        query = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{
            events {{ __typename eventId position headline note reason data occurred {{ edtf }} sources {{ publisher }}
              claimId status supersededBy {{ position }} }}
            duplicates basis {{ position }} errors {{ code message path }} }} }}"""
        return (await client.ask(query, input={"timeline": timeline, "event": target, **given}))[mutation]

    return call


@pytest.fixture
async def told(client: Client) -> None:
    event = {"moved": {"toy": BEAR, "room": {"ref": "attic"}}}
    await client.append(
        {"id": event_id(1), "occurred": "2025-01", "event": event, "sources": SOURCES, "note": "A note."}
    )


async def one(do: Do, *args: Any, **given: Any) -> Any:
    """The one event of a payload without errors."""
    payload = await do(*args, **given)
    assert payload["errors"] == []
    (event,) = payload["events"]
    return event


async def refused(do: Do, *args: Any, **given: Any) -> tuple[str, list[str], str]:
    payload = await do(*args, **given)
    assert payload["events"] is payload["basis"] is None
    (error,) = payload["errors"]
    return error["code"], error["path"], error["message"]


async def test_what_a_correction_does_not_give_it_keeps(client: Client, do: Do, told: None) -> None:
    event = await one(do, "correctEvent", 1, occurred="2025-02", reason="A slip of the pen.", id=event_id(2))
    assert event == {
        "__typename": "Moved",
        "eventId": event_id(2),
        "position": 2,
        "headline": "Balthasar moved to attic",
        "note": "A note.",
        "reason": "A slip of the pen.",
        "data": {"toy": "toy:bear", "room": "room:attic"},
        "occurred": {"edtf": "2025-02"},
        "sources": [{"publisher": "The Attic Times"}],
        "claimId": event_id(1),
        "status": "CURRENT",
        "supersededBy": None,
    }
    first = await client.toys(
        f'event(eventId: "{event_id(1)}") {{ status occurred {{ edtf }} supersededBy {{ eventId }} }}'
    )
    assert first["event"] == {
        "status": "CORRECTED",
        "occurred": {"edtf": "2025-01"},
        "supersededBy": {"eventId": event_id(2)},
    }


async def test_what_a_correction_gives_takes_the_place_of_all_of_it(do: Do, told: None) -> None:
    data = {"moved": {"toy": {"ref": "bear"}}}
    event = await one(do, "correctEvent", 1, data=data, sources=[], note="", reason="Better known.", id=event_id(2))
    assert event["data"] == {"toy": "toy:bear"}
    assert event["headline"] == "Balthasar moved to nowhere"  # a name that is not given again is kept
    assert (event["sources"], event["note"]) == ([], None)
    bought = {"raw": {"kind": "toy.bought", "data": {"toy": {"ref": "bear", "name": "Bruno"}, "pieces": 3}}}
    event = await one(do, "correctEvent", 2, data=bought, reason="It was another thing.")
    assert (event["__typename"], event["headline"], event["claimId"]) == ("Bought", "Bruno was bought", event_id(1))


async def test_null_is_refused(do: Do, told: None, timelines: Timelines) -> None:
    for name in ("occurred", "data", "sources", "note"):
        code, path, message = await refused(do, "correctEvent", 1, reason="r", **{name: None})
        assert (code, path) == ("BAD_INPUT", ["input", name])
        assert "null" in message
    assert head(timelines) == 1


async def test_who_saw_another_version_is_told_which_one_is_current(do: Do, told: None, timelines: Timelines) -> None:
    await one(do, "correctEvent", 1, note="Two.", reason="r", id=event_id(2))
    for mutation, given in (("correctEvent", {"note": "x"}), ("retractEvent", {}), ("disputeEvent", {"note": "x"})):
        reason = {} if mutation == "disputeEvent" else {"reason": "r"}
        code, path, message = await refused(do, mutation, 1, **given, **reason)
        assert (code, path) == ("CONFLICT", ["input", "event"])
        assert event_id(2) in message
    assert head(timelines) == 2


REFUSED: list[tuple[str, int | str, dict[str, Any], str, list[str]]] = [
    ("correctEvent", 9, {"reason": "r"}, "NOT_FOUND", ["event"]),
    ("retractEvent", 9, {"reason": "r"}, "NOT_FOUND", ["event"]),
    ("disputeEvent", 9, {}, "NOT_FOUND", ["event"]),
    ("redactEvent", 9, {"reason": "r"}, "NOT_FOUND", ["event"]),
    ("correctEvent", 1, {"reason": "r", "timeline": "nowhere"}, "NOT_FOUND", ["timeline"]),
    ("retractEvent", 1, {"reason": "r", "timeline": "nowhere"}, "NOT_FOUND", ["timeline"]),
    ("correctEvent", 1, {"reason": " "}, "BAD_INPUT", ["reason"]),
    ("retractEvent", 1, {"reason": ""}, "BAD_INPUT", ["reason"]),
    ("redactEvent", 1, {"reason": "a\nb"}, "BAD_INPUT", ["reason"]),
    ("redactEvent", 1, {"reason": "x" * 1_001}, "TOO_LARGE", ["reason"]),
    ("disputeEvent", 1, {"note": "\x00"}, "BAD_INPUT", ["note"]),
    ("correctEvent", 1, {"reason": "r", "note": "x" * 20_001}, "TOO_LARGE", ["note"]),
    ("correctEvent", 1, {"reason": "r", "sources": [{}]}, "BAD_INPUT", ["sources", "0"]),
    ("disputeEvent", 1, {"sources": [{"title": "t"}, {"quote": "x" * 2_001}]}, "TOO_LARGE", ["sources", "1", "quote"]),
    ("retractEvent", 1, {"reason": "r", "sources": [{"title": "t"}] * 51}, "TOO_LARGE", ["sources"]),
    ("correctEvent", 1, {"reason": "r", "expect": {"head": 0}}, "CONFLICT", ["expect", "head"]),
    ("retractEvent", 1, {"reason": "r", "expect": {"head": 0}}, "CONFLICT", ["expect", "head"]),
    ("correctEvent", 1, {"reason": "r", "id": event_id(1)}, "ID_REUSED", ["id"]),
    ("retractEvent", 1, {"reason": "r", "id": event_id(1)}, "ID_REUSED", ["id"]),
    (
        "correctEvent",
        1,
        {"reason": "r", "data": {"moved": {"toy": {"ref": "Bear"}}}},
        "BAD_INPUT",
        ["data", "moved", "toy"],
    ),
    ("correctEvent", 1, {"reason": "r", "data": raw("toy.eaten", {})["event"]}, "BAD_INPUT", ["data", "raw", "kind"]),
    (
        "correctEvent",
        1,
        {"reason": "r", "data": raw("toy.bought", {"toy": "bear", "pieces": "x"})["event"]},
        "BAD_INPUT",
        ["data", "raw", "data", "pieces"],
    ),
    (
        "correctEvent",
        1,
        {"reason": "r", "expect": {"entities": {"refs": ["toy:bear"], "since": 0}}},
        "CONFLICT",
        ["expect", "entities", "refs", "0"],
    ),
    ("correctEvent", 1, {"reason": "r", "data": raw("retraction", {})["event"]}, "BAD_INPUT", ["data", "raw", "kind"]),
]  # fmt: skip


async def test_refusals_say_what_and_where(do: Do, told: None, timelines: Timelines) -> None:
    for mutation, event, given, code, path in REFUSED:
        found = await refused(do, mutation, event, **given)
        assert found[:2] == (code, ["input", *path]), (mutation, given, found)
    assert head(timelines) == 1


async def test_nothing_is_done_to_records_about_records_but_a_dispute_is_withdrawn(do: Do, told: None) -> None:
    await one(do, "disputeEvent", 1, note="Others say otherwise.", sources=SOURCES, id=event_id(2))
    for mutation in ("correctEvent", "disputeEvent"):
        given = {} if mutation == "disputeEvent" else {"reason": "r", "note": "x"}
        assert (await refused(do, mutation, 2, **given))[:2] == ("BAD_INPUT", ["input", "event"])
    withdrawn = await one(do, "retractEvent", 2, reason="They agree now.", id=event_id(3))
    assert withdrawn["headline"] == "No longer disputed: Balthasar moved to attic"
    gone = await one(do, "retractEvent", 1, reason="It never happened.", id=event_id(4))
    assert gone["headline"] == "Withdrawn: Balthasar moved to attic"  # its name was withdrawn with it
    await one(do, "redactEvent", 1, reason="A court ordered it.", id=event_id(5))
    for target in (3, 4, 5):
        for mutation in ("correctEvent", "retractEvent", "disputeEvent", "redactEvent"):
            given = {} if mutation == "disputeEvent" else {"reason": "r"}
            assert (await refused(do, mutation, target, **given))[:2] == ("BAD_INPUT", ["input", "event"])


async def test_a_dispute_that_was_redacted_does_not_become_an_event(do: Do, told: None) -> None:
    await one(do, "disputeEvent", 1, note="Defamation.", id=event_id(2))
    await one(do, "redactEvent", 2, reason="A court ordered it.")
    whole = {"occurred": "2025", "data": {"moved": {"toy": {"ref": "bear"}}}}
    code, path, message = await refused(do, "correctEvent", 2, reason="r", **whole)
    assert (code, path, message) == ("BAD_INPUT", ["input", "event"], "a dispute cannot be corrected")


async def test_a_retry_is_safe_whatever_became_of_its_target(client: Client, do: Do, told: None) -> None:
    given = {"reason": "r", "occurred": "2025-02", "id": event_id(2)}
    first = await do("correctEvent", 1, **given)
    await one(do, "redactEvent", 1, reason="A court ordered it.", id=event_id(3))
    await one(do, "retractEvent", 2, reason="It never happened.", id=event_id(4))
    again = await do("correctEvent", 1, expect={"head": 0}, **given)
    assert again["duplicates"] == 1
    assert again["events"][0]["position"] == first["events"][0]["position"]
    assert again["events"][0]["note"] == "A note."
    assert (await refused(do, "correctEvent", 1, **given | {"occurred": "2025-03"}))[0] == "ID_REUSED"
    assert (await refused(do, "correctEvent", 1, **given | {"note": "More."}))[0] == "ID_REUSED"
    assert (await do("redactEvent", 1, reason="A court ordered it.", id=event_id(3)))["duplicates"] == 1
    assert (await do("retractEvent", 2, reason="It never happened.", id=event_id(4)))["duplicates"] == 1
    await one(do, "redactEvent", 2, reason="That too.")
    code, path, message = await refused(do, "correctEvent", 1, **given)
    assert (code, path) == ("ID_REUSED", ["input", "id"])
    assert "redacted" in message


async def test_a_correction_of_what_was_redacted_gives_what_there_is_nothing_to_keep_of(do: Do, told: None) -> None:
    await one(do, "redactEvent", 1, reason="A court ordered it.")
    code, path, message = await refused(do, "correctEvent", 1, reason="r", occurred="2025-02")
    assert (code, path) == ("CONFLICT", ["input", "event"])
    assert "give its data" in message
    data = {"moved": {"toy": {"ref": "fox"}}}
    event = await one(do, "correctEvent", 1, reason="r", occurred="2025-02", data=data, id=event_id(2))
    assert (event["headline"], event["note"], event["sources"]) == ("fox moved to nowhere", None, [])
    code, _, message = await refused(do, "correctEvent", 1, reason="r", occurred="2025-02")
    assert event_id(2) in message


async def test_a_redacted_event_shows_as_such_and_says_why(client: Client, do: Do, told: None) -> None:
    page = await client.toys("events { nodes { id hash } }")
    (node,) = page["events"]["nodes"]
    await one(do, "redactEvent", 1, reason="A court ordered it.")
    query = """query ($id: ID!) { node(id: $id) { __typename ... on Event {
        eventId position kind status headline note reason data hash occurred { edtf } sources { publisher }
        entities { role } versions { position } current { __typename } supersededBy { id } disputes { id }
        ... on RedactedEvent { redaction { headline reason target { position } } } } } }"""
    found = (await client.ask(query, id=node["id"]))["node"]
    assert found == {
        "__typename": "RedactedEvent",
        "eventId": event_id(1),
        "position": 1,
        "kind": "redacted",
        "status": "REDACTED",
        "headline": "An event whose content was removed",
        "note": None,
        "reason": None,
        "data": None,
        "hash": page["events"]["nodes"][0]["hash"],
        "occurred": None,
        "sources": [],
        "entities": [],
        "versions": [{"position": 1}],
        "current": {"__typename": "RedactedEvent"},
        "supersededBy": None,
        "disputes": [],
        "redaction": {
            "headline": f"The content of the record {event_id(1)} was removed",
            "reason": "A court ordered it.",
            "target": {"position": 1},
        },
    }
    then = await client.toys("events(knownAt: {position: 1}) { totalCount }")
    assert then["events"]["totalCount"] == 0  # at any basis


async def test_the_current_version_can_be_asked_for_as_known_later(client: Client, do: Do, told: None) -> None:
    await one(do, "correctEvent", 1, reason="r", note="Two.", id=event_id(2))
    await one(do, "retractEvent", 2, reason="r", id=event_id(3))
    await one(do, "correctEvent", 2, reason="r", note="Four.", id=event_id(4))
    found = await client.toys(f"""event(eventId: "{event_id(1)}", knownAt: {{position: 1}}) {{
        status versions {{ position }} supersededBy {{ id }} current {{ note }}
        two: current(knownAt: {{position: 2}}) {{ note status supersededBy {{ position }} }}
        three: current(knownAt: {{position: 3}}) {{ note }}
        four: current(knownAt: {{position: 4}}) {{ note versions {{ __typename position }} }}
        zero: current(knownAt: {{position: 0}}) {{ note }} }}""")
    assert found["event"] == {
        "status": "CURRENT",
        "versions": [{"position": 1}],
        "supersededBy": None,
        "current": {"note": "A note."},
        "two": {"note": "Two.", "status": "CURRENT", "supersededBy": None},
        "three": None,
        "four": {
            "note": "Four.",
            "versions": [
                {"__typename": name, "position": position}
                for position, name in enumerate(("Moved", "Moved", "Retraction", "Moved"), 1)
            ],
        },
        "zero": None,
    }
    few = await client.toys(f'event(eventId: "{event_id(4)}") {{ versions(first: 2) {{ position }} }}')
    assert few["event"]["versions"] == [{"position": 1}, {"position": 2}]
    for first in (0, -1, 201):
        event = f'event(eventId: "{event_id(1)}") {{ versions(first: {first}) {{ id }} }}'
        query = f'{{ timeline(slug: "toys") {{ {event} }} }}'
        assert (await client.refused(query)).code == "BAD_INPUT"


async def test_records_about_records_are_events_of_their_kinds(client: Client, do: Do, told: None) -> None:
    await one(do, "disputeEvent", 1, note="Others say otherwise.", sources=SOURCES, id=event_id(2))
    page = await client.toys("""events(filter: {kinds: ["dispute", "toy.moved"]}, orderBy: RECORDED_ASC) { nodes {
        __typename headline note occurred { edtf } disputes { note sources { publisher } target { eventId } }
        ... on Dispute { target { headline } } } }""")
    disputed, dispute = page["events"]["nodes"]
    assert disputed["disputes"] == [
        {
            "note": "Others say otherwise.",
            "sources": [{"publisher": "The Attic Times"}],
            "target": {"eventId": event_id(1)},
        }
    ]
    assert dispute == {
        "__typename": "Dispute",
        "headline": "Disputed: Balthasar moved to attic",
        "note": "Others say otherwise.",
        "occurred": None,
        "disputes": [],
        "target": {"headline": "Balthasar moved to attic"},
    }
    assert (await client.toys("events { totalCount }"))["events"]["totalCount"] == 1


async def test_an_event_of_a_kind_that_is_not_known_is_corrected_with_data_only(
    do: Do, told: None, address: str
) -> None:
    other = Timelines(Database.open(address), Kinds.of(toys, Shelf, Shelved))
    other.append("toys", [made(other.kinds, "toy.shelved", {"toy": "bear", "shelf": "top"}, id=event_id(7))])
    other.close()
    code, path, _ = await refused(do, "correctEvent", 7, reason="r", note="x")
    assert (code, path) == ("BAD_INPUT", ["input", "data"])
    event = await one(do, "correctEvent", 7, reason="r", data={"moved": {"toy": {"ref": "bear"}}})
    assert event["__typename"] == "Moved"


async def test_nothing_is_done_without_a_reason(client: Client, told: None) -> None:
    for mutation in ("correctEvent", "retractEvent", "redactEvent"):
        query = f'mutation {{ {mutation}(input: {{timeline: "toys", event: "{uuid4()}"}}) {{ duplicates }} }}'
        assert (await client.refused(query)).code == "BAD_INPUT"
