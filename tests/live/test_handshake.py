"""Until a socket is ready: which of the subprotocols that are offered is spoken, and what initialisation is taken."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.live.raw import HANDSHAKE
from tests.live.servers import app_for, serving
from tests.live.talking import EVENTS, talking
from timeline.api.sockets import Limits
from timeline.timelines import Timelines

pytestmark = pytest.mark.usefixtures("nothing_is_logged")

OURS = "graphql-transport-ws"
ODD = "!#$%&'*+-.^_`|~09az"  # all that a subprotocol may consist of, apart from letters


@pytest.mark.parametrize("offered", [["this", OURS, "one"], [OURS, "graphql-ws"], [ODD, OURS], ["graphql-ws", OURS]])
async def test_ours_is_found_among_several(sqlite_port: int, offered: Sequence[str]) -> None:
    async with talking(sqlite_port, protocol=offered) as talk:
        assert talk.connection.subprotocol == OURS


@pytest.mark.parametrize("other", ["chat/1", "a b", '"chat"', "\N{SNOWMAN}", "x\xfc"], ids=ascii)
async def test_what_no_subprotocol_may_be_called_is_refused(sqlite_port: int, other: str) -> None:
    """By the server, before we are asked, and not as a fault of its own."""
    request = HANDSHAKE.format(port=sqlite_port).replace(OURS, f"{other}, {OURS}").encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", sqlite_port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("offered", [["this", "one"], [f"{OURS}gibberish"], [f"x-{OURS}"], [OURS.upper()], [ODD]])
async def test_what_only_looks_like_ours_is_not(sqlite_port: int, offered: Sequence[str]) -> None:
    async with talking(sqlite_port, init=False, protocol=offered) as talk:
        assert talk.connection.subprotocol is None
        assert (await talk.closed())[0] == 4406


async def test_an_initialisation_with_a_payload(sqlite_port: int) -> None:
    """Clients put there who they are."""
    async with talking(sqlite_port, init=False) as talk:
        await talk.init(authorization="Bearer x", nested={"a": [1, None]})
        await talk.subscribe()
        assert (await talk.batch())["events"] == []


async def test_who_is_initialised_may_be_silent(on_sqlite: Timelines) -> None:
    """The time until initialisation is no limit for what comes later."""
    app = app_for(on_sqlite, limits=Limits(operations=20, init_timeout=0.3))
    async with serving(app) as port, talking(port) as talk:
        assert await talk.silent(0.6)
        await talk.subscribe()
        assert (await talk.batch())["events"] == []


async def test_a_subscription_right_behind_the_initialisation(sqlite_port: int) -> None:
    """A client that does not wait for the acknowledgement gets it first all the same."""
    async with talking(sqlite_port, init=False) as talk:
        await talk.say({"type": "connection_init"})
        await talk.subscribe("1", EVENTS)
        assert await talk.hear() == {"type": "connection_ack"}
        assert (await talk.batch())["events"] == []


async def test_two_initialisations_in_one_go(sqlite_port: int) -> None:
    async with talking(sqlite_port, init=False) as talk:
        await asyncio.gather(*(talk.say({"type": "connection_init"}) for _ in range(2)))
        assert await talk.closed() == (4429, "Too many initialisation requests")
