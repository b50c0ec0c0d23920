"""Correcting through GraphQL: what is given, what is kept, and what a retry does."""

import json
from typing import Any

from tests import toys
from tests.api.claiming import SOURCES, Do, event_id, one, refused
from tests.api.client import Client
from tests.api.test_unknown import Shelf, Shelved
from tests.making import head, made
from timeline.database import Database
from timeline.domain.kinds import Kinds
from timeline.exchange import append_lines, export_lines
from timeline.timelines import Timelines


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


SAME = {
    "occurred": "2025-01",
    "data": {"moved": {"toy": {"ref": "bear"}, "room": {"ref": "attic"}}},
    "sources": SOURCES,
    "note": "A note.",
}


async def test_what_would_change_nothing_is_refused(do: Do, told: None, timelines: Timelines) -> None:
    for given in ({"note": "A note."}, {"data": SAME["data"]}, SAME):
        code, _, message = await refused(do, "correctEvent", 1, reason="r", **given)
        assert (code, message) == ("BAD_INPUT", "nothing would change: that is what the event says already")
    named = {"moved": {"toy": {"ref": "bear", "name": "Bruno"}, "room": {"ref": "attic"}}}
    changes: list[dict[str, Any]] = [{"note": "Another."}, {"sources": []}, {"occurred": "2025"}, {"data": named}]
    for number, change in enumerate(changes, 2):
        await one(do, "correctEvent", number - 1, reason="r", id=event_id(number), **{**SAME, **change})
        assert (await refused(do, "correctEvent", number, reason="again", **SAME | change))[0] == "BAD_INPUT"
    assert (await refused(do, "correctEvent", 1, reason="r", **SAME))[0] == "CONFLICT"  # it is not the current one
    assert head(timelines) == 5


async def test_what_changes_nothing_reinstates_what_was_withdrawn(do: Do, told: None) -> None:
    await one(do, "retractEvent", 1, reason="It never happened.")
    assert (await one(do, "correctEvent", 1, reason="It did.", **SAME))["status"] == "CURRENT"


async def test_a_file_may_have_a_correction_that_changes_nothing(do: Do, told: None, timelines: Timelines) -> None:
    """Exports of before have some."""
    (_, exported), *_ = export_lines(timelines, "toys")
    again = {**json.loads(exported), "id": event_id(2), "corrects": event_id(1), "changed": ["note"], "reason": "r"}
    for duplicates in (0, 1):
        (*_, done) = append_lines(timelines, "toys", [json.dumps(again).encode()])
        assert done.duplicates == duplicates
    assert (await do("correctEvent", 1, id=event_id(2), reason="r", note="A note."))["duplicates"] == 1


async def test_null_is_refused(do: Do, told: None, timelines: Timelines) -> None:
    for name in ("occurred", "data", "sources", "note"):
        code, path, message = await refused(do, "correctEvent", 1, reason="r", **{name: None})
        assert (code, path) == ("BAD_INPUT", ["input", name])
        assert "null" in message
    assert head(timelines) == 1


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
