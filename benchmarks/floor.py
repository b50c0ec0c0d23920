"""The floor: a bare WebSocket server in uvicorn that sends the same bytes to everybody. `python -m benchmarks.floor`.

POST /publish sends its body to all connections, and is answered when the last one has been given to its socket.
"""

import sys
from typing import Any

import uvicorn

from benchmarks.collector import quiet
from timeline.cli import server
from timeline.settings import Settings

_ACKNOWLEDGE = {"type": "websocket.send", "text": '{"type":"connection_ack"}'}
sends: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        await broadcast({"type": "websocket.send", "text": body.decode()})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    await receive()
    await send(_ACKNOWLEDGE)
    await receive()
    sends.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    sends.discard(send)


async def broadcast(message: dict[str, str]) -> None:
    for send in sends:
        await send(message)


def main() -> None:
    given = Settings(port=0)
    listening = server.bind(given)
    listening.listen(server.BACKLOG)
    config = uvicorn.Config(
        application, log_level="warning", server_header=False, ws_per_message_deflate=False, lifespan="off"
    )
    quiet()
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/graphql", file=sys.stderr, flush=True)
    uvicorn.Server(config).run(sockets=[listening])  # on uvloop, as Timeline


if __name__ == "__main__":
    main()
