"""@skip and @include: which parts of an operation apply, worked out once for each set of variables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from graphql import BooleanValueNode, DirectiveNode, FieldNode, FragmentSpreadNode, InlineFragmentNode, VariableNode

Condition: TypeAlias = int | None  # an index into the table; None: always

NEVER: Final = -1

_VARIABLE, _AND, _WITHOUT = range(3)


class Conditions:
    """The conditions of one operation, each with those that it is made of before it."""

    def __init__(self) -> None:
        self._rules: list[tuple[int, Any, Any]] = []
        self._known: dict[tuple[int, Any, Any], int] = {}

    def of(self, node: FieldNode | FragmentSpreadNode | InlineFragmentNode, within: Condition) -> Condition:
        """When a node that stands where `within` holds applies."""
        found = within
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include"):
                found = self._both(found, self._directive(directive))
        return found

    def without(self, condition: Condition, others: Sequence[Condition]) -> Condition:
        """When `condition` holds and none of the others does."""
        if not others:
            return condition
        if condition in others or None in others:
            return NEVER
        return self._rule(_WITHOUT, condition, tuple(others))

    def holding(self, variables: Mapping[str, Any]) -> "Holding":
        """Which hold for these coerced variables, by index. Every variable that they depend on has to be a boolean."""
        return Holding(self._rules, variables)

    def _directive(self, directive: DirectiveNode) -> Condition:
        wanted = directive.name.value == "include"
        assert directive.arguments
        value = directive.arguments[0].value
        if isinstance(value, VariableNode):
            return self._rule(_VARIABLE, value.name.value, wanted)
        assert isinstance(value, BooleanValueNode)
        return None if value.value is wanted else NEVER

    def _both(self, left: Condition, right: Condition) -> Condition:
        if NEVER in (left, right):
            return NEVER
        if left is None or left == right:
            return right
        return left if right is None else self._rule(_AND, left, right)

    def _rule(self, rule: int, left: Any, right: Any) -> int:
        key = rule, left, right
        if key not in self._known:
            self._known[key] = len(self._rules)
            self._rules.append(key)
        return self._known[key]


class Holding(dict[int, bool]):
    """Worked out when asked for: a plan may grow while it is executed."""

    def __init__(self, rules: Sequence[tuple[int, Any, Any]], variables: Mapping[str, Any]) -> None:
        self._rules = rules
        self._variables = variables

    def __missing__(self, index: int) -> bool:
        rule, left, right = self._rules[index]
        if rule == _VARIABLE:
            holds = self._variables[left] is right
        elif rule == _AND:
            holds = self[left] and self[right]
        else:
            holds = (left is None or self[left]) and not any(self[other] for other in right)
        self[index] = holds
        return holds
