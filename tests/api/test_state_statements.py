"""How many statements states cost: as many for a page of two hundred entities as for one of twenty.

Of those on each page some were known under another id: what that takes is one more look-up, for all of them.
"""

import pytest

from tests.api.client import Client
from tests.api.conftest import Statements
from tests.making import made
from timeline.timelines import Timelines

BEARS = 201


@pytest.fixture
def many(timelines: Timelines) -> Timelines:
    """Bears in rooms, scored twice, bought with friends; every tenth was known under another id."""
    kinds, events = timelines.kinds, []
    for number in range(BEARS):
        bear, room = f"bear-{number:03}", f"room-{number % 3}"
        price = {"amount": str(number), "currency": "EUR"}
        events += [
            made(kinds, "toy.moved", {"toy": {"ref": bear, "name": bear.title()}, "room": room}),
            made(kinds, "toy.scored", {"toy": bear, "room": "attic", "points": number % 11}, occurred="2024"),
            made(kinds, "toy.scored", {"toy": bear, "room": "attic", "points": number % 7}),
            made(kinds, "toy.moved", {"toy": bear, "room": "cellar"}, occurred="[..2025-02]"),
            made(kinds, "toy.bought", {"toy": bear, "price": price, "friends": ["bear-000", "doll"], "made": "2024"}),
        ]
        if number % 10 == 0:
            events += [
                made(kinds, "toy.moved", {"toy": f"old-{number}", "room": "attic"}),
                made(kinds, "entity.merged", {"entity": f"toy:old-{number}", "into": f"toy:{bear}"}),
            ]
    for start in range(0, len(events), 500):
        timelines.append("toys", events[start : start + 500])
    return timelines


FIELDS = {
    "facts": "facts { nodes { text since { text } until { text } event { headline status } keyEntity { name } } }",
    "uncertain": "uncertain { nodes { headline } totalCount: pageInfo { hasNextPage } }",
    "events": "events(first: 3) { nodes { headline entities { entity { name } } } }",
    "history": "history(first: 5) { nodes { text until { text } event { headline } } totalCount }",
    "knowledge": "history(axis: KNOWLEDGE, first: 5) { nodes { text knownUntil event { headline } } }",
    "keyed": 'score(room: "attic") scores { nodes { score room { name } since { text } event { headline } } }',
    "own": "room { name } made { text } price { text } spent { text } repairs friends { name }",
    "names": "name aliases description",
}


@pytest.mark.parametrize("field", FIELDS)
async def test_a_page_of_entities(client: Client, many: Timelines, statements: Statements, field: str) -> None:
    costs = set()
    for size in (20, 100, 200):
        statements.clear()
        found = await client.toys(
            f'playthings(first: {size}, at: "2025-01-20", orderBy: {{attribute: "toy.price"}}) '
            f"{{ nodes {{ {FIELDS[field]} }} }}"
        )
        assert len(found["playthings"]["nodes"]) == size
        costs.add(len(statements))
    assert len(costs) == 1, costs
    assert costs.pop() <= 25, "\n".join(statements)


async def test_a_page_of_events_with_changes(client: Client, many: Timelines, statements: Statements) -> None:
    costs = set()
    for size in (20, 100, 200):
        statements.clear()
        page = f'events(first: {size}, filter: {{kinds: ["toy.scored"]}})'
        found = await client.toys(
            page + " { nodes { ...on Scored { toy { room { name } } }"
            " changes { nodes { before { text } after { text since { text } } } } } }"
        )
        assert len(found["events"]["nodes"]) == size
        costs.add(len(statements))
    assert len(costs) == 1, costs


async def test_a_series_and_a_difference(client: Client, many: Timelines, statements: Statements) -> None:
    costs = set()
    for size in (12, 50):
        statements.clear()
        refs = [f"toy:bear-{number:03}" for number in range(size)]
        found = await client.toys(
            'series(attribute: "toy.score", key: "attic", entities: $refs) {'
            " entity { name } points { value event { headline } } }"
            f' diff(from: {{at: "2024"}}, to: {{at: "2025"}}, first: {size}) {{ nodes {{'
            " entity { name } before { text } after { text event { headline } } } }",
            **{"refs__[ID!]": refs},
        )
        assert (len(found["series"]), len(found["diff"]["nodes"])) == (size, size)
        costs.add(len(statements))
    assert len(costs) == 1, costs
