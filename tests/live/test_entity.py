"""Following one entity: a state for each record that touches it, the same late and live, and nothing for any other."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.live.cutting import cutting
from tests.live.following import SCRIPTS, append_slowly, follower
from tests.live.servers import Node, app_for, serving
from tests.live.streaming import STREAM, events_of
from tests.live.talking import Talk, refused, talking
from tests.making import fill, head, made, moved
from timeline.domain.claims import NewMeta
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent
from timeline.timelines import Timelines

BEAR = """subscription ($after: String, $afterPosition: Position) {
  entity(timeline: "toys", ref: "toy:bear", after: $after, afterPosition: $afterPosition) {
    ref name basis { position } ... on Toy { room { slug } }
  }
}"""


async def state(talk: Talk) -> tuple[Any, str]:
    """The next state, and the cursor that came with it."""
    message = await talk.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"]["entity"], message["payload"]["extensions"]["cursor"]


async def positions(talk: Talk, count: int) -> list[int]:
    return [(await state(talk))[0]["basis"]["position"] for _ in range(count)]


async def test_the_state_now_and_each_time_it_changes(port: int, timelines: Timelines) -> None:
    kinds = timelines.kinds
    fill(timelines, 3)
    fill(timelines, 1, "rabbit")
    async with talking(port) as talk:
        await talk.subscribe("1", BEAR)
        now, cursor = await state(talk)
        assert now == {"ref": "toy:bear", "name": "bear", "basis": {"position": 4}, "room": {"slug": "attic"}}
        await asyncio.to_thread(fill, timelines, 2, "rabbit")
        await asyncio.to_thread(timelines.append, "toys", [moved(kinds, "bear", "cellar")])
        later, _ = await state(talk)
        assert later == now | {"basis": {"position": 7}, "room": {"slug": "cellar"}}
        named = made(kinds, "entity.described", {"entity": "toy:bear", "name": "Bear"})
        await asyncio.to_thread(timelines.append, "toys", [moved(kinds, "rabbit"), named])
        assert (await state(talk))[0] == later | {"basis": {"position": 9}, "name": "Bear"}
    async with talking(port) as talk:
        await talk.subscribe("1", BEAR, after=cursor)
        assert (await state(talk))[0] == later
        assert await positions(talk, 1) == [9]


async def test_what_touches_an_entity(port: int, timelines: Timelines) -> None:
    """Corrections, withdrawals and disputes of what names it; merges; redactions. Late and live are the same."""
    kinds = timelines.kinds
    bear: Any = moved(kinds, "bear")
    rabbit: Any = moved(kinds, "rabbit")
    ted: Any = moved(kinds, "ted")
    corrected = NewEvent(
        event=rabbit.event, occurred=bear.occurred, id=uuid4(), corrects=bear.id, changed=("data",), reason="it was he"
    )
    disputed: Any = moved(kinds, "bear", "cellar")
    dispute = NewMeta(kind="dispute", target=disputed.id, id=uuid4())
    merged: Any = made(kinds, "entity.merged", {"entity": "toy:ted", "into": "toy:bear"})

    def gone(target: Any, kind: str = "retraction") -> NewMeta:
        return NewMeta(kind=kind, target=target.id, reason="never happened", id=uuid4())

    steps: list[tuple[Any, bool]] = [
        (bear, True),
        (rabbit, False),
        (ted, False),
        (corrected, True),
        (gone(rabbit), False),
        (disputed, True),
        (dispute, True),
        (gone(dispute), True),
        (merged, True),
        (moved(kinds, "ted", "garden"), True),
        (moved(kinds, "rabbit", "garden"), False),
        (gone(ted), True),
        (gone(merged), True),
        (moved(kinds, "ted", "cellar"), False),
    ]
    await asyncio.to_thread(timelines.append, "toys", [bear])
    live, touched = [], []
    async with talking(port) as talk:
        await talk.subscribe("1", BEAR)
        assert (await state(talk))[0]["basis"] == {"position": 1}
        for position, (event, touches) in enumerate(steps[1:], 2):
            await asyncio.to_thread(timelines.append, "toys", [event])
            if touches:
                live.append((await state(talk))[0])
                touched.append(position)
        assert [each["basis"]["position"] for each in live] == touched
        rooms = [each["room"]["slug"] if each["room"] else None for each in live]
        assert rooms == [None, "cellar", "cellar", "cellar", "cellar", "garden", "garden", "cellar"]
        async with talking(port) as late:
            await late.subscribe("1", BEAR, afterPosition=1)
            assert [(await state(late))[0] for _ in live] == live
        await asyncio.to_thread(timelines.append, "toys", [gone(disputed, "redaction")])
        blanked, _ = await state(talk)
        assert (blanked["basis"]["position"], blanked["room"]) == (head(timelines), None)


@pytest.mark.parametrize(
    ("ref", "variables", "code", "path"),
    [
        ("toy:rabbit", {}, "NOT_FOUND", ["ref"]),
        ("bear", {}, "BAD_INPUT", ["ref"]),
        ("toy:bear", {"after": "nonsense"}, "BAD_CURSOR", None),
        ("toy:bear", {"afterPosition": 6}, "CURSOR_AHEAD", ["afterPosition"]),
        ("toy:bear", {"after": "x", "afterPosition": 1}, "BAD_INPUT", ["afterPosition"]),
    ],
)
async def test_what_cannot_be_followed(
    sqlite_port: int, on_sqlite: Timelines, ref: str, variables: Any, code: str, path: Any
) -> None:
    fill(on_sqlite, 5)
    assert await refused(sqlite_port, BEAR.replace("toy:bear", ref), **variables) == (code, path)


async def test_a_cursor_of_another_history_or_of_another_entity(
    sqlite_port: int, on_sqlite: Timelines, other_history: Timelines
) -> None:
    fill(on_sqlite, 3, "rabbit")
    cursors = []
    async with talking(sqlite_port) as talk:
        fill(on_sqlite, 1)
        await talk.subscribe("1", BEAR)
        cursors.append((await state(talk))[1])
        for _ in range(2):
            await asyncio.to_thread(fill, on_sqlite, 1)
            cursors.append((await state(talk))[1])
    assert await refused(sqlite_port, BEAR.replace("toy:bear", "toy:rabbit"), after=cursors[0]) == ("BAD_CURSOR", None)
    fill(other_history, 5)
    async with serving(app_for(other_history)) as port:
        assert (await refused(port, BEAR, after=cursors[0]))[0] == "HISTORY_DIVERGED"
        assert (await refused(port, BEAR, after=cursors[2]))[0] == "CURSOR_AHEAD"


async def test_a_heartbeat_is_the_same_state_with_a_later_basis(timelines: Timelines) -> None:
    fill(timelines, 1)
    async with serving(app_for(timelines, heartbeat=0.3)) as port, talking(port) as talk:
        await talk.subscribe("1", BEAR)
        first, _ = await state(talk)
        await asyncio.to_thread(fill, timelines, 5, "rabbit")
        async with asyncio.timeout(10):
            while (beat := await state(talk))[0]["basis"] != {"position": 6}:
                assert beat[0] == first
        assert beat[0] == first | {"basis": {"position": 6}}
    async with serving(app_for(timelines)) as port, talking(port) as talk:
        fill(timelines, 1)
        await talk.subscribe("1", BEAR, after=beat[1])
        assert await positions(talk, 1) == [7]


async def test_a_stream_resumes_after_its_last_id(port: int, timelines: Timelines) -> None:
    await asyncio.to_thread(fill, timelines, 1)
    url, last, seen = f"http://127.0.0.1:{port}/graphql", dict[str, str](), []
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        for _ in range(3):
            async with http.stream("GET", url, params={"query": BEAR}, headers=STREAM | last) as response:
                event = await anext(events_of(response))
                seen.append(json.loads(event["data"])["data"]["entity"]["basis"]["position"])
                last = {"last-event-id": event["id"]}
            await asyncio.to_thread(fill, timelines, 1, "rabbit")
            await asyncio.to_thread(fill, timelines, 2)
    assert seen == [1, 3, 4]


async def test_equal_subscriptions_share_an_execution(on_sqlite: Timelines) -> None:
    fill(on_sqlite, 1)
    app = app_for(on_sqlite)
    async with serving(app) as port, talking(port) as one, talking(port) as other:
        for talk in (one, other):
            await talk.subscribe("1", BEAR)
            await state(talk)
        assert len(app.state.live.feeds) == 1


@pytest.mark.slow
@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse"])
async def test_real_clients_whose_connections_are_cut(
    client: str, nodes: Callable[..., Node], timelines: Timelines, kinds: Kinds, javascript: Path
) -> None:
    """Every second event is about another toy."""
    fill(timelines, 1)
    script = javascript / SCRIPTS[client]
    async with cutting(nodes().port, seed=6) as (port, cutter):
        scheme = "ws" if client == "graphql-ws" else "http"
        async with follower("node", script, f"{scheme}://127.0.0.1:{port}/graphql", "toy:bear") as one:
            await one.until(1, 30)
            for _ in range(200):
                await append_slowly(timelines, kinds, 1, 0.005)
                await asyncio.to_thread(fill, timelines, 1, "rabbit")
            cutter.calm = True
            await one.until(400, 60)
            states = [position for position in one.positions if position % 2 == 0]
            assert states == list(range(2, 401, 2))  # 401 is the rabbit's; what is odd is a state that did not change
            assert one.positions == sorted(one.positions)
            assert cutter.cut >= 1
