"""Records whose kind this server does not know, because another one, with other kinds, appended them."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from tests import toys
from tests.api.client import Client
from tests.api.conftest import app_for, client_of
from tests.api.test_cursors import encoded
from tests.making import made, moved
from timeline.database import Database
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.kinds import Kinds
from timeline.domain.refs import Ref
from timeline.timelines import Timelines


class Shelf(Entity, kind="shelf"):
    """Where toys stand."""


@dataclass(frozen=True, kw_only=True)
class Shelved(Event, kind="toy.shelved"):
    """A toy was put on a shelf."""

    toy: Ref[toys.Toy]
    shelf: Annotated[Ref[Shelf], about("The shelf.")]

    def headline(self) -> str:
        return f"{self.toy} stands on {self.shelf}"


@pytest.fixture
def shelved(timelines: Timelines, address: str) -> None:
    """Records 1 and 3 are of kinds that `timelines` knows; 2 and 4 name a kind of event, or of entity, of others."""
    other = Timelines(Database.open(address), Kinds.of(toys, Shelf, Shelved))
    sources = [{"publisher": "The Attic Times"}]
    timelines.append("toys", [moved(timelines.kinds)])
    other.append("toys", [made(other.kinds, "toy.shelved", {"toy": "bear", "shelf": "top"}, sources=sources)])
    timelines.append("toys", [moved(timelines.kinds)])
    other.append("toys", [made(other.kinds, "entity.described", {"entity": "shelf:top", "name": "The top"})])
    other.close()


QUERY = """{ timeline(slug: "toys") {
  events(orderBy: RECORDED_ASC) {
    nodes {
      __typename id kind position headline note data occurred { edtf } sources { publisher }
      entities { role entity { ref } }
    }
    totalCount
  }
  extent { earliest }
  histogram(by: DAY, groupBy: ENTITY) { count group }
} }"""


async def test_they_still_read(client: Client, timelines: Timelines, shelved: None) -> None:
    timeline = (await client.ask(QUERY))["timeline"]
    events = timeline["events"]
    assert [node["__typename"] for node in events["nodes"]] == ["Moved", "UnknownEvent", "Moved", "UnknownEvent"]
    unknown: dict[str, Any] = events["nodes"][1]
    assert unknown["kind"] == "toy.shelved"
    assert unknown["data"] == {"toy": "toy:bear", "shelf": "shelf:top"}
    assert "toy.shelved" in unknown["headline"]
    assert unknown["sources"] == [{"publisher": "The Attic Times"}]
    assert unknown["entities"] == []
    assert events["totalCount"] == 4
    query = "query ($id: ID!) { node(id: $id) { __typename id } }"
    again = (await client.ask(query, id=unknown["id"]))["node"]
    assert again == {"__typename": "UnknownEvent", "id": unknown["id"]}


async def test_an_entity_of_a_kind_that_is_not_known_is_nothing(client: Client, shelved: None) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Entity { name } } }"
    ids = [encoded(["n", "toys", ref]) for ref in ("shelf:top", "toy:bear")]
    assert (await client.ask(query, ids=ids))["nodes"] == [None, {"__typename": "Toy", "name": "bear"}]


async def test_a_server_that_knows_them_reads_them_in_full(timelines: Timelines, address: str, shelved: None) -> None:
    other = Timelines(Database.open(address), Kinds.of(toys, Shelf, Shelved))
    async with client_of(app_for(other)) as client:
        events = (await client.ask(QUERY))["timeline"]["events"]
    assert events["nodes"][1]["__typename"] == "Shelved"
    assert events["nodes"][1]["headline"] == "bear stands on The top"
    other.close()
