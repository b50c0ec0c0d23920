"""What has to be known of an operation before it is compiled, in one pass that is linear in the document."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
)

from timeline.execution.resolvers import Batch, Resolver

MAX_FIELDS: Final = 20_000  # of an operation with its fragments spread; a plan may come to hold that many


class Scan:
    """`long`: a field asks not to be run on an event loop's thread. `switches`: the variables of @skip and @include.

    `unfit`: an operation for graphql-core: introspection, or more fields than a plan should hold.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        resolver: Callable[[GraphQLObjectType, str, GraphQLField], Resolver],
    ) -> None:
        self.long = False
        self.unfit = False
        self.switches: set[str] = set()
        self._schema = schema
        self._fragments = fragments
        self._resolver = resolver
        self._sizes: dict[str, int] = {}

    def operation(self, selection: SelectionSetNode, root: GraphQLObjectType) -> None:
        self.unfit = self._size(selection, root) > MAX_FIELDS or self.unfit

    def _size(self, selection: SelectionSetNode, parent: GraphQLNamedType) -> int:
        """How many fields it has, each fragment as often as it is spread."""
        size = 0
        for node in selection.selections:
            for directive in node.directives or ():
                if directive.name.value in ("skip", "include"):
                    self.switches.update(
                        each.value.name.value
                        for each in directive.arguments or ()
                        if isinstance(each.value, VariableNode)
                    )
            match node:
                case FieldNode():
                    size += 1 + self._field(node, parent)
                case InlineFragmentNode():
                    size += self._size(node.selection_set, self._type(node, parent))
                case FragmentSpreadNode():
                    name = node.name.value
                    if name not in self._sizes:
                        fragment = self._fragments[name]
                        self._sizes[name] = self._size(fragment.selection_set, self._type(fragment, parent))
                    size += self._sizes[name]
        return size

    def _field(self, node: FieldNode, parent: Any) -> int:
        name = node.name.value
        if name in ("__schema", "__type"):
            self.unfit = True
        definition = self._schema.get_field(parent, name)
        if definition is None or name.startswith("__"):
            return 0
        for type_ in self._schema.get_possible_types(parent) if is_abstract_type(parent) else (parent,):
            resolver = self._resolver(type_, name, type_.fields[name])
            self.long = self.long or (isinstance(resolver, Batch) and resolver.long)
        return self._size(node.selection_set, get_named_type(definition.type)) if node.selection_set else 0

    def _type(self, node: InlineFragmentNode | FragmentDefinitionNode, parent: GraphQLNamedType) -> GraphQLNamedType:
        if node.type_condition is None:
            return parent
        named = self._schema.get_type(node.type_condition.name.value)
        assert named is not None
        return named
