"""An attribute that reads the changes of another one by a rule of its own: `best_rank` is the lowest `rank`."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.client import Client
from tests.making import made
from timeline import kinds as shipped
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

IDS = [str(UUID(int=number)) for number in range(1, 6)]
RANKS = [(9, "2021"), (2, "2022"), (5, "2023"), (None, "2024"), (4, "2025")]


@pytest.fixture
def kinds() -> Kinds:
    return Kinds.of(shipped)


def rank(timelines: Timelines, number: int | None, occurred: str, app: str = "chat", **more: Any) -> None:
    data = {"app": app, "chart": "top", "rank": number}
    timelines.append("toys", [made(timelines.kinds, "chart.milestone", data, occurred=occurred, **more)])


@pytest.fixture
def ranked(timelines: Timelines) -> Timelines:
    for event_id, (number, year) in zip(IDS, RANKS, strict=True):
        rank(timelines, number, year, id=event_id)
    return timelines


def values(nodes: list[Any]) -> list[Any]:
    return [each["value"] for each in nodes]


async def test_at_each_date(client: Client, ranked: Timelines) -> None:
    fields = 'rank(chart: "top") bestRank(chart: "top")'
    found = await client.toys("".join(f'y{y}: app(slug: "chat", at: "{y}") {{ {fields} }} ' for _, y in RANKS))
    read = [(each["rank"], each["bestRank"]) for each in found.values()]
    assert read == [(9, 9), (2, 2), (5, 2), (None, 2), (4, 2)]


async def test_over_time_there_is_a_point_for_each_value(client: Client, ranked: Timelines) -> None:
    history = 'history(attribute: "{}", key: "top") {{ nodes {{ value }} }}'
    found = await client.toys(
        f"""
        rank: app(slug: "chat") {{ {history.format("rank")} }}
        best: app(slug: "chat") {{ {history.format("best_rank")} }}
        all: app(slug: "chat") {{ history {{ nodes {{ attribute value }} }} }}
        series(attribute: "app.best_rank", key: "top") {{ points {{ value }} }}
        """
    )
    assert values(found["rank"]["history"]["nodes"]) == [9, 2, 5, None, 4]
    assert values(found["best"]["history"]["nodes"]) == [9, 2, 2, 2]
    everything = [(each["attribute"], each["value"]) for each in found["all"]["history"]["nodes"]]
    assert everything[:4] == [("app.best_rank", 9), ("app.rank", 9), ("app.best_rank", 2), ("app.rank", 2)]
    assert len(everything) == 9
    assert values(found["series"][0]["points"]) == [9, 2, 2, 2]


async def test_in_knowledge_a_correction_takes_it_back(client: Client, ranked: Timelines) -> None:
    rank(ranked, 8, "2022", corrects=IDS[1], changed=["data"], reason="misread")
    held = 'history(attribute: "best_rank", key: "top", axis: KNOWLEDGE) { nodes { value knownFrom knownUntil } }'
    found = await client.toys(f'app(slug: "chat") {{ {held} bestRank(chart: "top") }}')
    told = [tuple(each.values()) for each in found["app"]["history"]["nodes"]]
    assert told == [(9, 1, 2), (2, 2, 6), (4, 6, None)]
    assert found["app"]["bestRank"] == 4


async def test_what_an_event_did_to_both(client: Client, ranked: Timelines) -> None:
    changes = "changes { nodes { attribute before { value } after { value } } }"
    found = await client.toys("".join(f'e{n}: event(eventId: "{each}") {{ {changes} }} ' for n, each in enumerate(IDS)))
    told = [
        [(each["attribute"], each["before"] and each["before"]["value"], each["after"]["value"]) for each in nodes]
        for nodes in (event["changes"]["nodes"] for event in found.values())
    ]
    assert told == [
        [("app.rank", None, 9), ("app.best_rank", None, 9)],
        [("app.rank", 9, 2), ("app.best_rank", 9, 2)],
        [("app.rank", 2, 5), ("app.best_rank", 2, 2)],
        [("app.rank", 5, None)],
        [("app.rank", None, 4), ("app.best_rank", 2, 2)],
    ]


async def test_entities_are_found_and_ordered_by_it(client: Client, ranked: Timelines) -> None:
    rank(ranked, 3, "2025", "maps")
    rank(ranked, 1, "2025", "mail")
    rank(ranked, None, "2025", "news")
    order = 'orderBy: {attribute: "app.best_rank", key: "top"}'
    where = 'filter: {where: [{attribute: "app.best_rank", key: "top", lte: 2}]}'
    found = await client.toys(
        f"""
        ordered: entities({order}) {{ nodes {{ ref }} totalCount }}
        tested: entities({where}) {{ nodes {{ ref }} totalCount }}
        series(attribute: "app.best_rank", key: "top") {{ entity {{ ref }} }}
        """
    )
    assert [each["ref"] for each in found["ordered"]["nodes"]] == ["app:mail", "app:chat", "app:maps"]
    assert [each["ref"] for each in found["tested"]["nodes"]] == ["app:chat", "app:mail"]
    assert [each["entity"]["ref"] for each in found["series"]] == ["app:chat", "app:mail", "app:maps"]


async def test_it_does_not_end_where_what_it_reads_ends(client: Client, ranked: Timelines) -> None:
    """Whichever of the two are asked for together."""
    fields = "{ nodes { attribute text until { edtf } } }"
    found = await client.toys(
        f"""
        app(slug: "chat", at: "2022") {{
          both: facts(attributes: ["app.best_rank", "app.rank"]) {fields}
          one: facts(attributes: ["app.best_rank"]) {fields}
        }}
        """
    )
    best, latest = found["app"]["both"]["nodes"]
    assert (latest["text"], latest["until"]) == ("2", {"edtf": "2023"})
    assert (best["text"], best["until"]) == ("2", None)
    assert found["app"]["one"]["nodes"] == [best]
