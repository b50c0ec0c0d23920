"""GraphQL over Server-Sent Events, a connection for each operation: https://github.com/enisdenjo/graphql-sse.

Each event of a subscription carries its cursor as `id`, so that a browser's EventSource, which sends the last one when
it comes back, goes on where it was.
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from contextlib import aclosing
from typing import Any

from cross_web import HTTPException
from graphql import OperationType
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from timeline.api.http import GraphQLView
from timeline.api.live import ComeBack, Live
from timeline.api.operations import Operation
from timeline.errors import BadInput

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # a proxy is to pass each event on at once
]
_RETRY = b"retry: 1000\n\n"  # milliseconds until a browser comes back


_WEIGHT = re.compile(r"\s*q=(0(?:\.\d{1,3})?)\s*", re.IGNORECASE)


def _prefers_events(accept: str) -> bool:
    """Of equal weight the first counts: urql accepts events for every query, and names them after JSON."""
    best, is_best = 0.0, False
    for media_range in accept.split(","):
        name, *parameters = media_range.strip().lower().split(";")
        is_events = name.strip() == "text/event-stream"
        if is_events or name.strip().endswith("json"):
            weights = [float(found[1]) for each in parameters if (found := _WEIGHT.fullmatch(each))]
            if (weight := min(weights, default=1.0)) > best:
                best, is_best = weight, is_events
    return is_best


class Streams:
    """The ASGI application for those who would rather have text/event-stream than JSON; all else is for `view`."""

    def __init__(self, view: GraphQLView, live: Live, *, max_body: int) -> None:
        self._view = view
        self._live = live
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _prefers_events(Headers(scope=scope).get("accept", "")):
            await self._view(scope, receive, send)
            return
        try:
            operation = await self._operation(scope, receive)
        except HTTPException as refusal:
            error = {"message": refusal.reason, "extensions": {"code": "BAD_INPUT"}}
            await JSONResponse({"errors": [error]}, refusal.status_code)(scope, receive, send)
            return
        if operation is not None:
            resume = Headers(scope=scope).get("last-event-id") or None
            await _until_gone(receive, self._stream(operation, resume, send))

    async def _operation(self, scope: Scope, receive: Receive) -> Operation | None:
        """What is asked for; None if the client left while it said so."""
        if scope["method"] == "GET":
            payload = self._from_query(QueryParams(scope["query_string"]))
        elif scope["method"] == "POST":
            if not Headers(scope=scope).get("content-type", "").startswith("application/json"):
                raise HTTPException(415, "The request is application/json")
            body = await self._body(receive)
            if body is None:
                return None
            payload = self._view.parse_json(body)
        else:
            raise HTTPException(405, "GET or POST: each operation has a connection of its own")
        try:
            operation = Operation.of(payload)
        except BadInput as bad:
            raise HTTPException(400, bad.message) from None
        if scope["method"] == "GET" and operation.type is OperationType.MUTATION:
            raise HTTPException(405, "mutations are not allowed when using GET")
        return operation

    def _from_query(self, given: QueryParams) -> Mapping[str, Any]:
        payload: dict[str, Any] = {key: given[key] for key in ("query", "operationName") if key in given}
        for key in ("variables", "extensions"):
            if given.get(key):
                payload[key] = self._view.parse_json(given[key])
        return payload

    async def _body(self, receive: Receive) -> bytes | None:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_body:
                raise HTTPException(413, f"A request has at most {self._max_body:,} bytes")
        return bytes(body)

    async def _stream(self, operation: Operation, resume: str | None, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _RETRY, "more_body": True})
        end = b"event: complete\ndata:\n\n"
        try:
            async with aclosing(self._live.answers(operation, resume)) as answers:
                async for answer in answers:
                    cursor = f"id: {answer.batch.cursor}\n" if answer.batch is not None else ""
                    event = f"{cursor}event: next\ndata: {answer.payload}\n\n"
                    await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
        except ComeBack:
            end = b""  # an end that is no completion: the client comes back
        await send({"type": "http.response.body", "body": end})


async def _until_gone(receive: Receive, stream: Coroutine[Any, Any, None]) -> None:
    """Run a stream to its end, or until the client leaves."""
    streaming, gone = asyncio.ensure_future(stream), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((streaming, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        streaming.cancel()
        gone.cancel()
        done = await asyncio.gather(streaming, gone, return_exceptions=True)
    if isinstance(done[0], Exception) and not isinstance(done[0], OSError):
        raise done[0]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
