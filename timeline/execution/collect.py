"""Which fields a selection asks of an object type, fragments spread and equal response keys side by side."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    is_abstract_type,
)

from timeline.execution.conditions import NEVER, Condition, Conditions


class Mention(NamedTuple):
    """A field where the document asks for it. What is mentioned twice under one key is one field of the answer."""

    node: FieldNode
    when: Condition

    @property
    def key(self) -> str:
        return (self.node.alias or self.node.name).value


class Collector:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], conditions: Conditions
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._conditions = conditions

    def fields(
        self, selections: Iterable[tuple[SelectionSetNode, Condition]], type_: GraphQLObjectType
    ) -> list[Mention]:
        """In the order of the document, which is the order of the answer."""
        spread: dict[str, list[Condition]] = {}
        return [mention for selection, when in selections for mention in self._walk(selection, when, type_, spread)]

    def _walk(
        self,
        selection: SelectionSetNode,
        within: Condition,
        type_: GraphQLObjectType,
        spread: dict[str, list[Condition]],
    ) -> Iterator[Mention]:
        for node in selection.selections:
            assert isinstance(node, FieldNode | InlineFragmentNode | FragmentSpreadNode)
            when = self._conditions.of(node, within)
            if when == NEVER:
                continue
            if isinstance(node, FieldNode):
                yield Mention(node, when)
            elif isinstance(node, InlineFragmentNode):
                if self._is_about(node.type_condition, type_):
                    yield from self._walk(node.selection_set, when, type_, spread)
            else:
                name = node.name.value
                fragment = self._fragments[name]
                if self._is_about(fragment.type_condition, type_):
                    # A fragment counts where it is spread first, and not again.
                    before = spread.setdefault(name, [])
                    first = self._conditions.without(when, before)
                    if first != NEVER:
                        before.append(when)
                        yield from self._walk(fragment.selection_set, first, type_, spread)

    def _is_about(self, condition: NamedTypeNode | None, type_: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        named = self._schema.get_type(condition.name.value)
        return is_abstract_type(named) and self._schema.is_sub_type(named, type_)
