"""A client of graphql-transport-ws that says exactly what a test wants said."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

EVENTS = """
subscription ($after: String, $afterPosition: Position, $filter: EventFilter, $batch: Int) {
  events(timeline: "toys", after: $after, afterPosition: $afterPosition, filter: $filter, batch: $batch) {
    events { position kind } cursor caughtUp basis { position }
  }
}
"""
WAIT = 10


class Talk:
    """One WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self, wait: float = WAIT) -> Any:
        message = await asyncio.wait_for(self.connection.recv(), wait)
        assert isinstance(message, str)  # a browser's client does not take binary frames
        return json.loads(message)

    async def init(self, **payload: Any) -> None:
        await self.say({"type": "connection_init", **({"payload": payload} if payload else {})})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, id: str = "1", query: str = EVENTS, **variables: Any) -> None:
        await self.say({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def batch(self, id: str = "1", wait: float = WAIT) -> Any:
        """The next batch of `EVENTS`."""
        message = await self.hear(wait)
        assert (message["id"], message["type"]) == (id, "next"), message
        return message["payload"]["data"]["events"]

    async def silent(self, wait: float = 0.2) -> bool:
        """Whether nothing more comes: no message for a while, and nothing before the answer to a ping."""
        await asyncio.sleep(wait)
        await self.say({"type": "ping", "payload": {"silent": True}})
        return bool(await self.hear() == {"type": "pong", "payload": {"silent": True}})

    async def closed(self) -> tuple[int | None, str | None]:
        """Waits for the server to close; how it did, whatever it said before."""
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    await self.connection.recv()
        except websockets.ConnectionClosed:
            return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def talking(
    port: int, *, init: bool = True, protocol: str | Sequence[str] | None = "graphql-transport-ws", **options: Any
) -> AsyncIterator[Talk]:
    offered = [protocol] if isinstance(protocol, str) else protocol or []
    subprotocols = [websockets.Subprotocol(each) for each in offered] or None
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/graphql",
        **{"subprotocols": subprotocols, "compression": None, "close_timeout": 1} | options,
    ) as connection:
        talk = Talk(connection)
        if init:
            await talk.init()
        yield talk


async def follow(talk: Talk, until: int, **variables: Any) -> tuple[list[int], list[Any]]:
    """Positions received until the log's position `until` is reached, and the batches."""
    await talk.subscribe(**variables)
    positions: list[int] = []
    batches: list[Any] = []
    while not batches or batches[-1]["basis"]["position"] < until:
        batches.append(await talk.batch())
        positions += [event["position"] for event in batches[-1]["events"]]
    return positions, batches


async def refused(port: int, query: str = EVENTS, **variables: Any) -> Any:
    async with talking(port) as talk:
        await talk.subscribe("x", query, **variables)
        message = await talk.hear()
        assert message["type"] == "error", message
        (error,) = message["payload"]
        return error["extensions"]["code"], error["extensions"].get("path")
