"""A client that is no more than a socket, so that it can stall or vanish; and when nothing is left of it."""

import asyncio
import socket
import struct
from typing import Any

HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


def frame(text: str) -> bytes:
    """A masked text frame, with zeros for a mask."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return b"\x81" + length + bytes(4) + data


def subscribed(port: int, *, receive: int | None = None) -> socket.socket:
    """A connection that has subscribed, and has read nothing of it yet."""
    one = socket.socket()
    if receive is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    one.settimeout(10)
    one.connect(("127.0.0.1", port))
    one.sendall(HANDSHAKE.format(port=port).encode())
    assert one.recv(4096).startswith(b"HTTP/1.1 101 ")  # what is sent before that is lost
    one.sendall(frame('{"type":"connection_init"}'))
    query = 'subscription { events(timeline: \\"toys\\", batch: 10) { events { position note } } }'
    one.sendall(frame(f'{{"id":"1","type":"subscribe","payload":{{"query":"{query}"}}}}'))
    return one


async def settled(app: Any) -> None:
    async with asyncio.timeout(30):
        while app.state.live.feeds:  # noqa: ASYNC110 nothing tells
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
