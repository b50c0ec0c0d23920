"""Pings, of the protocol and of WebSockets: who answers is kept, who does not is let go."""

import asyncio
import socket
import struct
from typing import Any

import pytest

from tests.live.raw import settled, subscribed
from tests.live.servers import app_for, serving
from tests.live.talking import talking
from tests.making import fill, made
from timeline.cli import server
from timeline.timelines import Timelines

pytestmark = pytest.mark.usefixtures("nothing_is_logged")

SOON = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.3}
PING = b"\x89\x04"  # of four bytes
CLOSE = b"\x88\x18" + struct.pack("!H", 1011) + b"keepalive ping timeout"


@pytest.mark.parametrize("payload", [{}, {"payload": {"at": 1}}, {"payload": None}], ids=str)
@pytest.mark.parametrize("init", [True, False])
async def test_a_lone_pong_is_answered_by_nothing(sqlite_port: int, init: bool, payload: Any) -> None:
    """Clients send them to say that they are alive."""
    async with talking(sqlite_port, init=init) as talk:
        await talk.say({"type": "pong", **payload})
        assert await talk.silent()


async def test_who_answers_pings_is_kept(on_sqlite: Timelines) -> None:
    async with serving(app_for(on_sqlite), SOON) as port, talking(port, ping_interval=None) as talk:
        await talk.subscribe()
        await talk.batch()
        assert await talk.silent(1.5)


async def test_who_answers_no_pings_is_let_go(on_sqlite: Timelines) -> None:
    """Though it reads: it may be a process that hangs behind a proxy that does not."""
    app = app_for(on_sqlite)
    async with serving(app, SOON) as port:
        one = await asyncio.to_thread(subscribed, port)
        heard = await asyncio.to_thread(_all, one)
        assert PING in heard
        assert heard.endswith(CLOSE)
        await settled(app)


def _all(one: socket.socket) -> bytes:
    """What comes until the server closes; fails if it does not within 10 seconds."""
    with one:
        heard = b""
        while data := one.recv(65_536):
            heard += data
        return heard


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux drops a connection that is stuck")
async def test_who_neither_reads_nor_answers_is_sent_nothing_more(
    on_sqlite: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not take keeps its connection for a while after the server has given it up."""
    bind = server.bind

    def small(*given: Any) -> socket.socket:
        bound = bind(*given)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return bound

    monkeypatch.setattr(server, "bind", small)
    app, bear = app_for(on_sqlite), {"toy": "bear", "room": "attic"}
    on_sqlite.append("toys", [made(on_sqlite.kinds, "toy.moved", bear, note="x" * 2_000) for _ in range(20)])
    async with serving(app, SOON, stall_timeout=2) as port:
        one = await asyncio.to_thread(subscribed, port, receive=4096)
        await asyncio.sleep(0.8)
        assert len(app.state.live.feeds) == 1  # the connection is there, with more to send than the system takes
        await asyncio.to_thread(fill, on_sqlite, 1)
        await settled(app)
        one.close()
