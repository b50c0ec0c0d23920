"""The arguments of a field: constant ones are made ready once, the others for each request."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, GraphQLField, ListValueNode, ObjectValueNode, ValueNode, VariableNode, print_ast
from graphql.execution.values import VariableValues, get_argument_values


class Arguments:
    """`convert` turns what graphql-core coerced into keyword arguments."""

    def __init__(
        self, definition: GraphQLField, node: FieldNode, convert: Callable[[Mapping[str, Any]], dict[str, Any]] | None
    ) -> None:
        self._definition = definition
        self._node = node
        self._convert = convert
        self._constant: dict[str, Any] | None = None
        self._fault: Exception | None = None
        if not any(_varies(argument.value) for argument in node.arguments or ()):
            try:
                self._constant = self._made(None)
            except Exception as fault:  # noqa: BLE001
                self._fault = fault

    def __call__(self, variables: VariableValues) -> dict[str, Any]:
        """Not to be changed. Raises what is wrong with them."""
        if self._fault is not None:
            raise self._fault
        return self._made(variables) if self._constant is None else self._constant

    def _made(self, variables: VariableValues | None) -> dict[str, Any]:
        if not self._definition.args:
            return {}
        coerced = get_argument_values(self._definition, self._node, variables)
        return self._convert(coerced) if self._convert else coerced

    @staticmethod
    def signature(definition: GraphQLField, node: FieldNode) -> tuple[object, ...]:
        """Equal for two fields whose arguments are equal whatever the variables."""
        given = sorted((argument.name.value, print_ast(argument.value)) for argument in node.arguments or ())
        declared = tuple(
            (name, str(each.type), repr((each.default, each.default_value))) for name, each in definition.args.items()
        )
        return (*given, declared)


def _varies(value: ValueNode) -> bool:
    match value:
        case VariableNode():
            return True
        case ListValueNode():
            return any(map(_varies, value.values))
        case ObjectValueNode():
            return any(_varies(field.value) for field in value.fields)
    return False
