"""An operation compiled: what does not depend on variables, context or data is worked out once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from threading import RLock
from typing import Any, Final, TypeAlias

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
)
from graphql.execution.values import VariableValues

from timeline.execution.answer import Answer, by_reference
from timeline.execution.batches import Site
from timeline.execution.collect import Collector
from timeline.execution.conditions import Condition, Conditions
from timeline.execution.fields import Field
from timeline.execution.resolvers import Leaf, Resolver, ResolverOf
from timeline.execution.run import finish, prepare
from timeline.execution.scan import Scan
from timeline.execution.selections import Selection
from timeline.execution.shapes import Shape
from timeline.execution.source import Source
from timeline.execution.state import State

Finish: TypeAlias = Callable[[], tuple[dict[str, Any] | None, list[GraphQLError]]]
Run: TypeAlias = Callable[[Finish], Awaitable[tuple[dict[str, Any] | None, list[GraphQLError]]]]

MAX_ERRORS: Final = 50  # about variables, as graphql-core has it
_TYPENAME: Final = Leaf(lambda _: None)  # never read: the code of a shape has its type's name


class Plan:
    """One operation of a valid document. May be executed any number of times at once, in any threads.

    `long`: a field of it asks not to be run on an event loop's thread. `hide_suggestions`: errors about variables do
    not say what may have been meant.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        resolver_of: ResolverOf,
        *,
        hide_suggestions: bool = False,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.conditions = Conditions()
        self.collector = Collector(schema, self.fragments, self.conditions)
        self.source = Source()
        self.shapes: list[Shape] = []
        self.levels: list[dict[tuple[Any, ...], Site]] = []  # by the length of the path
        self.lock = RLock()  # for whoever adds to the plan
        self._document = document
        self._resolver_of = resolver_of
        self._hide_suggestions = hide_suggestions
        root = schema.get_root_type(operation.operation)
        assert root is not None
        scan = Scan(schema, self.fragments, self.resolver)
        scan.operation(operation.selection_set, root)
        self.long = scan.long
        self._switches = scan.switches
        self._roots = [] if scan.unfit else self._root_shapes(root)

    async def execute(
        self,
        root: Any = None,
        context: Any = None,
        variables: Mapping[str, Any] | None = None,
        run: Run | None = None,
    ) -> Answer:
        """Run the operation. What is no coroutine is run in one go, by `run` if given: in another thread, say."""
        coerced = self._coerced(variables)
        if isinstance(coerced, list):
            return Answer(None, coerced, refused=True)
        if self._is_for_reference(coerced):
            return await self.by_reference(root, context, variables)
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for shape in self._roots:
            state = State(self, root, context, coerced, self.conditions.holding(coerced.coerced))
            await prepare(shape, state)
            row, wrong = finish(shape, state) if run is None else await run(lambda: finish(shape, state))  # noqa: B023
            errors += wrong
            if row is None:
                return Answer(None, errors)
            data |= row
        return Answer(data, errors)

    async def by_reference(self, root: Any, context: Any, variables: Mapping[str, Any] | None) -> Answer:
        """The same by graphql-core."""
        name = self.operation.name.value if self.operation.name else None
        return await by_reference(self.schema, self._document, name, root, context, variables or {})

    def resolver(self, type_: GraphQLObjectType, name: str, field: GraphQLField) -> Resolver:
        return _TYPENAME if name == "__typename" else self._resolver_of(type_, name, field)

    def add(self, shape: Shape) -> int:
        """The index of a new shape."""
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def batch(self, shape: Shape, field: Field) -> Site:
        """Where a field that is read in batches meets others like it."""
        depth = len(field.path)
        self.levels += ({} for _ in range(len(self.levels), depth))
        site = self.levels[depth - 1].setdefault(Site.key(field), Site(field))
        site.join(shape, field)
        return site

    def _root_shapes(self, root: GraphQLObjectType) -> list[Shape]:
        """One shape for all fields of the root; for a mutation, whose fields run one after the other, one for each."""
        parts: dict[str, list[tuple[Field, Condition]]] = defaultdict(list)
        selection = Selection(self, root, (), [(self.operation.selection_set, None)])
        for field, when in selection.fields(root):
            parts[field.key if self.operation.operation is OperationType.MUTATION else ""].append((field, when))
        return [Shape(self, root, placed) for placed in parts.values()]

    def _coerced(self, variables: Mapping[str, Any] | None) -> VariableValues | list[GraphQLError]:
        defined = self.operation.variable_definitions or ()
        return get_variable_values(self.schema, defined, dict(variables or {}), MAX_ERRORS, self._hide_suggestions)

    def _is_for_reference(self, variables: VariableValues) -> bool:
        """An operation that is unfit for a plan; or one that graphql-core refuses while it collects fields."""
        return not self._roots or not all(isinstance(variables.coerced.get(name), bool) for name in self._switches)
