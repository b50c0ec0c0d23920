"""Search through the API: in five scripts, by rank, as known, and gone when it is redacted."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.api.client import Client
from tests.api.conftest import Statements
from tests.making import made
from timeline.domain.contents import new_event
from timeline.timelines import Timelines

NOTES = (
    "The café in Zürich was re-opened by Ångström's heirs.",
    "Запуск состоялся в Москве; ёлка стояла рядом.",
    "أُطلِق التطبيق في القاهرة قبل الموعد",
    "新的人工智能模型在杭州发布",
    "नई दिल्ली में खिलौना बिका",
    "ร้านขายของเล่นเปิดใหม่ในเชียงใหม่",
    "東京でロボットが発売された",
    "서울에서 장난감이 팔렸다",
)
ASKED = {
    "café": [1],
    "cafe": [],
    "ZÜRICH": [1],
    "Zu\u0308r": [1],
    "re-opened": [1],
    '"opened by"': [1],
    '"by opened"': [],
    "ångström heirs": [1],
    "москв": [2],
    '"москв"': [],
    "ЁЛКА": [2],
    "القاهرة": [3],
    "التط": [3],
    "人工智能": [4],
    "智": [4],
    '"工智"': [4],
    "智工": [],
    "दिल्ली": [5],
    "खिल": [5],
    "ของเล่น": [6],
    "เ": [6],
    "ロボット": [7],
    "ﾛﾎﾞｯﾄ": [7],
    "で 発": [7],
    "서울": [8],
    "bear": [1, 2, 3, 4, 5, 6, 7, 8],
    "bear 智": [4],
    "moved": [1, 2, 3, 4, 5, 6, 7, 8],
    "!?": [],
    '"': [1, 2, 3, 4, 5, 6, 7, 8],
}


def texts(timelines: Timelines) -> None:
    kinds = timelines.kinds
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}, note=note) for note in NOTES])


async def found(client: Client, search: str, more: str = "", **variables: Any) -> list[int]:
    answer = await client.toys(
        f"events(filter: {{search: $search}} {more}) {{ nodes {{ position }} totalCount }}",
        search__String=search,
        **variables,
    )
    positions = [node["position"] for node in answer["events"]["nodes"]]
    assert answer["events"]["totalCount"] == len(positions)
    return positions


async def test_in_whichever_script(client: Client, timelines: Timelines) -> None:
    texts(timelines)
    assert {search: await found(client, search) for search in ASKED} == ASKED


async def test_orders_and_filters(client: Client, timelines: Timelines) -> None:
    texts(timelines)
    assert await found(client, "智", "orderBy: RECORDED_DESC") == [4]
    assert await found(client, "bear", "orderBy: OCCURRED_DESC") == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await found(client, "bear", "knownAt: {position: 2}") == [1, 2]
    filtered = await client.toys(
        'events(filter: {search: "bear", recordedAfter: 6, kinds: ["toy.moved"]}) { nodes { position } }'
        'histogram(by: YEAR, filter: {search: "智"}) { count } extent(filter: {search: "nothing"}) { earliest }'
        'entity(ref: "toy:bear") { events(filter: {search: "서울"}) { nodes { position } totalCount } }'
    )
    assert filtered["events"]["nodes"] == [{"position": 7}, {"position": 8}]
    assert (filtered["histogram"], filtered["extent"]) == ([{"count": 1}], None)
    assert filtered["entity"]["events"] == {"nodes": [{"position": 8}], "totalCount": 1}


async def test_what_stands_is_found(client: Client, timelines: Timelines) -> None:
    kinds, data = timelines.kinds, {"toy": "bear", "room": "attic"}
    first = made(kinds, "toy.moved", data, note="amber")
    timelines.append("toys", [first])
    corrected = made(kinds, "toy.moved", data, note="birch", corrects=str(first.id), reason="It was birch.")
    timelines.append("toys", [corrected])
    assert [await found(client, word) for word in ("amber", "birch")] == [[], [2]]
    assert await found(client, "amber", "knownAt: {position: 1}") == [1]
    gone = {"kind": "retraction", "data": {"target": str(corrected.id)}, "reason": "No."}
    timelines.append("toys", [new_event(kinds, {"id": str(UUID(int=7)), **gone})])
    assert await found(client, "birch") == []
    everything = await client.toys(
        'events(filter: {search: "toy bear", status: [CORRECTED, RETRACTED]}) { totalCount }'
        'all: events(filter: {search: "bear", status: [CORRECTED, RETRACTED]}) { nodes { position } totalCount }'
    )
    assert everything["all"] == {"nodes": [{"position": 1}, {"position": 2}], "totalCount": 2}


async def test_what_an_entity_is_called_finds_its_events(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    described = made(kinds, "entity.described", {"entity": "toy:bear", "name": "Bruin"}, occurred="2025-02")
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Teddy"}, "room": "attic"})])
    timelines.append("toys", [described])
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": {"ref": "ted", "name": "Ursus"}, "room": "attic"})])
    timelines.append("toys", [made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear"})])
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": {"ref": "ted", "name": "Petz"}, "room": "cellar"})])
    assert await found(client, "teddy") == [1, 3, 4, 5, 2]  # an alias by now
    assert await found(client, "bruin", 'at: "2025-01-15"') == [2]  # its own headline says so
    assert await found(client, "bruin", "knownAt: {position: 3}") == [1, 2]
    assert await found(client, "ursus", "knownAt: {position: 3}") == [3]
    assert await found(client, "petz bruin") == [1, 3, 4, 5, 2]
    entities = await client.toys(
        'entities(filter: {search: "ursus"}) { nodes { ref } totalCount }'
        'then: entities(filter: {search: "ursus"}, knownAt: {position: 3}) { nodes { ref } totalCount }'
        'petz: playthings(filter: {search: "petz"}) { nodes { ref } } rooms(filter: {search: "petz"}) { nodes { ref } }'
    )
    assert entities["entities"] == {"nodes": [{"ref": "toy:bear"}], "totalCount": 1}
    assert entities["then"] == {"nodes": [{"ref": "toy:ted"}], "totalCount": 1}
    assert (entities["petz"], entities["rooms"]) == ({"nodes": [{"ref": "toy:bear"}]}, {"nodes": []})


async def test_entities_by_name_then_by_description(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    named = {"a": ("Amber", ""), "b": ("Birch", "Made of amber."), "c": ("Amber birch", ""), "d": ("D", "amber birch")}
    events = [
        made(
            kinds, "entity.described", {"entity": f"toy:{slug}", "name": name} | ({"description": said} if said else {})
        )
        for slug, (name, said) in named.items()
    ]
    events += [made(kinds, "toy.scored", {"toy": slug, "room": "attic", "points": ord(slug) % 7}) for slug in named]
    timelines.append("toys", events)
    page = """entities(filter: {search: $s}, first: $n, after: $c) { edges { cursor node { slug } } totalCount }"""
    slugs: list[str] = []
    after = None
    while edges := (await client.toys(page, s__String="amber", n__Int=1, c__String=after))["entities"]["edges"]:
        slugs += [edge["node"]["slug"] for edge in edges]
        after = edges[-1]["cursor"]
    assert slugs == ["a", "c", "b", "d"]
    both = await client.toys(
        'both: entities(filter: {search: "amber bir"}) { nodes { slug } }'
        'back: entities(filter: {search: "amber"}, last: 3) { nodes { slug } }'
        'scored: entities(filter: {search: "amber"}, orderBy: {attribute: "toy.score", key: "attic", direction: DESC}) '
        "{ nodes { slug } totalCount }"
        'tested: playthings(filter: {search: "amber", where: [{attribute: "toy.score", key: "attic", gte: 1}]}) '
        "{ nodes { slug } totalCount }"
        'none: entities(filter: {search: "*"}) { totalCount }'
        'diff(from: {knownAt: {position: 4}}, to: {}, filter: {search: "birch"}) { nodes { entity { slug } } }'
    )
    assert [each["slug"] for each in both["both"]["nodes"]] == ["c", "b", "d"]
    assert [each["slug"] for each in both["back"]["nodes"]] == ["c", "b", "d"]
    assert [each["slug"] for each in both["scored"]["nodes"]] == ["a", "d", "c", "b"]
    assert [each["slug"] for each in both["tested"]["nodes"]] == ["a", "c", "d"]
    assert (both["tested"]["totalCount"], both["none"]["totalCount"]) == (3, 0)
    assert [each["entity"]["slug"] for each in both["diff"]["nodes"]] == ["b", "c", "d"]


async def test_what_was_redacted_is_in_no_index(client: Client, timelines: Timelines) -> None:
    kinds = timelines.kinds
    toy = {"ref": "bear", "name": "Hushed"}
    secret = made(
        kinds,
        "toy.bought",
        {"toy": toy, "story": "hidden story", "friends": ["whisper"]},
        note="silent 秘密",
        sources=[{"quote": "murmur"}],
    )
    described = {"entity": "toy:bear", "name": "Veiled", "description": "cloaked"}
    told = made(kinds, "entity.described", described)
    timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}), secret, told])
    words = ("hushed", "hidden", "whisper", "silent", "秘", "murmur", "veiled", "cloaked")
    for number, each in enumerate((secret, told)):
        redaction = {"kind": "redaction", "data": {"target": str(each.id)}, "reason": "Asked for."}
        timelines.append("toys", [new_event(kinds, {"id": str(UUID(int=number + 1)), **redaction})])
    assert {word: await found(client, word) for word in words} == {word: [] for word in words}
    assert await found(client, "hushed", "knownAt: {position: 3}") == []
    with timelines.reading() as connection:
        for table, kept in (("word", "moved"), ("wording", "moved"), ("called", "attic")):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert not re.search("|".join(words), rows)
            assert kept in rows


async def test_a_new_name_touches_no_event(client: Client, timelines: Timelines, statements: Statements) -> None:
    kinds = timelines.kinds
    for _ in range(3):
        timelines.append("toys", [made(kinds, "toy.moved", {"toy": "bear", "room": "attic"}) for _ in range(1_000)])
    with timelines.reading() as connection:
        before = sorted(map(tuple, connection.execute(text("SELECT * FROM word")).all()))
    statements.clear()
    timelines.append("toys", [made(kinds, "entity.described", {"entity": "toy:bear", "name": "Bruin"})])
    written = [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [
        each
        for each in written
        if each.startswith(("UPDATE", "DELETE")) and not each.startswith(("UPDATE head", "UPDATE generation"))
    ]
    with timelines.reading() as connection:
        after = sorted(map(tuple, connection.execute(text("SELECT * FROM word")).all()))
    assert [row for row in after if row[-1] <= 3_000] == before
    assert len(after) - len(before) < 10
    page = await client.toys('events(filter: {search: "bruin"}, first: 3) { nodes { position } totalCount }')
    assert page["events"] == {"nodes": [{"position": each} for each in (1, 2, 3)], "totalCount": 3_001}


async def test_limits_are_told(client: Client, timelines: Timelines) -> None:
    for search, code in (("x" * 201, "TOO_LARGE"), (" ".join(f"w{each}" for each in range(13)), "TOO_LARGE")):
        for field in ("events", "entities", "playthings"):
            query = 'query ($s: String) { timeline(slug: "toys") { FIELD(filter: {search: $s}) { totalCount } } }'
            refused = await client.refused(query.replace("FIELD", field), s=search)
            assert (refused.code, refused.path) == (code, ["filter", "search"])


@pytest.mark.parametrize(
    "search",
    [
        '"',
        "AND",
        "NEAR(a b)",
        "a*",
        "col:x",
        "-a",
        "'; DROP TABLE word; --",
        "a & !b | <->",
        "\\",
        "%",
        "_",
        "{",
        "^a",
        "(",
        "\x00",
        "\ud800",
    ],
)
async def test_nothing_that_is_typed_is_an_operator(client: Client, timelines: Timelines, search: str) -> None:
    texts(timelines)
    answer = await client.answer(
        'query ($s: String) { timeline(slug: "toys") { events(filter: {search: $s}) { totalCount } '
        "entities(filter: {search: $s}) { totalCount } } }",
        s=json.loads(json.dumps(search)) if search != "\ud800" else "x",
    )
    assert "errors" not in answer
