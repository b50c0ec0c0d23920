"""One operation as a client sends it, over whichever transport, and its execution."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Self

import orjson
from graphql import DocumentNode, GraphQLError, OperationType, VariableNode, get_operation_ast, parse
from graphql.language import SKIP, FieldNode, OperationDefinitionNode, VariableDefinitionNode, Visitor, visit
from strawberry.exceptions import MissingQueryError
from strawberry.http import process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError

from timeline.api.request import Request
from timeline.api.schema import MAX_TOKENS, Schema
from timeline.errors import BadInput

_PLACE = ("after", "afterPosition")
_LONGEST = 20_000  # characters of an operation whose outline is kept


@dataclass(frozen=True)
class Operation:
    """What a client asks for. BAD_INPUT from `of` if it is not well-formed."""

    query: str
    variables: Mapping[str, Any]
    name: str | None
    extensions: Mapping[str, Any] | None

    @classmethod
    def of(cls, payload: object) -> Self:
        if not isinstance(payload, dict) or not isinstance(query := payload.get("query"), str):
            raise BadInput("an operation is an object with a query, a text")
        for key, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
            if not isinstance(payload.get(key), kind | None):
                raise BadInput(f"{key} of an operation is {'an object' if kind is dict else 'a text'}")
        return cls(query, payload.get("variables") or {}, payload.get("operationName"), payload.get("extensions"))

    @property
    def type(self) -> OperationType | None:
        """None if that cannot be told: executing it says why."""
        return _outline(self.query, self.name).type

    @property
    def shared(self) -> bytes:
        """The same for operations that differ in nothing but the place that they begin at."""
        places = _outline(self.query, self.name).places
        rest = {name: value for name, value in self.variables.items() if name not in places}
        return _digest(self.query, self.name, rest, self.extensions)

    @property
    def own(self) -> bytes:
        return _digest(self.query, self.name, self.variables, self.extensions)


def _digest(*parts: Any) -> bytes:
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


class _Outline(NamedTuple):
    """`places`: variables that say where a subscription begins, and nothing else."""

    type: OperationType | None
    places: frozenset[str]


def _outline(query: str, name: str | None) -> _Outline:
    return (_kept_outline if len(query) <= _LONGEST else _new_outline)(query, name)


def _new_outline(query: str, name: str | None) -> _Outline:
    try:
        document = parse(query, no_location=True, max_tokens=MAX_TOKENS)
    except GraphQLError:
        return _Outline(None, frozenset())
    operation = get_operation_ast(document, name)
    if operation is None:
        return _Outline(None, frozenset())
    return _Outline(operation.operation, _places(document, operation))


_kept_outline = lru_cache(maxsize=500)(_new_outline)


def _places(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    fields = [field for field in operation.selection_set.selections if isinstance(field, FieldNode)]
    arguments = [each for field in fields for each in field.arguments or () if each.name.value in _PLACE]
    at_places = Counter(each.value.name.value for each in arguments if isinstance(each.value, VariableNode))
    uses = _Uses()
    visit(document, uses)
    return frozenset(name for name, count in at_places.items() if uses.count[name] == count)


class _Uses(Visitor):
    """Counts how often each variable is used."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.count[node.name.value] += 1


async def execute(schema: Schema, operation: Operation, request: Request) -> Mapping[str, Any]:
    """The answer as GraphQL has it: data, errors. Of a subscription, the batch that `request`, a `Step`, asks for."""
    try:
        result = await schema.execute(
            operation.query,
            variable_values=dict(operation.variables),
            context_value=request,
            operation_name=operation.name,
            operation_extensions=None if operation.extensions is None else dict(operation.extensions),
        )
    except MissingQueryError:
        return _refused("No GraphQL query found in the request")
    except CannotGetOperationTypeError as error:
        return _refused(error.as_http_error_reason())
    return process_result(result)


def _refused(message: str) -> Mapping[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": "BAD_INPUT"}}]}
