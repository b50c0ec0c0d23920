"""One operation as a client sends it, over whichever transport, and its execution."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError

from timeline.api.places import places_in
from timeline.api.request import Request
from timeline.api.schema import Schema
from timeline.api.telling import told
from timeline.api.trusted import Trusted
from timeline.errors import BadInput, Forbidden, NotFound
from timeline.execution import Answer, Plan


@dataclass(frozen=True)
class Operation:
    """What a client asks for: its plan, or what is wrong with it.

    `is_malformed`: what is wrong is not in the document, but that there is none, or no such operation in it.
    """

    query: str
    variables: Mapping[str, Any]
    name: str | None
    extensions: Mapping[str, Any] | None
    plan: Plan | list[GraphQLError]
    is_malformed: bool = False

    @property
    def type(self) -> OperationType | None:
        """None if there is no plan: executing it says why."""
        return self.plan.operation.operation if isinstance(self.plan, Plan) else None

    @property
    def shared(self) -> bytes:
        """The same for operations that differ in nothing but the place that they begin at."""
        places = places_in(self.plan) if isinstance(self.plan, Plan) else ()
        rest = {name: value for name, value in self.variables.items() if name not in places}
        return _digest(self.query, self.name, rest, self.extensions)

    @property
    def own(self) -> bytes:
        return _digest(self.query, self.name, self.variables, self.extensions)


def _digest(*parts: Any) -> bytes:
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


class Operations:
    """What may be asked of a schema."""

    def __init__(self, schema: Schema, trusted: Trusted | None = None) -> None:
        self._schema = schema
        self._trusted = trusted or Trusted()
        self._allowed = frozenset(self._trusted.texts.values())

    def of(self, payload: object) -> Operation:
        """BAD_INPUT if it is not well-formed."""
        if not isinstance(payload, dict):
            raise BadInput("an operation has to be an object whose query is a text")
        for key, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
            if not isinstance(payload.get(key), kind | None):
                raise BadInput(f"{key} of an operation has to be {'an object' if kind is dict else 'a text'}")
        variables, name = payload.get("variables") or {}, payload.get("operationName")
        extensions = payload.get("extensions")
        text = ""
        plan: Plan | list[GraphQLError]
        try:
            text = self._text(payload, extensions or {})
            plan = self._schema.plan(text, name, variables)
        except CannotGetOperationTypeError as error:
            plan, is_malformed = [GraphQLError(error.as_http_error_reason())], True
        except MissingQueryError:
            plan, is_malformed = [GraphQLError("No GraphQL query found in the request")], True
        except (Forbidden, NotFound) as error:
            plan, is_malformed = [GraphQLError(str(error), original_error=error)], True
        else:
            is_malformed = False
        return Operation(text, variables, name, extensions, plan, is_malformed)

    def _text(self, payload: Mapping[str, Any], extensions: Mapping[str, Any]) -> str:
        """The document. NOT_FOUND if no trusted one has its id, FORBIDDEN if it would have to be one."""
        query, given = payload.get("query"), payload.get("documentId")
        if query is None and given is None:
            given = _apollo_id(extensions)
        if given is None:
            if not isinstance(query, str):
                raise BadInput("an operation needs a query, which is a text, or a documentId")
            if self._trusted.only and query not in self._allowed:
                raise Forbidden("only trusted documents may be asked here, by their documentId")
            return query
        if query is not None:
            raise BadInput("an operation can have a query or a documentId, not both")
        if not isinstance(given, str):
            raise BadInput("a documentId has to be a text")
        if given not in self._trusted.texts:
            raise NotFound(f"there is no trusted document {given[:100]!r}")
        return self._trusted.texts[given]


def _apollo_id(extensions: Mapping[str, Any]) -> Any:
    """Where Apollo Client and urql have it."""
    persisted = extensions.get("persistedQuery")
    return persisted.get("sha256Hash") if isinstance(persisted, dict) else None


async def execute(schema: Schema, operation: Operation, request: Request) -> Answer:
    """Of a subscription, the batch that `request`, a `Step`, asks for."""
    if isinstance(operation.plan, list):
        return Answer(None, [told(error) for error in operation.plan], refused=True)
    return await schema.run(operation.plan, operation.variables, request)
