"""GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/: one operation a request, by GET or POST."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import orjson
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from timeline.api.answers import Answers, Made, Marks
from timeline.api.asked import Asked, Key
from timeline.api.caching import ASK_AGAIN, NOT_KEPT, Caching, is_same
from timeline.api.looks import Looks
from timeline.api.negotiating import EVENTS, GRAPHQL, JSON, preferred, wants_a_page
from timeline.api.operations import Operation, Operations, execute
from timeline.api.payloads import HttpRefusal, asks, body_of, from_query, parse_json
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.errors import BadInput
from timeline.execution import Answer
from timeline.timelines import Timelines

_STATUS = {"FORBIDDEN": 403, "NOT_FOUND": 404}


class GraphQLView:
    """`max_body` is in bytes. `queries_by_get`: whether GET may carry the text of a query; an id it always may."""

    def __init__(
        self,
        schema: Schema,
        operations: Operations,
        timelines: Timelines,
        caching: Caching,
        answers: Answers,
        *,
        max_body: int,
        ide: Callable[[HttpRequest], Response] | None,
        queries_by_get: bool = True,
    ) -> None:
        self._schema = schema
        self._operations = operations
        self._timelines = timelines
        self._caching = caching
        self._answers = answers
        self._looks = Looks(timelines)
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
        sent = await self._sent(scope, receive)
        return None if sent is None else self._read(scope["method"], sent)

    async def _sent(self, scope: Scope, receive: Receive) -> bytes | None:
        match scope["method"]:
            case "GET":
                return scope["query_string"]  # type: ignore[no-any-return]
            case "POST":
                return await body_of(scope, receive, self._max_body)
        raise HttpRefusal(405, "An operation has to come by GET or by POST", allow="GET, POST")

    def _read(self, method: str, sent: bytes) -> Operation:
        payload = from_query(sent) if method == "GET" else parse_json(sent)
        if method == "GET" and "query" in payload and not self._queries_by_get:
            raise HttpRefusal(405, "By GET only a trusted document may be asked, by its documentId", allow="POST")
        try:
            operation = self._operations.of(payload)
        except BadInput as bad:
            raise HttpRefusal(400, bad.message) from None
        if method == "GET" and operation.type is OperationType.MUTATION:
            raise HttpRefusal(405, "A mutation has to come by POST", allow="POST")
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
            raise HttpRefusal(406, f"An answer can be {GRAPHQL}, {JSON} or {EVENTS}: accept one of these")
        sent = await self._sent(scope, receive)
        if sent is None:
            return None
        key = Key(scope["method"], media_type, sent)
        asked, operation = self._answers.asked(key), None
        if asked is None:
            operation = self._read(key.method, sent)
            if operation.type is OperationType.SUBSCRIPTION:
                raise HttpRefusal(400, f"A subscription is followed over a WebSocket, or by accepting {EVENTS}")
            if operation.type is not OperationType.QUERY:
                return _response(await self._answer(operation), operation, media_type, NOT_KEPT)
            asked = Asked(key, operation)
            self._answers.keep(asked)
        make = partial(self._made, asked, operation)
        return await self._response(asked, make, headers.get("if-none-match", ""))

    async def _response(
        self, asked: Asked, make: Callable[[Marks | None], Awaitable[Made]], if_none_match: str
    ) -> Response:
        if asked.waits or (asked.key.method == "POST" and not self._answers.most):
            return (await make(None)).response
        marks = await self._looks.at(asked.slugs)
        if marks is None:
            self._answers.forget()
            return (await make(None)).response
        if asked.key.method == "GET" and if_none_match:
            tagged = self._caching.tagged(asked, marks)
            if is_same(tagged, if_none_match):
                return tagged.unchanged
        return await self._answers.response(asked, marks, partial(make, marks))

    async def _made(self, asked: Asked, operation: Operation | None, marks: Marks | None) -> Made:
        """The answer as it is now; `marks` are what was seen before, None if that is not known or of no use.

        It has a tag only if nothing was recorded meanwhile: else it may be of another basis than the tag says.
        """
        operation, media_type = operation or self._read(asked.key.method, asked.key.sent), asked.key.media_type
        answer = await self._answer(operation)
        stands = marks is not None and not answer.errors
        headers: Mapping[str, str] | None = None
        if asked.key.method == "GET":
            headers = NOT_KEPT
            if stands and marks is not None:
                stands = await self._looks.at(asked.slugs) == marks
                headers = self._caching.tagged(asked, marks).headers if stands else ASK_AGAIN
        return Made(_response(answer, operation, media_type, headers), stands)

    async def _answer(self, operation: Operation) -> Answer:
        return await execute(self._schema, operation, Request(self._timelines))


def _response(
    answer: Answer, operation: Operation, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = answer.body()
    status = 200
    if answer.refused and (operation.is_malformed or media_type == GRAPHQL):
        status = _STATUS.get(body["errors"][0]["extensions"]["code"], 400) if operation.is_malformed else 400
    return Response(orjson.dumps(body), status, headers, f"{media_type}; charset=utf-8")
