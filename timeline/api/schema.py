"""The schema for a registry of kinds, and what of an error may be told."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_object_type,
    lexicographic_sort_schema,
    parse,
    print_schema,
    specified_rules,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Allowed

from timeline.api.documents import DocumentCache
from timeline.api.entity_types import entity_types
from timeline.api.events import event_types
from timeline.api.mutation import mutation_type
from timeline.api.query import query_type
from timeline.api.reading import resolvers
from timeline.api.records import RECORD_TYPES
from timeline.api.request import Request
from timeline.api.scalars import SCALARS
from timeline.api.subscription import Subscription
from timeline.api.timeline import KINDS_OF_TIMELINE, timeline_kinds
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError, Unavailable
from timeline.execution import Answer, Document, Documents, Plan

MAX_TOKENS = 5_000

logger = logging.getLogger(__name__)


class Schema(strawberry.Schema):
    """Answers by plans, with errors that carry a code, and that say nothing of what is internal."""

    def __init__(self, **options: Any) -> None:
        self.documents = Documents()
        super().__init__(**options, extensions=[lambda: MaxTokensLimiter(MAX_TOKENS), lambda: DocumentCache(self)])
        self.resolver_of = resolvers(self)
        for type_ in self._schema.type_map.values():
            if is_object_type(type_):
                type_.is_type_of = None  # `Node.resolve_type` has said which it is

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Request | None = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[Allowed] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Raises what Strawberry raises where there is no such operation, or none that may be executed here."""
        assert context_value is not None
        try:
            plan = self.plan(query, operation_name, allowed_operation_types or Allowed)
            if isinstance(plan, list):
                return PreExecutionError(None, [told(error) for error in plan])
            run = context_value.runner(long=plan.long)
            answer = await plan.execute(root_value, context_value, variable_values, run)
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            raise
        except Exception as error:  # noqa: BLE001
            return PreExecutionError(None, [told(GraphQLError(str(error), original_error=error))])
        return ExecutionResult(answer.data, [told(error) for error in answer.errors] or None)

    def plan(
        self, query: str | None, operation_name: str | None = None, allowed: Iterable[Allowed] = Allowed
    ) -> Plan | list[GraphQLError]:
        """The plan of an operation, or what is wrong with its document. Raises the same as `execute`."""
        if not query:
            raise MissingQueryError
        try:
            document = self.documents.get(query) or self.document(parse(query, max_tokens=MAX_TOKENS))
        except GraphQLError as error:
            return [error]
        operation = document.operation(operation_name)
        if operation is None:
            raise CannotGetOperationTypeError(operation_name)
        if Allowed(operation.operation.value) not in allowed:
            raise InvalidOperationTypeError(Allowed(operation.operation.value))
        if not operation_name and document.has_several:
            return [GraphQLError("operationName says which of several operations is meant")]
        return self._faults(query, document) or document.plan(operation)

    def deliver(self, plan: Plan, event: Any, request: Request, variables: dict[str, Any] | None = None) -> bytes:
        """The answer to one event of a subscription as JSON. Blocks while it reads."""
        answer = request.in_one_go(lambda: plan.execute_event(event, request, variables))
        return Answer(answer.data, [told(error) for error in answer.errors]).json()

    async def execute_by_reference(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """The same by graphql-core, a resolver for each field."""
        result = await super().execute(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        return result

    def document(self, ast: DocumentNode) -> Document:
        return Document(self._schema, ast, self.resolver_of)

    def _faults(self, text: str, document: Document) -> list[GraphQLError]:
        """What is wrong with a document that was not found valid before; one that is valid is kept."""
        if self.documents.get(text) is document:
            return []
        errors = validate_document(self._schema, document.ast, tuple(specified_rules))
        if not errors:
            self.documents.keep(text, document)
        return errors

    def process_errors(self, errors: Sequence[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """`told` logs what is ours; what is the caller's is in the answer."""


def told(error: GraphQLError) -> GraphQLError:
    """The error as callers may see it: a code of the tree in `timeline.errors`, or INTERNAL, an id and no detail."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, TimelineError):
        extensions: dict[str, Any] = {"code": cause.code}
        if cause.path:
            extensions["path"] = list(cause.path)
        return _retold(error, error.message, extensions)
    if cause is not None and _is_away(cause):
        logger.error("the database does not answer", exc_info=cause)
        return _retold(error, "The database does not answer: try again", {"code": Unavailable.code})
    if cause is None:
        return _retold(error, error.message, {"code": "BAD_INPUT"})
    incident = str(uuid4())
    logger.error("internal error %s", incident, exc_info=cause)
    return _retold(error, "Something went wrong on the server", {"code": "INTERNAL", "id": incident})


def _is_away(cause: Exception) -> bool:
    """Whether there was no connection to be had, or it was lost on the way."""
    if isinstance(cause, DBAPIError):
        return cause.connection_invalidated or (isinstance(cause, OperationalError) and cause.statement is None)
    return isinstance(cause, PoolTimeout)


def _retold(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, None, extensions)


def schema_for(kinds: Kinds) -> Schema:
    entities = entity_types(kinds)
    events = event_types(kinds, entities)
    schema = Schema(
        query=query_type(kinds),
        mutation=mutation_type(kinds),
        subscription=Subscription,
        types=[*entities.values(), *events, *RECORD_TYPES, *([timeline_kinds(kinds, entities)] if entities else [])],
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
    if entities:
        _move_fields(schema._schema, KINDS_OF_TIMELINE, "Timeline")  # noqa: SLF001  Strawberry has no name for it
    return schema


def _move_fields(schema: GraphQLSchema, source: str, target: str) -> None:
    """Give one type the fields of another, which is gone afterwards."""
    moved = schema.type_map.pop(source)
    assert isinstance(moved, GraphQLObjectType)
    schema.type_map[target].fields.update(moved.fields)  # type: ignore[attr-defined]


def export(schema: Schema) -> str:
    """The schema in the schema definition language, sorted, so that two exports differ only where the schemas do."""
    # Strawberry's own sorting replaces its enum types, which then refuse their members as defaults.
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
