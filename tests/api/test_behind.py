"""A server that is still deriving states answers what it can, and says of the rest that it is not there yet."""

from contextlib import closing
from pathlib import Path

from tests import toys
from tests.api.conftest import app_for, client_of
from tests.making import moved
from timeline.database import Database
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines
from timeline.timelines.generations import MISSING


async def test_what_is_not_derived_yet_is_told_and_the_rest_is_answered(on_sqlite: Timelines, tmp_path: Path) -> None:
    for _ in range(3):
        on_sqlite.append("toys", [moved(on_sqlite.kinds, f"t{number}") for number in range(MISSING // 3 + 1)])
    other = Timelines(Database.open(f"sqlite:///{tmp_path / 'one.db'}"), Kinds.of(toys.Toy, toys.Room, toys.Moved))
    listed, counted = "timelines { nodes { slug basis { position } } }", "entities { totalCount }"
    question = {"query": f'{{ {listed} timeline(slug: "toys") {{ {counted} }} }}'}
    with closing(other):
        async with client_of(app_for(other)) as client:
            answer = (await client.http.post("/graphql", json=question)).json()
            assert answer["data"]["timelines"]["nodes"] == [{"slug": "toys", "basis": {"position": MISSING + 1}}]
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BEHIND"]
            other.keep_up(30)
            answer = (await client.http.post("/graphql", json=question)).json()
            assert answer["data"]["timeline"]["entities"]["totalCount"] == MISSING // 3 + 2
