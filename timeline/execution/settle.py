"""Errors, as the specification places them: listed in the order of the document, each nulling what cannot be without.

Rows are made as if nothing could go wrong, with a `Failure` where something does. Only if there is one is the answer
walked through: so errors come out in the same order, and from a null on the same ones are left out, as if every field
had been resolved depth first.
"""

from typing import Any

from graphql import GraphQLError, GraphQLOutputType, is_list_type, is_non_null_type, is_object_type, located_error

from timeline.execution.fields import Field
from timeline.execution.shapes import Shape
from timeline.execution.state import Failure, State


class Settling:
    """Of one state; `errors` is what was found."""

    def __init__(self, state: State) -> None:
        self.errors: list[GraphQLError] = []
        self._state = state
        self._shapes = {id(row): state.plan.shapes[index] for index, kept in state.items() for row in kept[1::2]}

    def row(self, row: dict[str, Any], shape: Shape, path: tuple[str | int, ...]) -> None:
        """Raises the error that this row cannot be with."""
        for key, value in row.items():
            if isinstance(value, Failure | list | dict):
                field = shape.fields[key]
                row[key] = self._position(field, field.type, value, (*path, key))

    def _position(self, field: Field, type_: GraphQLOutputType, value: Any, path: tuple[str | int, ...]) -> Any:
        required = is_non_null_type(type_)
        bare = type_.of_type if is_non_null_type(type_) else type_
        try:
            if isinstance(value, Failure):
                raise located_error(value.error, field.nodes(self._state), list(path))
            if is_list_type(bare) and value is not None:
                for index, item in enumerate(value):
                    value[index] = self._position(field, bare.of_type, item, (*path, index))
            elif isinstance(value, dict) and field.selection is not None:
                of = field.of
                shape = field.selection.shape(of) if is_object_type(of) else self._shapes[id(value)]
                self.row(value, shape, path)
        except GraphQLError as error:
            if required:
                raise
            self.errors.append(error)
            return None
        return value
