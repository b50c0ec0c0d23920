"""Who an entity is: its names at a date, as known at a position; and the ids that lead back to a view."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.api.test_cursors import decoded, encoded
from tests.making import made
from timeline.timelines import Timelines

BEAR = "toy { id ref slug kind name aliases description at { edtf text } basis { position } }"
EVENTS = f"""events(at: $at, knownAt: $k, first: 1, orderBy: RECORDED_ASC) {{
  nodes {{ id headline ...on Moved {{ {BEAR} }} }}
}}"""


@pytest.fixture
def named(timelines: Timelines) -> None:
    def moved(toy: Any) -> Any:
        return made(timelines.kinds, "toy.moved", {"toy": toy, "room": "attic"})

    def described(occurred: str, **data: Any) -> Any:
        return made(timelines.kinds, "entity.described", {"entity": "toy:bear", **data}, occurred=occurred)

    for each in (
        moved("bear"),  # 1: nothing but a slug
        moved({"ref": "bear", "name": "Bear"}),  # 2: the first name given
        moved({"ref": "toy:bear", "name": "Bruin"}),  # 3: another name, and so an alias
        described("2025-03", name="Teddy", aliases=["Ted", "Bear"], description="Brown."),  # 4
        described("2024", description="Small."),  # 5: recorded later, said of earlier
        described("[2025-05-01..]", name="Never"),  # 6: it has never certainly begun
    ):
        timelines.append("toys", [each])


async def bear(client: Client, at: str | None = None, position: int | None = None) -> dict[str, Any]:
    known_at = None if position is None else {"position": position}
    events = (await client.toys(EVENTS, at__EDTF=at, k__KnownAt=known_at))["events"]
    return {**events["nodes"][0]["toy"], "headline": events["nodes"][0]["headline"], "event": events["nodes"][0]["id"]}


async def test_names_as_they_were_known(client: Client, named: None) -> None:
    said = [
        (1, "bear", [], None),
        (2, "Bear", [], None),
        (3, "Bear", ["Bruin"], None),
        (4, "Teddy", ["Bear", "Bruin", "Ted"], "Brown."),
        (5, "Teddy", ["Bear", "Bruin", "Ted"], "Brown."),
        (None, "Teddy", ["Bear", "Bruin", "Ted"], "Brown."),
    ]
    for position, name, aliases, description in said:
        toy = await bear(client, position=position)
        assert (toy["name"], sorted(toy["aliases"]), toy["description"]) == (name, aliases, description), position
        assert toy["headline"] == f"{name} moved to attic"
        assert toy["basis"] == {"position": position or 6}
        assert (toy["ref"], toy["slug"], toy["kind"], toy["at"]) == ("toy:bear", "bear", "toy", None)


async def test_names_at_a_date(client: Client, named: None) -> None:
    for at, position, name, description in (
        ("2023", None, "Bear", None),
        ("2024-12-31", None, "Bear", "Small."),
        ("2024-12-31", 4, "Bear", None),
        ("2025-03-30", None, "Bear", "Small."),
        ("2025-03", None, "Teddy", "Brown."),
        ("2025-03", 3, "Bear", None),
        ("9999", None, "Teddy", "Brown."),
    ):
        toy = await bear(client, at, position)
        assert (toy["name"], toy["description"]) == (name, description), (at, position)
        assert toy["headline"] == f"{name} moved to attic"
        assert toy["at"]["edtf"] == at


async def test_a_date_to_look_at_is_one_finite_moment(client: Client, named: None) -> None:
    query = """query ($at: EDTF) { timeline(slug: "toys") { events(at: $at) { nodes { id } } } }"""
    for at in ("2025/2026", "2025~", "2025?", "[2025..]", "2025/..", "../2025", "[..2025]"):
        refused = await client.refused(query, at=at)
        assert (refused.code, refused.path) == ("BAD_INPUT", ["at"]), at
    for wrong in ("", "2025-13", "2025-02-29", 2025):
        assert (await client.refused(query, at=wrong)).code == "BAD_INPUT"


NODE = f"""query ($id: ID!) {{ node(id: $id) {{
  __typename id
  ... on Timeline {{ slug basis {{ position }} }}
  ... on Event {{ headline timeline {{ id basis {{ position }} }} }}
  ... on Moved {{ {BEAR} }}
  ... on Entity {{ ref name aliases description at {{ edtf text }} basis {{ position }} }}
}} }}"""


async def test_an_id_leads_back_to_the_same_view(client: Client, timelines: Timelines, named: None) -> None:
    views = [(at, position) for at in (None, "2024", "2025-03") for position in (None, 1, 3, 5)]
    seen: dict[str, Any] = {}
    for at, position in views:
        toy = await bear(client, at, position)
        seen[toy["id"]] = toy
        entity = (await client.ask(NODE, id=toy["id"]))["node"]
        assert entity.pop("__typename") == "Toy"
        assert entity == {key: toy[key] for key in entity}
        event = (await client.ask(NODE, id=toy["event"]))["node"]
        assert (event["__typename"], event["id"], event["headline"]) == ("Moved", toy["event"], toy["headline"])
        assert event["toy"] == {key: toy[key] for key in event["toy"]}
        assert event["timeline"]["basis"] == {"position": position or 6}
        timeline = (await client.ask(NODE, id=event["timeline"]["id"]))["node"]
        assert timeline == {"__typename": "Timeline", "slug": "toys", **event["timeline"]}
        assert decoded(timeline["id"]) == ["t", "toys"] + [position] * (position is not None)
    assert len(seen) == len(views)
    before = {key: toy for key, toy in seen.items() if toy["basis"]["position"] < 6}
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Pooh"}})])
    for each, toy in before.items():
        entity = (await client.ask(NODE, id=each))["node"]
        assert entity["name"] == toy["name"]
        assert entity["aliases"] == toy["aliases"]
    now = (await client.ask(NODE, id=(await bear(client))["id"]))["node"]
    assert "Pooh" in now["aliases"]


async def test_ids_in_bulk_keep_their_order(client: Client, named: None) -> None:
    toy = await bear(client)
    timeline = (await client.toys("id"))["id"]
    nobody = encoded(["n", "toys", "toy:nobody"])
    nowhere = encoded(["t", "nowhere"])
    unknown = encoded(["e", "toys", "0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c11"])
    early = encoded([*decoded(toy["id"]), None, 0])
    ids = [toy["id"], nobody, timeline, nowhere, toy["event"], unknown, toy["id"], early]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    nodes = (await client.ask(query, ids=ids))["nodes"]
    assert [node and node["id"] for node in nodes] == [
        *(toy["id"], None, timeline, None, toy["event"], None, toy["id"], None)
    ]
    assert (await client.ask(query, ids=[]))["nodes"] == []
    assert (await client.refused(query, ids=[timeline] * 101)).code == "TOO_LARGE"
    refused = await client.refused(query, ids=[timeline, "x"])
    assert (refused.code, refused.path) == ("BAD_INPUT", ["ids", 1])


NOTHING: list[object] = []


async def test_ids_that_this_api_never_gave(client: Client, named: None) -> None:
    event = decoded((await bear(client))["event"])[2]
    forged = [
        *("", "x", "ä", "\x00", "💥", "A" * 100_000, "dG95czpiZWFy"),
        *map(encoded, (None, 5, [], {}, ["t"], ["t", 5], ["t", "toys", None], ["x", "toys", "toy:bear"])),
        *(encoded(["n", "toys", ref]) for ref in (None, "bear", "toy:Bear", "toy:\x00", ":", "toy:a:b")),
        *(encoded(["e", "toys", each]) for each in (None, "x", event[:-1], 5)),
        *(encoded(["n", "toys", "toy:bear", at]) for at in ("2025/2026", "2025~", "x", 5, NOTHING, "\x00")),
        *(encoded(["n", "toys", "toy:bear", None, known_at]) for known_at in (-1, True, "3", 1.5, NOTHING)),
        *(encoded(["t", "toys", known_at]) for known_at in (-1, True, "3", 1.5, NOTHING)),
        encoded(["t", "toys", 1, 1]),
        *(encoded(["n", "toys", "toy:bear", None, None, certainty]) for certainty in ("X", 5, NOTHING)),
        encoded(["n", "toys", "toy:bear", None, None, "DEFINITE", None]),
        encoded(b"[" * 100_000),
    ]
    for each in forged:
        assert (await client.refused(NODE, id=each)).code == "BAD_INPUT", each[:100]
    for position in (7, 2**53):
        known_at = encoded(b'["n","toys","toy:bear",null,%d]' % position)
        assert (await client.ask(NODE, id=known_at))["node"] is None, position
        assert (await client.ask(NODE, id=encoded(["t", "toys", position])))["node"] is None, position
    for nothing in (["t", "a\x00b"], ["n", "\x00", "toy:bear"], ["n", "toys", "nokind:bear"], ["t", "Toys"]):
        assert (await client.ask(NODE, id=encoded(nothing)))["node"] is None, nothing
    assert (await client.ask('{ timeline(slug: "\\u0000") { slug } }'))["timeline"] is None
