"""Which timelines a query reads, and whether it asks only for what was known at some position: from its text alone."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentSpreadNode,
    NullValueNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    value_from_ast_untyped,
)
from graphql.language import Visitor, visit

from timeline.api.ids import NodeId, parse_id
from timeline.api.measuring import defaults_of
from timeline.errors import BadInput
from timeline.execution import Plan

_NOTHING: Final = {"__typename", "__schema", "__type", "kinds", "entityKinds"}  # what no timeline has a part in
_CONSTANT: Final = {"__typename", "id", "slug", "title", "description"}  # of a timeline, whatever is recorded


class Reach:
    """Of a query. What its arguments come to depends on variables, which are given as they were sent."""

    def __init__(self, plan: Plan) -> None:
        self._fragments = plan.fragments
        self._defaults = defaults_of(plan.operation)
        self._everything = False
        self._waits: list[ValueNode] = []
        self._slugs: list[ValueNode] = []
        self._ids: list[ValueNode] = []
        self._known_at: list[ValueNode] = []
        self._is_pinned = True
        for field in self._fields(plan.operation.selection_set):
            self._root(field)
        for part in (plan.operation, *plan.fragments.values()):
            visit(part, _KnownAt(self._known_at))

    def timelines(self, variables: Mapping[str, Any]) -> frozenset[str] | None:
        """Their slugs; None if it may read any."""
        if self._everything:
            return None
        slugs = (str(value) for value in self._values(self._slugs, variables) if isinstance(value, str | int))
        return frozenset({*slugs, *(each.timeline for each in self._nodes(variables))})

    def waits(self, variables: Mapping[str, Any]) -> bool:
        """Whether it asks for a position that may not be there yet (`atLeast`)."""
        return any(value not in (None, Undefined) for value in self._values(self._waits, variables))

    def pinned_at(self, variables: Mapping[str, Any]) -> int | None:
        """The last of the positions that all it reads is asked for as known at; None if not all of it is."""
        nodes = list(self._nodes(variables))
        if self._everything or not self._is_pinned or not (self._slugs or nodes):
            return None
        known = [_position(value) for value in self._values(self._known_at, variables)]
        known += [each.known_at for each in nodes]
        positions = [position for position in known if position is not None]
        return max(positions, default=0) if len(positions) == len(known) else None

    def _root(self, field: FieldNode) -> None:
        given = {each.name.value: each.value for each in field.arguments or ()}
        match field.name.value:
            case name if name in _NOTHING:
                pass
            case "timeline" if "slug" in given and field.selection_set:
                self._slugs.append(given["slug"])
                self._waits += [given["atLeast"]] if "atLeast" in given else []
                self._is_pinned &= all(map(_is_pinned, self._fields(field.selection_set)))
            case "node" if "id" in given:
                self._ids.append(given["id"])
            case "nodes" if "ids" in given:
                self._ids.append(given["ids"])
            case _:
                self._everything = True

    def _fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        """Fragments spread, each once; whatever type they are for."""
        seen: set[str] = set()
        waiting = [selections]
        while waiting:
            for node in waiting.pop().selections:
                if isinstance(node, FieldNode):
                    yield node
                elif not isinstance(node, FragmentSpreadNode):
                    waiting.append(node.selection_set)  # type: ignore[attr-defined]
                elif node.name.value not in seen:
                    seen.add(node.name.value)
                    waiting.append(self._fragments[node.name.value].selection_set)

    def _values(self, nodes: list[ValueNode], variables: Mapping[str, Any]) -> Iterator[Any]:
        given = {**self._defaults, **variables}
        return (value_from_ast_untyped(node, given) for node in nodes)

    def _nodes(self, variables: Mapping[str, Any]) -> Iterator[NodeId]:
        for value in self._values(self._ids, variables):
            for each in value if isinstance(value, list) else (value,):
                try:
                    yield parse_id(str(each))
                except BadInput:
                    continue  # executing it says so


reach_of = lru_cache(maxsize=500)(Reach)


def _is_pinned(field: FieldNode) -> bool:
    return field.name.value in _CONSTANT or any(
        each.name.value == "knownAt" and not isinstance(each.value, NullValueNode) for each in field.arguments or ()
    )


def _position(known_at: Any) -> int | None:
    position = known_at.get("position") if isinstance(known_at, dict) else None
    return position if type(position) is int else None


class _KnownAt(Visitor):
    def __init__(self, found: list[ValueNode]) -> None:
        super().__init__()
        self._found = found

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value == "knownAt":
            self._found.append(node.value)
