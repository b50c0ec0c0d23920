"""GraphQL over Server-Sent Events, a connection for each operation: https://github.com/enisdenjo/graphql-sse.

Each event of a subscription carries its cursor as `id`, so that a browser's EventSource, which sends the last one when
it comes back, goes on where it was.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from timeline.api.faults import ended_by
from timeline.api.http import GraphQLView
from timeline.api.live import Live
from timeline.api.negotiating import EVENTS, preferred
from timeline.api.operations import Operation
from timeline.api.payloads import HttpRefusal

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # a proxy is to pass each event on at once
]
_RETRY = b"retry: 1000\n\n"  # milliseconds until a browser comes back


class Streams:
    """The ASGI application for those who would rather have text/event-stream than JSON; all else is for `view`."""

    def __init__(self, view: GraphQLView, live: Live) -> None:
        self._view = view
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if preferred(headers.get("accept", "")) != EVENTS:
            await self._view(scope, receive, send)
            return
        try:
            operation = await self._view.operation(scope, receive)
        except HttpRefusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        if operation is not None:
            resume = headers.get("last-event-id") or None
            await _until_gone(receive, self._stream(operation, resume, send))

    async def _stream(self, operation: Operation, resume: str | None, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _RETRY, "more_body": True})
        end = b"event: complete\ndata:\n\n"
        try:
            async with aclosing(self._live.answers(operation, resume)) as answers:
                async for answer in answers:
                    cursor = b"id: %b\n" % answer.batch.cursor.encode() if answer.batch is not None else b""
                    event = b"%bevent: next\ndata: %b\n\n" % (cursor, answer.payload)
                    await send({"type": "http.response.body", "body": event, "more_body": True})
        except OSError:
            raise  # the client is gone
        except Exception as error:  # noqa: BLE001 it is logged
            ended_by(error)
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
