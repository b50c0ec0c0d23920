"""CloudEvents, one JSON object to a line."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from timeline.errors import BadInput
from timeline.imports.cells import date
from timeline.imports.markup import address_of
from timeline.imports.table import Row
from timeline.imports.timelinejs import flattened

MAPPING = """\
[[event]]
kind = "news.reported"
occurred = "time"
sources = [{ links = "source", publisher = "publisher" }]

[event.fields]
title = "title"
text = "text"
"""
_OURS = frozenset({"recordedtime", "sequence"})
COLUMNS = ("id", "source", "type", "subject", "time", "publisher", "title", "text")


def read_line(number: int, line: bytes, kinds: Collection[str]) -> Row:
    """An event whose type is one of the kinds is that, its data the kind's; any other is told as news."""
    try:
        event = _checked(orjson.loads(line))
        data = _data(event)
        if event.keys() >= _OURS and isinstance(data, dict) and isinstance(data.get("entities"), list):
            return _of_a_feed(number, event, data, kinds)
        row = Row(number=number, cells=_cells(event, data), key=(event["source"], event["id"]))
        if event["type"] not in kinds:
            return row
        ready = {"kind": event["type"], "occurred": _occurred(event), "data": data, "sources": [_source(event)]}
        return Row(number=number, cells=row.cells, key=row.key, event=ready)
    except orjson.JSONDecodeError as error:
        return Row(number=number, fault=f"not JSON: {error}")
    except BadInput as bad:
        return Row(number=number, fault=bad.message)


def _of_a_feed(number: int, event: Mapping[str, Any], data: Mapping[str, Any], kinds: Collection[str]) -> Row:
    """A line of a timeline's own feed: the event as it stands, under the id that it has there."""
    if event["type"] not in kinds:
        raise BadInput(f"a {event['type']} cannot be read from a feed; `timeline export` writes everything")
    try:
        said = orjson.dumps(data["data"]).decode()  # of what was merged since, the entity has another ref
        named = [each["entity"] for each in data["entities"] if f'"{each["entity"]["ref"]}"' in said]
        ready = {
            "id": event["id"],
            "kind": event["type"],
            "occurred": data["occurred"]["edtf"],
            "data": data["data"],
            "names": {each["ref"]: each["name"] for each in named if each["name"]},
            "note": data["note"],
            "sources": [
                {name: _edtf(value) for name, value in source.items() if value is not None}
                for source in data["sources"]
            ],
        }
    except (KeyError, TypeError, AttributeError):
        raise BadInput("it looks like a line of a timeline's feed, and is not whole") from None
    return Row(number=number, event=ready)


def _edtf(value: Any) -> Any:
    return value["edtf"] if isinstance(value, dict) else value


def _checked(event: object) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise BadInput("a CloudEvent is an object")
    if "kind" in event and "specversion" not in event:
        raise BadInput("it is no CloudEvent; what `timeline export` writes, `timeline append` reads")
    for name in ("id", "source", "specversion", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadInput(f"a CloudEvent needs {name}")
    if event["specversion"] not in ("1.0", "0.3"):
        raise BadInput(f"CloudEvents of version 1.0 and 0.3 are read, not of {event['specversion'][:20]!r}")
    return event


def _occurred(event: Mapping[str, Any]) -> str:
    """The extension `occurred`, for dates that a timestamp cannot say, else the time."""
    given = event.get("occurred", event.get("time"))
    if not isinstance(given, str):
        raise BadInput("it has no time")
    return date(given)


def _source(event: Mapping[str, Any]) -> dict[str, str]:
    address = address_of(event["source"])
    return {"url": address} if address else {"publisher": event["source"]}


def _data(event: Mapping[str, Any]) -> Any:
    if "data_base64" not in event:
        return event.get("data")
    try:
        data = base64.b64decode(event["data_base64"], validate=True).decode()
    except (TypeError, ValueError, binascii.Error):
        raise BadInput("data_base64 is not text in base64") from None
    if "json" not in str(event.get("datacontenttype", "json")):
        return data
    return orjson.loads(data)


def _cells(event: Mapping[str, Any], data: object) -> dict[str, str]:
    flat = flattened({**event, "data": data})
    said = ": ".join(each for each in (event["type"], flat.get("subject")) if each)
    text = data if isinstance(data, str) else "" if data is None else json.dumps(data, ensure_ascii=False)
    publisher = "" if address_of(event["source"]) else event["source"]
    return dict.fromkeys(COLUMNS, "") | flat | {"title": said, "text": text, "publisher": publisher}
