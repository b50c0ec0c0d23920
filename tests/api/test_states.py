"""Entities in GraphQL: found, listed, paged, at a date, as known, and as what they were merged into."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.making import made
from timeline.timelines import Timelines

BEARS = [f"bear-{number}" for number in range(7)]


@pytest.fixture
def told(timelines: Timelines) -> Timelines:
    """Seven bears in two rooms, with scores, friends, prices and repairs; one is merged into another at the end."""
    kinds = timelines.kinds
    events = []
    for number, bear in enumerate(BEARS):
        toy = {"ref": bear, "name": bear.title()}
        room = f"room-{number % 2}"
        price = {"amount": str(10 - number), "currency": "EUR"}
        events += [
            made(kinds, "toy.moved", {"toy": toy, "room": room}, occurred="2025-01-10"),
            made(kinds, "toy.scored", {"toy": bear, "room": "attic", "points": number}, occurred="2025-01-10"),
            made(kinds, "toy.bought", {"toy": bear, "price": price, "friends": ["bear-0", "doll"], "made": "2024"}),
        ]
    events.append(made(kinds, "toy.moved", {"toy": "bear-1", "room": "cellar"}, occurred="[..2025-01-20]"))
    events.append(made(kinds, "toy.moved", {"toy": {"ref": "ted", "name": "Ted"}, "room": "cellar"}))
    events.append(made(kinds, "toy.scored", {"toy": "ted", "room": "attic", "points": 9}, occurred="2025-02"))
    timelines.append("toys", events)
    timelines.append("toys", [made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear-0"})])
    return timelines


HEAD = 3 * len(BEARS) + 4


async def test_one_entity_and_several(client: Client, told: Timelines) -> None:
    found = await client.toys(
        """
        entity(ref: "toy:bear-1", at: "2025-01-12") { __typename ref ... on Toy { room { name } } }
        toy(slug: "bear-1") { room { name } score(room: "attic") made { edtf } price { text } spent { text } repairs
                              friends { ref } one: friends(first: 1) { ref } scores { nodes { score room { ref } } } }
        entitiesByRef(refs: ["room:attic", "toy:nobody", "toy:ted", "kind:unknown"]) { ref name aliases }
        nobody: toy(slug: "nobody") { ref }
        then: entity(ref: "toy:ted", knownAt: {position: 22}) { ref name ... on Toy { score(room: "attic") } }
        now: entity(ref: "toy:ted") { ref ... on Toy { score(room: "attic") } }
        """
    )
    assert found["entity"] == {"__typename": "Toy", "ref": "toy:bear-1", "room": {"name": "room-1"}}
    assert found["toy"] == {
        "room": {"name": "cellar"},
        "score": 1,
        "made": {"edtf": "2024"},
        "price": {"text": "€9"},
        "spent": [{"text": "€9"}],
        "repairs": 0,
        "friends": [{"ref": "toy:bear-0"}, {"ref": "toy:doll"}],
        "one": [{"ref": "toy:bear-0"}],
        "scores": {"nodes": [{"score": 1, "room": {"ref": "room:attic"}}]},
    }
    assert found["entitiesByRef"] == [
        {"ref": "room:attic", "name": "attic", "aliases": []},
        None,
        {"ref": "toy:bear-0", "name": "Bear-0", "aliases": ["Ted"]},
        None,
    ]
    assert found["nobody"] is None
    assert found["then"] is None  # nothing had named it yet
    assert found["now"] == {"ref": "toy:bear-0", "score": 9}


PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {{ timeline(slug: "toys") {{
  page: {} {{ edges {{ cursor node {{ {} }} }} totalCount pageInfo {{ hasNextPage hasPreviousPage }} }}
}} }}"""
WINDOW, FORWARDS = "first: $first, after: $after, last: $last, before: $before", "first: $first, after: $after"


