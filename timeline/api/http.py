"""The HTTP view: Strawberry's, with strict JSON, a limit on bodies, and refusals that are JSON with a code."""

import json
from collections.abc import Callable
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send
from strawberry.asgi import GraphQL

from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.timelines import Timelines


class GraphQLView(GraphQL[Request, None]):
    """GraphQL over HTTP at one path. `max_body` is in bytes, counted while reading."""

    def __init__(
        self, schema: Schema, timelines: Timelines, *, max_body: int, ide: Callable[[HttpRequest], Response] | None
    ) -> None:
        super().__init__(schema, graphql_ide="graphiql" if ide else None, subscription_protocols=())
        self._ide = ide
        self._timelines = timelines
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        response: Response
        try:
            length = HttpRequest(scope).headers.get("content-length", "0")
            if length.isdigit() and int(length) > self._max_body:
                raise self._too_large()
            if HttpRequest(scope).headers.get("content-encoding", "identity") != "identity":
                raise HTTPException(415, "A request is not compressed")
            response = await self.run(HttpRequest(scope, self._counted(receive)))
        except HTTPException as refusal:
            response = _refusal(refusal)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def render_graphql_ide(self, request: HttpRequest) -> Response:
        assert self._ide is not None
        return self._ide(request)

    async def get_context(self, request: Any, response: Any) -> Request:
        return Request(self._timelines)

    def parse_json(self, data: str | bytes) -> Any:
        """An object, read strictly: UTF-8 only, no NaN, no lone surrogates, no key twice, no nesting without end."""
        try:
            orjson.loads(data)
            value = json.loads(data, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, f"The request is not JSON: {error}") from None
        if isinstance(value, list):
            raise HTTPException(400, "One operation a request: a list of them is not accepted")
        if not isinstance(value, dict):
            raise HTTPException(400, "The request is a JSON object with a query")
        return value

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()  # bytes would be sent as binary frames to WebSockets

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        response = Response(orjson.dumps(response_data), sub_response.status_code or 200, media_type="application/json")
        response.headers.raw.extend(sub_response.headers.raw)
        return response

    def _counted(self, receive: Receive) -> Receive:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._max_body:
                raise self._too_large()
            return message

        return counted

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"A request has at most {self._max_body:,} bytes")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _refusal(refusal: HTTPException) -> JSONResponse:
    code = {404: "NOT_FOUND", 413: "TOO_LARGE"}.get(refusal.status_code, "BAD_INPUT")
    error = {"message": refusal.reason, "extensions": {"code": code}}
    headers = {"connection": "close"} if refusal.status_code == 413 else None
    return JSONResponse({"errors": [error]}, refusal.status_code, headers)
