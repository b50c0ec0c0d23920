"""The fields of a plan, and how a value becomes what the answer holds where it is not what it mostly is."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import inspect, is_iterable

from timeline.execution.abstract import Chooser
from timeline.execution.collect import Mention
from timeline.execution.resolvers import Leaf, Resolver
from timeline.execution.source import Source, expression
from timeline.execution.state import State

if TYPE_CHECKING:
    from timeline.execution.batches import Site
    from timeline.execution.selections import Selection


class Field:
    """A field of one object type under one response key, with all its mentions in the document.

    `selection` is what is asked of it, if it has fields of its own. `path` has no list indices in it.
    """

    def __init__(
        self,
        parent: GraphQLObjectType,
        path: tuple[str, ...],
        definition: GraphQLField,
        resolver: Resolver,
        mentions: Sequence[Mention],
        selection: "Selection | None",
    ) -> None:
        self.parent = parent
        self.path = path
        self.key = path[-1]
        self.name = mentions[0].node.name.value
        self.is_typename = self.name == "__typename"
        self.definition = definition
        self.type: GraphQLOutputType = definition.type
        self.resolver = resolver
        self.mentions = mentions
        self.selection = selection
        self.site: Site | None = None  # of a field that is read in batches
        self.always = any(mention.when is None for mention in mentions)
        self._build: Callable[[Any, State], Any] | None = None
        self._fill: Callable[[Sequence[Any], Sequence[Any], State], None] | None = None
        named = get_named_type(self.type)
        self.of = named if is_composite_type(named) else None

    def nodes(self, state: State) -> list[FieldNode]:
        return [each.node for each in self.mentions if each.when is None or state.applies[each.when]]

    def applies(self, state: State) -> bool:
        return self.always or any(state.applies[each.when] for each in self.mentions if each.when is not None)

    def position(self, type_: GraphQLOutputType, value: Any, state: State) -> Any:
        """A value completed exactly, or a `Failure` in its place."""
        try:
            return self._completed(type_, value, state)
        except Exception as error:  # noqa: BLE001
            return state.fail(error)

    def read(self, parent: Any, state: State) -> Any:
        """The same, read from its parent; for what is read in batches, nothing yet."""
        if self in state.given:
            return self.position(self.type, state.given[self], state)
        if self.is_typename:
            return self.parent.name
        if not isinstance(self.resolver, Leaf):
            return None
        try:
            value = self.resolver.read(parent)
        except Exception as error:  # noqa: BLE001
            return state.fail(error)
        return self.position(self.type, value, state)

    def fill(self, results: Sequence[Any], rows: Sequence[dict[str, Any]], state: State) -> None:
        """Complete what a batch found, each in its parent's row."""
        if self._fill is None:
            with state.plan.lock:
                self._fill = self._made_fill(state.plan.source)
        self._fill(results, rows, state)

    def builder_name(self, source: Source) -> str:
        """Where generated code finds what makes the row of a value."""
        assert self.selection is not None
        return self.selection.builder_name(self.of) if is_object_type(self.of) else source.name(self._builder())

    def _builder(self) -> Callable[[Any, State], Any]:
        assert self.selection is not None
        if self._build is None:
            if is_object_type(self.of):
                self._build = self.selection.shape(self.of).build
            elif (type_ := self.selection.stand_in()) is not None:
                self._build = self.selection.shape(type_).build
            else:
                self._build = Chooser(self, self.selection)
        return self._build

    def _completed(self, type_: GraphQLOutputType, value: Any, state: State) -> Any:
        if isinstance(value, Exception):
            return state.fail(value)
        if is_non_null_type(type_):
            completed = self._completed(type_.of_type, value, state)
            if completed is None:
                raise TypeError(f"Cannot return null for non-nullable field {self.parent}.{self.name}.")
            return completed
        if value is None or value is Undefined:
            return None
        if is_list_type(type_):
            if not is_iterable(value):
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{self.parent}.{self.name}'.")
            return [self.position(type_.of_type, item, state) for item in value]
        if is_leaf_type(type_):
            made = type_.coerce_output_value(value)
            if made is None or made is Undefined:
                call = f"{type_}.coerce_output_value({inspect(value)})"
                raise TypeError(f"Expected `{call}` to return non-nullable value, returned: {inspect(made)}")
            return made
        return self._builder()(value, state)

    def _made_fill(self, source: Source) -> Callable[..., Any]:
        exact = source.name(self)
        return source.define(
            f"fill{exact}",
            [
                f"def fill{exact}(results, rows, s):",
                "  for v, row in zip(results, rows):",
                "    try:",
                f"      row[{self.key!r}] = {expression(source, self, self.type, 'v', 'v')}",
                "    except Exception:",
                f"      row[{self.key!r}] = {exact}.position({exact}.type, v, s)",
            ],
        )
