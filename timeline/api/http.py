"""GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/: one operation a request, by GET or POST."""

from collections.abc import Callable, Mapping

import orjson
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from timeline.api.caching import NOT_KEPT, Caching
from timeline.api.negotiating import EVENTS, GRAPHQL, JSON, preferred, wants_a_page
from timeline.api.operations import Operation, Operations, execute
from timeline.api.payloads import HttpRefusal, asks, from_body, from_query
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.errors import BadInput
from timeline.execution import Answer

_STATUS = {"FORBIDDEN": 403, "NOT_FOUND": 404}


class GraphQLView:
    """`max_body` is in bytes. `queries_by_get`: whether GET may carry the text of a query; an id it always may."""

    def __init__(
        self,
        schema: Schema,
        operations: Operations,
        caching: Caching,
        *,
        max_body: int,
        ide: Callable[[HttpRequest], Response] | None,
        queries_by_get: bool = True,
    ) -> None:
        self._schema = schema
        self._operations = operations
        self._caching = caching
        self._max_body = max_body
        self._ide = ide
        self._queries_by_get = queries_by_get

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response | None
        try:
            response = await self._respond(scope, receive)
        except HttpRefusal as refusal:
            response = refusal.response()
        if response is not None:
            await response(scope, receive, send)

    async def operation(self, scope: Scope, receive: Receive) -> Operation | None:
        """What is asked for; None if the client left while it said so."""
        method = scope["method"]
        if method == "GET":
            payload = from_query(scope["query_string"])
            if "query" in payload and not self._queries_by_get:
                raise HttpRefusal(405, "By GET only a trusted document may be asked, by its documentId", allow="POST")
        elif method == "POST":
            payload = await from_body(scope, receive, self._max_body)
        else:
            raise HttpRefusal(405, "An operation comes by GET or by POST", allow="GET, POST")
        if payload is None:
            return None
        try:
            operation = self._operations.of(payload)
        except BadInput as bad:
            raise HttpRefusal(400, bad.message) from None
        if method == "GET" and operation.type is OperationType.MUTATION:
            raise HttpRefusal(405, "Mutations are not made by GET", allow="POST")
        return operation

    async def _respond(self, scope: Scope, receive: Receive) -> Response | None:
        """None if the client has left."""
        headers = Headers(scope=scope)
        accept = headers.get("accept", "")
        if scope["method"] == "GET" and wants_a_page(accept) and not asks(scope["query_string"]):
            if self._ide is None:
                raise HttpRefusal(404, "There is no page for browsers here")
            return self._ide(HttpRequest(scope))
        media_type = preferred(accept)
        if media_type is None:
            raise HttpRefusal(406, f"The answer is {GRAPHQL}, {JSON} or {EVENTS}")
        operation = await self.operation(scope, receive)
        if operation is None:
            return None
        if operation.type is OperationType.SUBSCRIPTION:
            raise HttpRefusal(400, f"A subscription is followed over a WebSocket, or by accepting {EVENTS}")
        if scope["method"] == "GET" and operation.type is OperationType.QUERY:
            return await self._kept(operation, media_type, headers.get("if-none-match", ""))
        return _response(await self._answer(operation), operation, media_type)

    async def _kept(self, operation: Operation, media_type: str, if_none_match: str) -> Response:
        kept = await self._caching.of(operation, media_type)
        if kept is None:
            return _response(await self._answer(operation), operation, media_type, NOT_KEPT)
        if if_none_match and kept.is_same(if_none_match):
            return Response(status_code=304, headers=kept.tagged())
        answer = await self._answer(operation)
        return _response(answer, operation, media_type, await kept.headers(failed=bool(answer.errors)))

    async def _answer(self, operation: Operation) -> Answer:
        return await execute(self._schema, operation, Request(self._caching.timelines))


def _response(
    answer: Answer, operation: Operation, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = answer.body()
    status = 200
    if answer.refused and (operation.is_malformed or media_type == GRAPHQL):
        status = _STATUS.get(body["errors"][0]["extensions"]["code"], 400) if operation.is_malformed else 400
    return Response(orjson.dumps(body), status, headers, f"{media_type}; charset=utf-8")
