"""Documents that were found valid before, for Strawberry's own way of executing them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from timeline.execution import Document

if TYPE_CHECKING:
    from timeline.api.schema import Schema


class DocumentCache(SchemaExtension):
    """Hands Strawberry what `schema.documents` holds, and keeps what it found valid.

    Strawberry's own caches hash whole documents.
    """

    def __init__(self, schema: "Schema") -> None:
        self._schema = schema
        self._known: Document | None = None

    def on_parse(self) -> Iterator[None]:
        if self.execution_context.query:
            self._known = self._schema.documents.get(self.execution_context.query)
        if self._known is not None:
            self.execution_context.graphql_document = self._known.ast
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if self._known is not None:
            context.pre_execution_errors = []
        if context.graphql_document and not context._provided_operation_name:  # noqa: SLF001
            operations = [each for each in context.graphql_document.definitions if each.kind == "operation_definition"]
            if len(operations) > 1:  # Strawberry would take the first
                context.pre_execution_errors = [GraphQLError("operationName says which of several operations is meant")]
        yield
        if self._known is None and context.query and context.graphql_document and not context.pre_execution_errors:
            self._schema.documents.keep(context.query, self._schema.document(context.graphql_document))
