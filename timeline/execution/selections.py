"""What an operation asks for at one place of the answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)

from timeline.execution.arguments import Arguments
from timeline.execution.collect import Mention
from timeline.execution.conditions import NEVER, Condition
from timeline.execution.fields import Field
from timeline.execution.resolvers import Leaf
from timeline.execution.shapes import Shape
from timeline.execution.state import State

if TYPE_CHECKING:
    from timeline.execution.plan import Plan


class Selection:
    """Of values of the type `of`. `path` leads there from the root, without list indices."""

    def __init__(
        self,
        plan: "Plan",
        of: GraphQLNamedType,
        path: tuple[str, ...],
        selections: Sequence[tuple[SelectionSetNode, Condition]],
    ) -> None:
        self._plan = plan
        self._of = of
        self._path = path
        self._selections = selections
        self._reached: Field | None = None  # by this field, or by others like it
        self._shapes: dict[str, Shape] = {}
        self._children: dict[tuple[Any, ...], Selection] = {}

    def shape(self, type_: GraphQLObjectType) -> Shape:
        """What is asked of one object type. Made when it is first needed: what never occurs costs nothing."""
        with self._plan.lock:
            if type_.name not in self._shapes:
                tracked = not is_object_type(self._of)
                self._shapes[type_.name] = Shape(self._plan, type_, self.fields(type_), self._reached, tracked=tracked)
            return self._shapes[type_.name]

    def stand_in(self) -> GraphQLObjectType | None:
        """One of the possible types, if rows are the same whichever it is and `total` says that it is one of them."""
        of = self._of
        if not is_abstract_type(of) or not getattr(of.resolve_type, "is_total", False):
            return None
        types = self._plan.schema.get_possible_types(of)
        with self._plan.lock:
            row = self._row(types[0]) if types else None
            return types[0] if row is not None and all(self._row(each) == row for each in types[1:]) else None

    def _row(self, type_: GraphQLObjectType) -> list[tuple[object, ...]] | None:
        """All that decides what a row of a type is; None if the type itself does."""
        if type_.is_type_of is not None:
            return None
        row: list[tuple[object, ...]] = []
        for node, when in self._plan.collector.fields(self._selections, type_):
            name = node.name.value
            definition = self._plan.schema.get_field(type_, name)
            assert definition is not None
            if name == "__typename":
                return None
            resolver = self._plan.resolver(type_, name, definition)
            read = resolver.read if isinstance(resolver, Leaf) else resolver.resolve
            row.append((id(node), when, str(definition.type), read, Arguments.signature(definition, node)))
        return row

    def builder_name(self, type_: GraphQLObjectType) -> str:
        """Where generated code finds what makes a row of a value of that type."""
        name = f"b{id(self)}{type_.name}"

        def build(value: Any, state: State) -> Any:
            made = self.shape(type_).build
            self._plan.source.bind(name, made)
            return made(value, state)

        self._plan.source.bind(name, build)
        return name

    def fields(self, type_: GraphQLObjectType) -> list[tuple[Field, Condition]]:
        """In the order of the answer: a field as often as one of its mentions may be the first, with when it is."""
        mentions: dict[str, list[Mention]] = {}
        placed: list[tuple[str, Condition]] = []
        for mention in self._plan.collector.fields(self._selections, type_):
            before = mentions.setdefault(mention.key, [])
            placed.append((mention.key, self._plan.conditions.without(mention.when, [each.when for each in before])))
            before.append(mention)
        made = {key: self._field(type_, key, found) for key, found in mentions.items()}
        return [(made[key], when) for key, when in placed if when != NEVER]

    def _field(self, type_: GraphQLObjectType, key: str, mentions: list[Mention]) -> Field:
        name = mentions[0].node.name.value
        definition = self._plan.schema.get_field(type_, name)
        assert definition is not None
        path = (*self._path, key)
        of, child = get_named_type(definition.type), None
        if is_composite_type(of):
            same = (of, *((id(each.node), each.when) for each in mentions))
            child = self._children.get(same)
            if child is None:
                inner = [(each.node.selection_set, each.when) for each in mentions if each.node.selection_set]
                child = self._children[same] = Selection(self._plan, of, path, inner)
        field = Field(type_, path, definition, self._plan.resolver(type_, name, definition), mentions, child)
        if child is not None:
            child._reached = child._reached or field
        return field