@pytest.mark.parametrize(
    ("field", "node"),
    [
        (f"entities({WINDOW})", "ref"),
        (f'playthings(orderBy: {{attribute: "score", key: "attic"}}, {WINDOW})', 'ref score(room: "attic")'),
        (f'playthings(orderBy: {{attribute: "toy.price", direction: DESC}}, {WINDOW})', "ref"),
        (f'playthings(filter: {{where: [{{attribute: "room", in: ["room-0", "cellar"]}}]}}, {WINDOW})', "ref"),
    ],
)
async def test_pages_of_entities_both_ways(client: Client, told: Timelines, field: str, node: str) -> None:
    query = PAGE.format(field, node)
    every = (await client.ask(query, first=200))["timeline"]["page"]
    assert len(every["edges"]) == every["totalCount"] > 2
    assert every["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False}
    for forwards in (True, False):
        edges: list[Any] = []
        cursor, more = None, True
        while more:
            asked: dict[str, Any] = {"first": 2, "after": cursor} if forwards else {"last": 2, "before": cursor}
            page = (await client.ask(query, **asked))["timeline"]["page"]
            edges = [*edges, *page["edges"]] if forwards else [*page["edges"], *edges]
            cursor = page["edges"][-1 if forwards else 0]["cursor"]
            more = page["pageInfo"]["hasNextPage" if forwards else "hasPreviousPage"]
        assert edges == every["edges"]


NESTED = (  # the field of a toy, what a node shows
    (f"facts({FORWARDS})", "attribute key text"),
    (f"scores({FORWARDS})", "score"),
    (f"history({FORWARDS})", "attribute text"),
    (f"history(axis: KNOWLEDGE, {FORWARDS})", "attribute text knownFrom"),
    (f"events({FORWARDS})", "position"),
)


@pytest.mark.parametrize(("field", "node"), NESTED)
async def test_pages_inside_an_entity(client: Client, told: Timelines, field: str, node: str) -> None:
    query = (
        'query ($first: Int, $after: String) { timeline(slug: "toys") { toy(slug: "bear-0") { '
        f"page: {field} {{ edges {{ cursor node {{ {node} }} }} totalCount pageInfo {{ hasNextPage }} }} }} }} }}"
    )
    every = (await client.ask(query, first=200))["timeline"]["toy"]["page"]
    assert len(every["edges"]) == every["totalCount"] >= 1
    found, cursor, more = [], None, True
    while more:
        page = (await client.ask(query, first=1, after=cursor))["timeline"]["toy"]["page"]
        found += page["edges"]
        cursor, more = page["edges"][-1]["cursor"], page["pageInfo"]["hasNextPage"]
    assert found == every["edges"]


async def test_history_both_ways(client: Client, told: Timelines) -> None:
    query = """query ($first: Int, $after: String, $last: Int, $before: String) { timeline(slug: "toys") {
      toy(slug: "bear-1") { history(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { attribute text } } } } } }"""
    every = (await client.ask(query, first=50))["timeline"]["toy"]["history"]["edges"]
    last = (await client.ask(query, last=2))["timeline"]["toy"]["history"]["edges"]
    assert last == every[-2:]
    before = (await client.ask(query, last=2, before=last[0]["cursor"]))["timeline"]["toy"]["history"]["edges"]
    assert before == every[-4:-2]


async def test_a_cursor_belongs_to_its_question(client: Client, told: Timelines) -> None:
    query = PAGE.format(f"playthings({WINDOW})", "ref")
    cursor = (await client.ask(query, first=1))["timeline"]["page"]["edges"][0]["cursor"]
    for field in (
        f"entities({WINDOW})",
        f'playthings(at: "2025", {WINDOW})',
        f"playthings(certainty: POSSIBLE, {WINDOW})",
        f'playthings(filter: {{refs: ["toy:bear-1"]}}, {WINDOW})',
        f'playthings(orderBy: {{attribute: "price"}}, {WINDOW})',
        f"playthings(orderBy: {{direction: DESC}}, {WINDOW})",
    ):
        refused = await client.refused(PAGE.format(field, "ref"), first=1, after=cursor)
        assert refused.code == "BAD_CURSOR", field
    for garbage in ("", "x", "ä", cursor[:-3], cursor + "A"):
        assert (await client.refused(query, first=1, after=garbage)).code == "BAD_CURSOR", garbage
    pinned = PAGE.format(f"playthings(knownAt: {{position: 24}}, {WINDOW})", "ref")
    page = (await client.ask(pinned, first=1, after=cursor))["timeline"]["page"]  # page two, pinned to page one's basis
    assert page["edges"][0]["node"] == {"ref": "toy:bear-1"}
    for field, node in NESTED:
        for garbage in ("", "x", cursor):
            nested = (
                'query ($first: Int, $after: String) { timeline(slug: "toys") { toy(slug: "bear-0") { '
                f"{field} {{ nodes {{ {node} }} }} }} }} }}"
            )
            assert (await client.refused(nested, first=1, after=garbage)).code == "BAD_CURSOR", (field, garbage)


async def test_an_id_leads_to_what_an_entity_became(client: Client, told: Timelines) -> None:
    query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Toy { ref score(room: "attic") at { edtf } } } }'
    page = await client.toys('a: toy(slug: "ted", knownAt: {position: 24}) { id score(room: "attic") }')
    pinned = page["a"]
    assert pinned["score"] == 9
    (then,) = (await client.ask(query, ids=[pinned["id"]]))["nodes"]
    assert then == {"id": pinned["id"], "ref": "toy:ted", "score": 9, "at": None}
    live = await client.toys('toy(slug: "bear-3", at: "2025-01-20") { id }')
    told.append("toys", [made(told.kinds, "entity.merged", {"entity": "toy:bear-3", "into": "toy:bear-4"})])
    (now,) = (await client.ask(query, ids=[live["toy"]["id"]]))["nodes"]
    assert now["ref"] == "toy:bear-4"
    assert now["at"] == {"edtf": "2025-01-20"}
    assert now["id"] == (await client.toys('toy(slug: "bear-4", at: "2025-01-20") { id }'))["toy"]["id"]


