"""Correcting, withdrawing, disputing and redacting through GraphQL: what is refused, and what it says."""

from typing import Any
from uuid import uuid4

from tests.api.claiming import SOURCES, Do, event_id, one, refused
from tests.api.client import Client, raw
from tests.making import head
from timeline.timelines import Timelines


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
    ("correctEvent", 1, {"reason": "r", "note": "x", "expect": {"head": 0}}, "CONFLICT", ["expect", "head"]),
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
        {"reason": "r", "note": "x", "expect": {"entities": {"refs": ["toy:bear"], "since": 0}}},
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


async def test_a_correction_that_corrects_nothing(do: Do, told: None, timelines: Timelines) -> None:
    code, path, message = await refused(do, "correctEvent", 1, reason="r")
    assert code == "BAD_INPUT"
    assert path is None
    assert "occurred, data, sources, note" in message
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


async def test_nothing_is_done_without_a_reason(client: Client, told: None) -> None:
    for mutation in ("correctEvent", "retractEvent", "redactEvent"):
        query = f'mutation {{ {mutation}(input: {{timeline: "toys", event: "{uuid4()}"}}) {{ duplicates }} }}'
        assert (await client.refused(query)).code == "BAD_INPUT"
