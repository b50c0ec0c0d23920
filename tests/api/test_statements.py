"""How many statements a question costs: as many for two hundred rows as for one."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from tests.api.client import Client
from tests.api.conftest import Statements
from tests.making import made
from timeline.domain.contents import new_event
from timeline.projection.events import Ask, EventOrder, pages
from timeline.projection.filters import EventFilter
from timeline.projection.generation import Generation
from timeline.timelines import Timelines

PAGE = """
query ($first: Int!) {
  timeline(slug: "toys") {
    basis { position hash }
    events(first: $first) {
      nodes {
        __typename id headline note
        occurred { edtf text }
        sources { url title published { text } }
        entities { role entity { id ref name aliases description } }
        ... on Bought { toy { name aliases } friends { name } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

NODES = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on Entity { name aliases }
    ... on Event { headline entities { entity { name } } }
  }
}
"""


@pytest.fixture
def many(timelines: Timelines) -> list[str]:
    """Ids of 220 events, each with entities of its own, names and sources."""
    events = [
        made(
            timelines.kinds,
            "toy.bought",
            {"toy": {"ref": f"bear-{n}", "name": f"Bear {n}"}, "friends": [f"toy:doll-{n}", f"toy:doll-{n + 1}"]},
            sources=[{"url": f"https://example.org/{n}", "title": "A page"}],
            id=str(UUID(int=n)),
        )
        for n in range(1, 221)
    ]
    timelines.append("toys", events)
    return [str(UUID(int=n)) for n in range(1, 221)]


async def test_a_page_of_events_with_entities_and_sources(
    client: Client, statements: Statements, many: list[str]
) -> None:
    for size in (1, 50, 200):
        statements.clear()
        timeline = (await client.ask(PAGE, first=size))["timeline"]
        assert len(timeline["events"]["nodes"]) == size
        assert timeline["events"]["nodes"][-1]["entities"][0]["entity"]["name"] == f"Bear {size}"
        # The timeline, its head, the page, its records, whether anything was merged, who is named.
        assert len(statements) == 6, "\n".join(statements)


async def test_what_was_read_before_is_not_read_again(
    client: Client, timelines: Timelines, statements: Statements, many: list[str]
) -> None:
    before = await client.ask(PAGE, first=50)
    statements.forget()
    assert await client.ask(PAGE, first=50) == before
    assert len(statements) == 2, "\n".join(statements)  # the head, which has not moved, and the page
    timelines.append("toys", [made(timelines.kinds, "toy.bought", {"toy": "late"}, occurred="2030")])
    statements.forget()
    after = (await client.ask(PAGE, first=50))["timeline"]
    assert after["events"] == before["timeline"]["events"]
    # The head, that it goes on from the one before, the page; whether anything was merged, who is named.
    assert len(statements) == 5, "\n".join(statements)


@pytest.mark.parametrize("pinned", [False, True])
async def test_nodes_by_their_ids(client: Client, statements: Statements, many: list[str], pinned: bool) -> None:
    known_at = ", knownAt: {position: 210}" if pinned else ""
    page = await client.toys(f"events(first: 100{known_at}) {{ nodes {{ id ...on Bought {{ toy {{ id }} }} }} }}")
    both = [each for node in page["events"]["nodes"] for each in (node["id"], node["toy"]["id"])]
    for size in (2, 50, 100):
        statements.clear()
        nodes = (await client.ask(NODES, ids=both[:size]))["nodes"]
        assert [node["__typename"] for node in nodes] == ["Bought", "Toy"] * (size // 2)
        # The timelines, their heads, the records, which entities exist, what was known by then, whether anything was
        # merged, and their names.
        assert len(statements) == 6 + pinned, "\n".join(statements)


@pytest.mark.parametrize("order", list(EventOrder))
def test_a_page_is_read_from_an_index(on_sqlite: Timelines, order: EventOrder) -> None:
    """Not sorted: what is sorted is read to its end first."""
    asked: list[Any] = []
    event.listen(on_sqlite.database.read, "before_cursor_execute", lambda *sent: asked.append(sent[2:4]))
    with on_sqlite.reading() as connection:
        pages(connection, [Ask(Generation(1, 1), 9, EventFilter(), order, None, 51, backwards=False)])
        statement, parameters = asked[-1]
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert not [step for step in steps if "TEMP B-TREE" in str(step)], steps


async def test_a_count_is_taken_only_when_asked_for(client: Client, statements: Statements, many: list[str]) -> None:
    statements.clear()
    await client.toys("events(first: 5) { nodes { id } pageInfo { hasNextPage hasPreviousPage } }")
    assert not [each for each in statements if "count(" in each.lower()]
    counted = await client.toys("events(first: 5) { totalCount }")
    assert counted["events"]["totalCount"] == 220
    assert len([each for each in statements if "count(" in each.lower()]) == 1


CLAIMS = """
query ($first: Int!) {
  timeline(slug: "toys") {
    events(first: $first, orderBy: RECORDED_ASC, filter: {status: [CURRENT, CORRECTED]}) {
      nodes {
        position headline claimId status reason
        disputes { headline sources { title } target { status } }
        supersededBy { headline status claimId }
        versions { headline status claimId disputes { note } current { status } }
        current { headline status disputes { note } versions { position supersededBy { status } } }
        then: current(knownAt: {position: 100}) { status }
      }
    }
  }
}
"""


async def test_what_became_of_a_page_of_events(
    client: Client, timelines: Timelines, statements: Statements, many: list[str]
) -> None:
    """Every third was corrected, every fourth is disputed."""
    kinds = timelines.kinds
    for number in range(3, 121, 3):
        data = {"toy": f"bear-{number}", "friends": ["toy:doll"]}
        corrects = {"corrects": many[number - 1], "reason": "better known"}
        timelines.append("toys", [made(kinds, "toy.bought", data, **corrects)])
    for number in range(4, 121, 4):
        if number % 3:
            line = {"kind": "dispute", "data": {"target": many[number - 1]}, "note": "no"}
            timelines.append("toys", [new_event(kinds, line)])
    costs = []
    for size in (12, 50, 100):
        statements.clear()
        nodes = (await client.ask(CLAIMS, first=size))["timeline"]["events"]["nodes"]
        assert len(nodes) == size
        assert [len(node["versions"]) for node in nodes[:3]] == [1, 1, 2]
        assert [len(node["disputes"]) for node in nodes[:4]] == [0, 0, 0, 1]
        costs.append(len(statements))
    assert max(costs) == costs[0], costs  # and one less where the record at a basis is among those that were read
    assert costs[0] <= 32, "\n".join(statements)
