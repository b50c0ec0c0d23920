"""How much a document asks for, before it is validated: in time that is linear in its length, whatever it says.

A fragment is measured once, however often it is spread. What depends on variables is left open, as a `Cost`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)

from timeline.api.costs import Cost, size_of
from timeline.errors import BadInput, TooCostly

MAX_NESTING: Final = 100  # selections inside each other, those of fragments too: validation is recursive
MAX_OPERATIONS: Final = 50  # in one document: validation looks at all fragments for each
MAX_DIRECTIVES: Final = 5  # at one place: no more than two can be valid
MAX_PAIRS: Final = 5_000  # of fields that would have to merge: validation compares each with each


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """Of one operation with its fragments spread. `tokens` are those of its whole document.

    `aliases` counts repetitions of a field as well; `cost` is what the documentation says of it.
    """

    tokens: int = 1_000
    depth: int = 20
    aliases: int = 100
    fields: int = 2_000
    cost: int = 250_000


class Measure(NamedTuple):
    """Of some selections. `nesting` counts what `depth` does not: fragments."""

    depth: int
    nesting: int
    fields: int
    aliases: int
    cost: Cost


_NOTHING: Final = Measure(0, 0, 0, 0, Cost())


class Measuring:
    """Of one document. `check` raises TOO_COSTLY; and BAD_INPUT for fragments that spread themselves."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: QueryLimits) -> None:
        self._schema = schema
        self._limits = limits
        self._operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure | None] = {}  # None: it is being measured

    def check(self) -> None:
        limits = self._limits
        _refuse_above(MAX_OPERATIONS, len(self._operations), "A document has at most {} operations")
        for name in self._fragments:
            self._fragment(name, 0)
        for operation in self._operations:
            root = self._schema.get_root_type(operation.operation)
            found = self._selections(operation.selection_set, root, 0)
            _refuse_above(limits.depth, found.depth, "An operation is at most {} fields deep")
            _refuse_above(limits.aliases, found.aliases, "An operation has at most {} aliases and repeated fields")
            _refuse_above(limits.fields, found.fields, "An operation has at most {} fields, its fragments spread")
            self._check_pairs(operation)

    def costs(self) -> dict[int, tuple[Cost, dict[str, Any]]]:
        """Of each operation, by its id, once it was checked: what it costs, and the defaults of its variables."""
        return {id(each): (self._cost(each), defaults_of(each)) for each in self._operations}

    def _cost(self, operation: OperationDefinitionNode) -> Cost:
        return self._selections(operation.selection_set, self._schema.get_root_type(operation.operation), 0).cost

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, level: int) -> Measure:
        if level > MAX_NESTING:
            raise TooCostly(f"Selections are at most {MAX_NESTING} inside each other", cost=level, limit=MAX_NESTING)
        depth = nesting = fields = aliases = 0
        cost = Cost()
        keys: set[str] = set()
        for node in selections.selections:
            _refuse_above(MAX_DIRECTIVES, len(node.directives or ()), "A field has at most {} directives")
            found = self._selection(node, parent, level, keys)
            depth = max(depth, found.depth)
            nesting = max(nesting, found.nesting)
            fields += found.fields
            aliases += found.aliases
            cost.add(1, found.cost)
        return Measure(depth, nesting + 1, fields, aliases, cost)

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, level: int, keys: set[str]) -> Measure:
        match node:
            case FieldNode():
                return self._field(node, parent, level, keys)
            case InlineFragmentNode():
                condition = node.type_condition
                of = parent if condition is None else self._schema.get_type(condition.name.value)
                return self._selections(node.selection_set, of, level + 1)
            case FragmentSpreadNode():
                return self._fragment(node.name.value, level + 1)
        return _NOTHING

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, level: int, keys: set[str]) -> Measure:
        key = (node.alias or node.name).value
        extra = 1 if node.alias or key in keys else 0
        keys.add(key)
        if node.selection_set is None:
            return Measure(1, 0, 1, extra, Cost(1))
        of: GraphQLField | None = None
        if is_composite_type(parent):
            of = self._schema.get_field(parent, node.name.value)
        inner = self._selections(node.selection_set, get_named_type(of.type) if of else None, level + 1)
        cost = Cost(1)
        cost.add(1 if of is None else size_of(parent, of, node), inner.cost)
        return Measure(1 + inner.depth, inner.nesting, 1 + inner.fields, extra + inner.aliases, cost)

    def _fragment(self, name: str, level: int) -> Measure:
        fragment = self._fragments.get(name)
        if fragment is None:
            return _NOTHING  # validation says that there is none
        if name not in self._measured:
            self._measured[name] = None
            of = self._schema.get_type(fragment.type_condition.name.value)
            self._measured[name] = self._selections(fragment.selection_set, of, level)
        measured = self._measured[name]
        if measured is None:
            raise BadInput(f"Cannot spread fragment {name!r} within itself")
        if level + measured.nesting > MAX_NESTING:
            raise TooCostly(
                f"Selections are at most {MAX_NESTING} inside each other", cost=MAX_NESTING + 1, limit=MAX_NESTING
            )
        return measured

    def _check_pairs(self, operation: OperationDefinitionNode) -> None:
        """Level by level, what stands at one place of the answer. The fields were counted: there are not too many."""
        pairs = 0
        places: list[list[SelectionSetNode]] = [[operation.selection_set]]
        while places:
            inner: list[list[SelectionSetNode]] = []
            for sets in places:
                by_key: dict[str, list[FieldNode]] = {}
                for node in self._spread(sets):
                    by_key.setdefault((node.alias or node.name).value, []).append(node)
                for nodes in by_key.values():
                    pairs += len(nodes) * (len(nodes) - 1) // 2
                    if below := [node.selection_set for node in nodes if node.selection_set]:
                        inner.append(below)
            _refuse_above(MAX_PAIRS, pairs, "Fields are repeated too often: at most {} pairs of them have to agree")
            places = inner

    def _spread(self, sets: list[SelectionSetNode]) -> list[FieldNode]:
        """The fields in selections, and in the fragments that they spread, each of these once."""
        found: list[FieldNode] = []
        seen: set[str] = set()
        waiting = list(sets)
        while waiting:
            for node in waiting.pop().selections:
                match node:
                    case FieldNode():
                        found.append(node)
                    case InlineFragmentNode():
                        waiting.append(node.selection_set)
                    case FragmentSpreadNode() if node.name.value in self._fragments and node.name.value not in seen:
                        seen.add(node.name.value)
                        waiting.append(self._fragments[node.name.value].selection_set)
        return found


def defaults_of(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
        if each.default_value is not None
    }


def _refuse_above(limit: int, found: int, message: str) -> None:
    if found > limit:
        raise TooCostly(f"{message.format(f'{limit:,}')}, not {found:,}", cost=found, limit=limit)


def check_cost(cost: Cost, defaults: Mapping[str, Any], variables: Mapping[str, Any], limit: int) -> None:
    """TOO_COSTLY if an operation costs more with these variables."""
    _refuse_above(limit, cost.of({**defaults, **variables}), "An operation costs at most {}")
