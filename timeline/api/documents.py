"""Documents as they are kept: with what they cost, and with what caches and subscriptions have to know of them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from timeline.api.costs import Cost
from timeline.api.measuring import Measuring, QueryLimits, check_cost
from timeline.execution import Document, ResolverOf

if TYPE_CHECKING:
    from timeline.api.schema import Schema


class Question(Document):
    """`measure` and `check_cost` raise TOO_COSTLY."""

    def __init__(
        self,
        schema: GraphQLSchema,
        ast: DocumentNode,
        resolver_of: ResolverOf,
        limits: QueryLimits,
        *,
        hide_suggestions: bool,
    ) -> None:
        super().__init__(schema, ast, resolver_of, hide_suggestions=hide_suggestions)
        self._limits = limits
        self._measuring = Measuring(schema, ast, limits)

    def measure(self) -> None:
        self._measuring.check()

    def check_cost(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        cost, defaults = self._costs[id(operation)]
        check_cost(cost, defaults, variables, self._limits.cost)

    @cached_property
    def _costs(self) -> dict[int, tuple[Cost, dict[str, Any]]]:
        return self._measuring.costs()


class DocumentCache(SchemaExtension):
    """For Strawberry's own way of executing them: hands it what `schema.documents` holds, keeps what it found valid.

    Its own caches hash whole documents.
    """

    def __init__(self, schema: "Schema") -> None:
        self._schema = schema
        self._known: Question | None = None

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
            self._schema.documents.keep(context.query, self._schema.question(context.graphql_document))
