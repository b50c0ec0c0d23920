"""Corrected, withdrawn, disputed and redacted through GraphQL: what shows."""

from tests.api.claiming import SOURCES, Do, event_id, one
from tests.api.client import Client


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
