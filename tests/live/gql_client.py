"""Follows `toys` with Python's gql, which does not come back by itself: this does, with its cursor."""

import asyncio
import json
import sys
import warnings

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

QUERY = """subscription ($after: String) {
  events(timeline: "toys", after: $after, batch: 20) { events { position } cursor }
}"""


async def main(addresses: list[str]) -> None:
    after, connections = None, 0
    while True:
        address = addresses[connections % len(addresses)]
        connections += 1
        transport = WebsocketsTransport(url=address, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL])
        try:
            async with Client(transport=transport) as session:
                query = gql(QUERY)
                query.variable_values = {"after": after}
                async for result in session.subscribe(query):
                    after = result["events"]["cursor"]
                    positions = [event["position"] for event in result["events"]["events"]]
                    sys.stdout.write(json.dumps({"positions": positions, "connections": connections}) + "\n")
                    sys.stdout.flush()
        except (OSError, TransportError):
            pass
        await asyncio.sleep(0.05)


warnings.simplefilter("ignore")
asyncio.run(main(sys.argv[1].split(",")))
