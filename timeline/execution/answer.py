"""What came of an operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, execute


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is ready for JSON; None when an error nulled all of it, or if it was `refused`: nothing was executed."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    refused: bool = False

    def body(self) -> dict[str, Any]:
        """The answer as GraphQL over HTTP, WebSocket and SSE have it."""
        body: dict[str, Any] = {} if self.refused else {"data": self.data}
        if self.errors:
            body["errors"] = [error.formatted for error in self.errors]
        return body


async def by_reference(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    root: Any,
    context: Any,
    variables: Mapping[str, Any],
) -> Answer:
    """The same operation by graphql-core."""
    result = execute(schema, document, root, context, dict(variables), operation_name)
    if isawaitable(result):
        result = await result
    assert isinstance(result, ExecutionResult)
    return Answer(result.data, result.errors or [])
