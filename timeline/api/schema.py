"""The schema for a registry of kinds, and what of an error may be told."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import strawberry
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    lexicographic_sort_schema,
    print_schema,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from timeline.api.documents import DocumentCache, Documents
from timeline.api.entity_types import entity_types
from timeline.api.events import event_types
from timeline.api.mutation import mutation_type
from timeline.api.query import query_type
from timeline.api.records import RECORD_TYPES
from timeline.api.scalars import SCALARS
from timeline.api.timeline import KINDS_OF_TIMELINE, timeline_kinds
from timeline.domain.kinds import Kinds
from timeline.errors import TimelineError, Unavailable

MAX_TOKENS = 5_000

logger = logging.getLogger(__name__)


class Schema(strawberry.Schema):
    """Answers with errors that carry a code, and that say nothing of what is internal."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        result = await super().execute(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        return result

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
    documents = Documents()
    schema = Schema(
        query=query_type(kinds),
        mutation=mutation_type(kinds),
        types=[*entities.values(), *events, *RECORD_TYPES, timeline_kinds(kinds, entities)],
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
        extensions=[lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS), lambda: DocumentCache(documents)],
    )
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
