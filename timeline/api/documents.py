"""Documents that were parsed and found valid before, by their text: both cost more than most answers do."""

from collections import OrderedDict
from collections.abc import Iterator

from graphql import DocumentNode, GraphQLError
from strawberry.extensions import SchemaExtension


class Documents:
    """The documents used last; at most `limit` of them, each of at most `longest` characters."""

    def __init__(self, limit: int = 500, longest: int = 20_000) -> None:
        self._limit = limit
        self._longest = longest
        self._valid: OrderedDict[str, DocumentNode] = OrderedDict()

    def get(self, text: str) -> DocumentNode | None:
        if (found := self._valid.get(text)) is not None:
            self._valid.move_to_end(text)
        return found

    def keep(self, text: str, document: DocumentNode) -> None:
        if len(text) <= self._longest:
            self._valid[text] = document
            if len(self._valid) > self._limit:
                self._valid.popitem(last=False)


class DocumentCache(SchemaExtension):
    """Hands Strawberry what `documents` holds, and keeps what it found valid. Its own caches hash whole documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: DocumentNode | None = None

    def on_parse(self) -> Iterator[None]:
        if self.execution_context.query:
            self._known = self._documents.get(self.execution_context.query)
        if self._known is not None:
            self.execution_context.graphql_document = self._known
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
            self._documents.keep(context.query, context.graphql_document)
