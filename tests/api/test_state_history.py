"""How values came to be, in GraphQL: until when they held, over time, and what events did."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.client import Client
from tests.making import made
from timeline.projection.history import Effort
from timeline.timelines import Timelines


async def test_values_end_where_the_next_one_begins(client: Client, timelines: Timelines) -> None:
    """A period that lies within another gives the value back; from then on it has ended nothing."""
    for room, occurred in (("attic", "2020/.."), ("cellar", "2021/2022"), ("garden", "2030")):
        timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear", "room": room}, occurred=occurred)])
    found = await client.toys(
        """
        y2020: toy(slug: "bear", at: "2020") { facts { nodes { text until { edtf } } } }
        y2022: toy(slug: "bear", at: "2022-06") { facts { nodes { text until { edtf } } } }
        y2023: toy(slug: "bear", at: "2023") { facts { nodes { text until { edtf } } } }
        last: toy(slug: "bear") { facts { nodes { text until { edtf } } } }
        toy(slug: "bear") { history(attribute: "room") { nodes { text since { edtf } until { edtf } } } }
        """
    )

    def fact(name: str) -> Any:
        (one,) = found[name]["facts"]["nodes"]
        return one["text"], one["until"] and one["until"]["edtf"]

    assert fact("y2020") == ("attic", "2021/2022")
    assert fact("y2022") == ("cellar", "2022")
    assert fact("y2023") == ("attic", "2030")
    assert fact("last") == ("garden", None)
    points = [(each["text"], each["until"] and each["until"]["edtf"]) for each in found["toy"]["history"]["nodes"]]
    assert points == [("attic", "2021/2022"), ("cellar", "2022"), ("garden", None)]


async def test_series_of_the_first_entities_stays_the_same(client: Client, timelines: Timelines) -> None:
    """Who comes later, with a ref that sorts before, does not push out what was shown at a pinned basis."""
    kinds = timelines.kinds
    scored = [made(kinds, "toy.scored", {"toy": f"z-{n}", "room": "attic", "points": 1}) for n in range(50)]
    timelines.append("toys", scored)
    query = 'series(attribute: "toy.score", key: "attic", knownAt: {position: 50}) { entity { ref } points { value } }'
    before = await client.toys(query)
    assert len(before["series"]) == 50
    timelines.append("toys", [made(kinds, "toy.scored", {"toy": "a", "room": "attic", "points": 1})])
    assert await client.toys(query) == before


@pytest.mark.slow
async def test_a_long_sum_says_that_it_is_too_long(client: Client, timelines: Timelines) -> None:
    price = {"amount": "1", "currency": "EUR"}
    bought = [made(timelines.kinds, "toy.bought", {"toy": "bear", "price": price}) for _ in range(1_100)]
    timelines.append("toys", bought[:1_000])
    timelines.append("toys", bought[1_000:])
    page = await client.toys('toy(slug: "bear") { history(attribute: "spent", last: 2) { nodes { text } totalCount } }')
    assert page["toy"]["history"] == {"nodes": [{"text": "€1,099"}, {"text": "€1,100"}], "totalCount": 1_100}
    series = '{ timeline(slug: "toys") { series(attribute: "toy.spent") { points { text } } } }'
    assert (await client.refused(series)).code == "TOO_LARGE"


async def test_changes_of_what_was_withdrawn_and_of_what_never_began(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    ids = [str(UUID(int=number)) for number in (1, 2, 3, 4)]
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}, id=ids[0])])
    timelines.append(
        "toys", [made(kinds, "toy.moved", {"toy": "bear", "room": "hall"}, id=ids[1], occurred="[2025..]")]
    )
    timelines.append(
        "toys",
        [
            made(
                kinds,
                "toy.moved",
                {"toy": "bear", "room": "cellar"},
                id=ids[2],
                corrects=ids[0],
                reason="it was the cellar",
            )
        ],
    )
    query = """events(orderBy: RECORDED_ASC, filter: {status: [CURRENT, CORRECTED]}) { nodes {
      status changes { nodes { before { text } after { text knownFrom } } totalCount } } }"""
    first, never, second = (await client.toys(query))["events"]["nodes"]
    assert first["changes"]["nodes"] == [{"before": None, "after": {"text": "attic", "knownFrom": 1}}]
    assert never["changes"] == {"nodes": [], "totalCount": 0}
    assert second["changes"]["nodes"] == [{"before": None, "after": {"text": "cellar", "knownFrom": 3}}]


async def test_what_is_refused_for_one_entity_is_answered_for_another(client: Client, timelines: Timelines) -> None:
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear", "room": "attic"})])
    query = """{ timeline(slug: "toys") { entitiesByRef(refs: ["toy:bear", "room:attic"]) {
        ref history(attribute: "toy.room") { totalCount }
    } } }"""
    answer = await client.answer(query)
    assert answer["data"]["timeline"]["entitiesByRef"] == [{"ref": "toy:bear", "history": {"totalCount": 1}}, None]
    assert [error["path"] for error in answer["errors"]] == [["timeline", "entitiesByRef", 1, "history"]]


async def test_what_several_cost_together_is_refused_to_all_of_them(
    client: Client, timelines: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each alone would be within the limit."""
    price = {"amount": "1", "currency": "EUR"}
    for toy in ("bear", "doll"):
        bought = [made(timelines.kinds, "toy.bought", {"toy": toy, "price": price}) for _ in range(10)]
        timelines.append("toys", bought)
    monkeypatch.setattr("timeline.api.entity_history.Effort", lambda: Effort(left=70))  # one needs 1 + 2 + … + 10
    query = """query ($refs: [ID!]!) { timeline(slug: "toys") {
        entitiesByRef(refs: $refs) { history(attribute: "toy.spent") { totalCount } }
    } }"""
    assert (await client.ask(query, refs=["toy:doll"]))["timeline"]
    answer = await client.answer(query, refs=["toy:bear", "toy:doll"])
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOO_LARGE"] * 2
