"""Where a subscriber begins or goes on: at a position or a cursor of this log, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.live.servers import app_for, serving
from tests.live.talking import follow, refused, talking
from tests.making import fill
from timeline.timelines import Timelines


async def test_a_position_or_a_cursor_says_where_to_begin(port: int, timelines: Timelines) -> None:
    fill(timelines, 5)
    async with talking(port) as talk:
        positions, batches = await follow(talk, 5, afterPosition=2, batch=2)
        assert positions == [3, 4, 5]
    async with talking(port) as talk:
        positions, _ = await follow(talk, 5, after=batches[0]["cursor"])
        assert positions == [5]


async def test_a_cursor_goes_on_where_another_node_stopped(
    port: int, timelines: Timelines, open_timelines: Callable[[], Timelines]
) -> None:
    fill(timelines, 5)
    async with talking(port) as talk:
        _, batches = await follow(talk, 5, batch=2)
    async with serving(app_for(open_timelines())) as other, talking(other) as talk:
        assert (await follow(talk, 5, after=batches[1]["cursor"]))[0] == [5]


@pytest.mark.parametrize(
    ("variables", "code", "path"),
    [
        ({"after": "nonsense"}, "BAD_CURSOR", None),
        ({"after": ""}, "BAD_CURSOR", None),
        ({"after": "WyJ4IiwxLCIiXQ"}, "BAD_CURSOR", None),
        ({"afterPosition": 6}, "CURSOR_AHEAD", ["afterPosition"]),
        ({"afterPosition": -1}, "BAD_INPUT", None),
        ({"after": "x", "afterPosition": 1}, "BAD_INPUT", ["afterPosition"]),
        ({"batch": 0}, "BAD_INPUT", ["batch"]),
        ({"batch": 201}, "BAD_INPUT", ["batch"]),
        ({"filter": {"kinds": ["no.such"]}}, "BAD_INPUT", ["filter", "kinds", 0]),
        ({"filter": {"entities": ["bear"]}}, "BAD_INPUT", ["filter", "entities", 0]),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    sqlite_port: int, on_sqlite: Timelines, variables: dict[str, Any], code: str, path: Any
) -> None:
    fill(on_sqlite, 5)
    assert await refused(sqlite_port, **variables) == (code, path)


async def test_a_timeline_that_is_not_there(sqlite_port: int) -> None:
    query = 'subscription { events(timeline: "none") { cursor } }'
    assert await refused(sqlite_port, query) == ("NOT_FOUND", ["timeline"])


async def test_a_cursor_belongs_to_its_filter(sqlite_port: int, on_sqlite: Timelines) -> None:
    fill(on_sqlite, 5)
    async with talking(sqlite_port) as talk:
        _, batches = await follow(talk, 5)
    code, _ = await refused(sqlite_port, after=batches[-1]["cursor"], filter={"kinds": ["toy.moved"]})
    assert code == "BAD_CURSOR"


async def test_a_cursor_of_another_history(sqlite_port: int, on_sqlite: Timelines, other_history: Timelines) -> None:
    """After a fail-over that lost records, positions are used again."""
    fill(on_sqlite, 5)
    async with talking(sqlite_port) as talk:
        _, batches = await follow(talk, 5, batch=1)
    fill(other_history, 3)
    async with serving(app_for(other_history)) as port:
        assert (await refused(port, after=batches[1]["cursor"]))[0] == "HISTORY_DIVERGED"
        assert (await refused(port, after=batches[4]["cursor"]))[0] == "CURSOR_AHEAD"
