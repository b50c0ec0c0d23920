"""Documents that were parsed and found valid before, by their text: both cost more than most answers do."""

from collections import OrderedDict
from typing import Generic, TypeVar

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from timeline.execution.plan import Plan
from timeline.execution.resolvers import ResolverOf


class Document:
    """A valid document, and a plan for each of its operations that was asked for."""

    def __init__(
        self, schema: GraphQLSchema, ast: DocumentNode, resolver_of: ResolverOf, *, hide_suggestions: bool = False
    ) -> None:
        self.ast = ast
        self._hide_suggestions = hide_suggestions
        self._schema = schema
        self._resolver_of = resolver_of
        self._operations = [each for each in ast.definitions if isinstance(each, OperationDefinitionNode)]
        self._plans: dict[int, Plan] = {}

    @property
    def has_several(self) -> bool:
        return len(self._operations) > 1

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The one of that name; the first if no name is given."""
        for operation in self._operations:
            if name is None or (operation.name and operation.name.value == name):
                return operation
        return None

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        plan = self._plans.get(id(operation))
        if plan is None:
            plan = Plan(self._schema, self.ast, operation, self._resolver_of, hide_suggestions=self._hide_suggestions)
            self._plans[id(operation)] = plan
        return plan


D = TypeVar("D", bound=Document)


class Documents(Generic[D]):
    """The documents used last; at most `limit` of them, each of at most `longest` characters."""

    def __init__(self, limit: int = 500, longest: int = 20_000) -> None:
        self._limit = limit
        self._longest = longest
        self._valid: OrderedDict[str, D] = OrderedDict()

    def get(self, text: str) -> D | None:
        if (found := self._valid.get(text)) is not None:
            self._valid.move_to_end(text)
        return found

    def keep(self, text: str, document: D) -> None:
        if len(text) <= self._longest:
            self._valid[text] = document
            if len(self._valid) > self._limit:
                self._valid.popitem(last=False)
