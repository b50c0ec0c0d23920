"""A client of Server-Sent Events."""

import json
from collections.abc import AsyncIterator

import httpx

STREAM = {"accept": "text/event-stream"}


async def events_of(response: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream, as their fields."""
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")
        else:
            if "event" in event:
                yield event
            event = {}


def positions(event: dict[str, str]) -> list[int]:
    return [each["position"] for each in json.loads(event["data"])["data"]["events"]["events"]]
