"""Real clients, with their own way of coming back, while servers stop, die and take turns: no gap, no repeat."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.cutting import cutting
from tests.live.following import SCRIPTS, append_slowly, follower
from tests.live.servers import Node
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

GQL = Path(__file__).with_name("gql_client.py")
EVENTS = 2_000


def command(client: str, request: pytest.FixtureRequest, *addresses: str) -> list[str]:
    """How the client is started; addresses are those of HTTP."""
    urls = ",".join(addresses)
    if client != "graphql-sse":
        urls = urls.replace("http://", "ws://")
    if client == "gql":
        return [sys.executable, str(GQL), urls]
    folder = request.getfixturevalue("javascript")
    return ["node", str(folder / SCRIPTS[client]), urls]


@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "gql"])
async def test_from_catching_up_to_live(
    client: str, nodes: Callable[..., Node], timelines: Timelines, kinds: Kinds, request: pytest.FixtureRequest
) -> None:
    node = nodes()
    await append_slowly(timelines, kinds, 200, 0)
    async with follower(*command(client, request, node.http)) as one:
        await append_slowly(timelines, kinds, 300, 0.001)
        await one.until(500, 60)
        assert one.is_contiguous(500)
        assert one.connections == 1


@pytest.mark.slow
@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "gql"])
async def test_two_thousand_while_it_catches_up(
    client: str, nodes: Callable[..., Node], timelines: Timelines, kinds: Kinds, request: pytest.FixtureRequest
) -> None:
    node = nodes()
    async with follower(*command(client, request, node.http)) as one:
        await append_slowly(timelines, kinds, EVENTS, 0)
        await one.until(EVENTS, 120)
        assert one.is_contiguous(EVENTS)


@pytest.mark.slow
@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "gql"])
async def test_connections_cut_at_random_bytes(
    client: str, nodes: Callable[..., Node], timelines: Timelines, kinds: Kinds, request: pytest.FixtureRequest
) -> None:
    node = nodes()
    async with (
        cutting(node.port, seed=6) as (port, cutter),
        follower(*command(client, request, f"http://127.0.0.1:{port}/graphql")) as one,
    ):
        await append_slowly(timelines, kinds, 1_000, 0.005)
        cutter.calm = True
        await one.until(1_000, 120)
        assert one.is_contiguous(1_000)
        assert cutter.cut >= 3
        assert one.connections > cutter.cut // 2


@pytest.mark.slow
@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "gql"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_the_server_is_stopped_and_started_again(
    client: str,
    how: signal.Signals,
    nodes: Callable[..., Node],
    timelines: Timelines,
    kinds: Kinds,
    request: pytest.FixtureRequest,
) -> None:
    node = nodes()
    async with follower(*command(client, request, node.http)) as one:
        appending = asyncio.create_task(append_slowly(timelines, kinds, 600, 0.01))
        for position in (50, 250):
            await one.until(position, 60)
            await asyncio.to_thread(node.stop, how)
            assert "Traceback" not in node.said
            await asyncio.to_thread(node.start)
        await asyncio.wait_for(appending, 120)
        await one.until(600, 60)
        assert one.is_contiguous(600)
        assert one.connections >= 3


@pytest.mark.slow
@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "gql"])
async def test_nodes_that_take_turns(
    client: str, nodes: Callable[..., Node], timelines: Timelines, kinds: Kinds, request: pytest.FixtureRequest
) -> None:
    one_node, other = nodes(), nodes()
    async with cutting(one_node.port, seed=1) as (first, _), cutting(other.port, seed=2) as (second, cutter):
        addresses = [f"http://127.0.0.1:{port}/graphql" for port in (first, second)]
        async with follower(*command(client, request, *addresses)) as one:
            await append_slowly(timelines, kinds, 1_000, 0.005)
            await one.until(1_000, 120)
            assert one.is_contiguous(1_000)
            assert cutter.cut >= 1
