"""CloudEvents 1.0 in structured mode, one JSON object to a line, with the extensions `recordedtime` and `sequence`."""

import re
from collections.abc import AsyncIterator
from typing import Any

import orjson

from timeline.web.asking import Answer
from timeline.web.wording import Event

_RFC3339 = re.compile(r"\d{4}-")  # years of more digits have no place there


async def write(answer: Answer, page: str) -> AsyncIterator[str]:
    async for event in answer.events:
        yield orjson.dumps(_event(event, page)).decode() + "\n"


def _event(event: Event, page: str) -> dict[str, Any]:
    """`time` is the earliest moment at which it can have begun; how precisely that is known stands in the data."""
    earliest = event["occurred"] and event["occurred"]["start"]["earliest"]
    return {
        "specversion": "1.0",
        "id": event["eventId"],
        "source": page,
        "type": event["kind"],
        **({"time": earliest} if earliest and _RFC3339.match(earliest) else {}),
        "recordedtime": event["recordedAt"],
        "sequence": f"{event['position']:020}",
        "datacontenttype": "application/json",
        "data": {name: event[name] for name in ("headline", "occurred", "note", "entities", "sources", "data")},
    }