async def test_entities_inside_events_have_the_view_of_the_page(client: Client, told: Timelines) -> None:
    events = """events(%s, filter: {entities: ["toy:bear-1"], kinds: ["toy.scored"]}) { nodes {
      ... on Scored { toy { at { edtf } basis { position } room { name } } } } }"""
    for arguments, room, position in (
        ('at: "2025-01-15"', "room-1", HEAD),
        ('at: "2025-01-20"', "cellar", HEAD),
        ("knownAt: {position: 21}", "room-1", 21),
    ):
        (node,) = (await client.toys(events % arguments))["events"]["nodes"]
        assert node["toy"]["room"] == {"name": room}
        assert node["toy"]["basis"] == {"position": position}
    (ted,) = (
        await client.toys("""events(filter: {kinds: ["toy.moved"], entities: ["room:cellar"]}, last: 1) {
          nodes { entities { role entity { ref } } } }""")
    )["events"]["nodes"]
    assert {"role": "room", "entity": {"ref": "room:cellar"}} in ted["entities"]


async def test_events_are_found_by_every_id_of_an_entity(client: Client, told: Timelines) -> None:
    query = "events(filter: {entities: $refs, kinds: $kinds}) { totalCount nodes { entities { entity { ref } } } }"
    counts = []
    for ref in ("toy:ted", "toy:bear-0"):
        found = await client.toys(query, **{"refs__[ID!]": [ref], "kinds__[String!]": ["toy.scored"]})
        counts.append(found["events"]["totalCount"])
        refs = {role["entity"]["ref"] for node in found["events"]["nodes"] for role in node["entities"]}
        assert refs == {"toy:bear-0", "room:attic"}
    assert counts == [2, 2]
    nested = await client.toys('toy(slug: "ted") { events(filter: {entities: ["toy:ted"]}) { totalCount } }')
    assert nested["toy"]["events"]["totalCount"] == 5 + len(BEARS) - 1 + 1  # its own, as a friend, and the merge


async def test_possible_counts_what_may_have_begun(client: Client, told: Timelines) -> None:
    found = await client.toys(
        """
        definite: toy(slug: "bear-1", at: "2025-01-15") { id room { name } uncertain { nodes { headline } } }
        possible: toy(slug: "bear-1", at: "2025-01-15", certainty: POSSIBLE) { id room { name id } }
        all: playthings(at: "2025-01-15", certainty: POSSIBLE, filter: {where: [{attribute: "room", eq: "cellar"}]}) {
          nodes { slug }
        }
        """
    )
    assert found["definite"]["room"] == {"name": "room-1"}
    assert found["definite"]["uncertain"]["nodes"] == [{"headline": "Bear-1 moved to cellar"}]
    assert found["possible"]["room"]["name"] == "cellar"
    assert found["possible"]["id"] != found["definite"]["id"]
    assert found["all"]["nodes"] == [{"slug": "bear-0"}, {"slug": "bear-1"}]
    query = "query ($id: ID!) { node(id: $id) { ... on Toy { room { id } } } }"
    again = await client.ask(query, id=found["possible"]["id"])
    assert again["node"]["room"]["id"] == found["possible"]["room"]["id"]


async def test_a_set_and_a_count_in_filters(client: Client, told: Timelines) -> None:
    query = "playthings(filter: {where: $tests}) { nodes { slug } }"
    for test, slugs in (
        ({"attribute": "friends", "eq": "doll"}, BEARS),
        ({"attribute": "friends", "eq": "bear-3"}, []),
        ({"attribute": "repairs", "eq": 0}, ["bear-0", *BEARS[1:], "doll"]),
        ({"attribute": "repairs", "lt": 1}, ["bear-0", *BEARS[1:], "doll"]),
        ({"attribute": "repairs", "gte": 1}, []),
        ({"attribute": "made", "lte": "2024"}, BEARS),
        ({"attribute": "price", "lt": {"amount": "6", "currency": "EUR"}}, BEARS[5:]),
        ({"attribute": "score", "key": "attic", "gte": 5, "lte": 6}, BEARS[5:]),
        ({"attribute": "score", "key": "cellar", "gte": 0}, []),
    ):
        found = await client.toys(query, **{"tests__[AttributeTest!]": [test]})
        assert [node["slug"] for node in found["playthings"]["nodes"]] == slugs, test
