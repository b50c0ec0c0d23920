"""What an operation costs: about how many values its answer can have."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    IntValueNode,
    ListValueNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_list_type,
)

from timeline.api.connections import DEFAULT_PAGE, MAX_PAGE

LISTS: Final[Mapping[str, int]] = {
    "histogram": 500,
    "points": 100,
    "series": 50,
}  # taken for the length of lists without pages
LIST: Final = 5  # of any other
_LISTED: Final = ("ids", "refs", "entities")  # arguments that name what is asked for, one by one
_PAGE: Final = ("first", "last", "batch")

Size = int | str  # or the name of a variable that has it


class Cost:
    """A number, and parts that count as often as a variable says."""

    __slots__ = ("fixed", "parts")

    def __init__(self, fixed: int = 0) -> None:
        self.fixed = fixed
        self.parts: list[tuple[Size, Cost]] = []

    def add(self, size: Size, part: "Cost") -> None:
        """`size` times `part`, which does not change any more."""
        if isinstance(size, int) and not part.parts:
            self.fixed += size * part.fixed
        else:
            self.parts.append((size, part))

    def of(self, variables: Mapping[str, Any]) -> int:
        return self.counted(variables, {}) if self.parts else self.fixed

    def counted(self, variables: Mapping[str, Any], known: dict[int, int]) -> int:
        if id(self) not in known:
            known[id(self)] = self.fixed + sum(
                (size if isinstance(size, int) else _size_in(variables.get(size))) * part.counted(variables, known)
                for size, part in self.parts
            )
        return known[id(self)]


def size_of(parent: GraphQLNamedType | None, field: GraphQLField, node: FieldNode) -> Size:
    """How often what is inside a field counts: as many as a page or a list of it may have."""
    given = {each.name.value: each.value for each in node.arguments or () if each.name.value in field.args}
    for name in (*_PAGE, *_LISTED):
        if name in given:
            return _size_given(given[name])
    if any(name in field.args for name in _PAGE):
        return DEFAULT_PAGE
    if not is_list_type(get_nullable_type(field.type)):
        return 1
    if parent is not None and parent.name.endswith("Connection"):
        return 1  # the page was counted where it was asked for
    return LISTS.get(node.name.value, LIST)


def _size_given(value: ValueNode) -> Size:
    match value:
        case IntValueNode():
            return _clamped(int(value.value[:10]))
        case ListValueNode():
            return _clamped(len(value.values))
        case VariableNode():
            return value.name.value
    return DEFAULT_PAGE


def _size_in(value: Any) -> int:
    match value:
        case int():
            return _clamped(value)
        case list():
            return _clamped(len(value))
    return DEFAULT_PAGE


def _clamped(size: int) -> int:
    """No page is larger: who asks for more is refused."""
    return min(max(size, 0), MAX_PAGE)
