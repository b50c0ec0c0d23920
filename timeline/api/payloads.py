"""What comes over HTTP, read strictly: the parameters of an operation, from a query string or from a body."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope

from timeline.api.caching import NOT_KEPT

_MAX_PARAMETERS = 20
REQUEST = "The request"
_CODES = {404: "NOT_FOUND", 413: "TOO_LARGE"}


class HttpRefusal(Exception):
    """An answer with a status of 4xx."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers

    def response(self) -> JSONResponse:
        error = {"message": str(self), "extensions": {"code": _CODES.get(self.status, "BAD_INPUT")}}
        return JSONResponse({"errors": [error]}, self.status, {**NOT_KEPT, **self.headers})


def parse_json(data: str | bytes, what: str = REQUEST) -> dict[str, Any]:
    """An object, read strictly: UTF-8 only, no NaN, no lone surrogates, no key twice, no nesting without end.

    `what` it is, for messages.
    """
    try:
        orjson.loads(data)
        value = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise HttpRefusal(400, f"{what} is not JSON: {error}") from None
    if isinstance(value, list) and what == REQUEST:
        raise HttpRefusal(400, "One operation a request: a list of them is not accepted")
    if not isinstance(value, dict):
        raise HttpRefusal(400, f"{what} has to be a JSON object")
    return value


def asks(query_string: bytes) -> bool:
    """Whether there is an operation in it."""
    return any(f"{name}=".encode() in query_string for name in ("query", "documentId", "extensions"))


def from_query(query_string: bytes) -> Mapping[str, Any]:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
        given = _unique(pairs)
    except ValueError:
        raise HttpRefusal(400, "The parameters are not UTF-8, or too many, or one is given twice") from None
    payload: dict[str, Any] = {key: given[key] for key in ("query", "documentId", "operationName") if given.get(key)}
    for key in ("variables", "extensions"):
        if given.get(key):
            payload[key] = None if given[key] == "null" else parse_json(given[key], f"The parameter {key}")
    return payload


async def body_of(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """JSON, if its headers are right; None if the client left before it was there. `limit` is in bytes, counted while
    they come.
    """
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    if headers.get("content-encoding", "identity") != "identity":
        raise HttpRefusal(415, "A request may not be compressed")
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json" or not _is_utf8(parameters):
        raise HttpRefusal(415, "A request has to be application/json, in UTF-8")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _is_utf8(parameters: str) -> bool:
    name, _, value = parameters.strip().lower().partition("=")
    return name.strip() != "charset" or value.strip(' "') in ("utf-8", "utf8")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(413, f"A request may have at most {limit:,} bytes", connection="close")
