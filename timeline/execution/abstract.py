"""Which object type a value of an interface or a union is."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, is_object_type
from graphql.execution import default_type_resolver
from graphql.pyutils import inspect

from timeline.execution.state import State

if TYPE_CHECKING:
    from timeline.execution.fields import Field
    from timeline.execution.selections import Selection


class Chooser:
    """Makes the row of a value, once it is known of which type it is."""

    def __init__(self, field: "Field", selection: "Selection") -> None:
        assert isinstance(field.of, GraphQLInterfaceType | GraphQLUnionType)
        self._field = field
        self._selection = selection
        self._of = field.of
        self._resolve = field.of.resolve_type or default_type_resolver
        self._builders: dict[str, Callable[[Any, State], Any]] = {}

    def __call__(self, value: Any, state: State) -> Any:
        if isinstance(value, Exception):
            return state.fail(value)
        try:
            name = self._resolve(value, state.info(self._field), self._of)
            build = self._builders.get(name) if type(name) is str else None
            if build is None:
                shape = self._selection.shape(self._type(name, value, state))
                build = self._builders[shape.type.name] = shape.build
        except Exception as error:  # noqa: BLE001
            return state.fail(error)
        return build(value, state)

    def _type(self, name: Any, value: Any, state: State) -> GraphQLObjectType:
        of, place = self._of, f"'{self._field.parent}.{self._field.name}'"
        must = f"Abstract type '{of}' must resolve to an Object type at runtime for field {place}"
        if name is None:
            fault = (
                f"{must}. Either the '{of}' type should provide a 'resolve_type' function"
                " or each possible type should provide an 'is_type_of' function."
            )
        elif not isinstance(name, str):
            got = f"with value {inspect(value)}, received '{inspect(name)}'"
            fault = f"{must} {got}, which is not a valid Object type name."
        elif (type_ := state.plan.schema.get_type(name)) is None:
            fault = f"Abstract type '{of}' was resolved to a type '{name}' that does not exist inside the schema."
        elif not is_object_type(type_):
            fault = f"Abstract type '{of}' was resolved to a non-object type '{name}'."
        elif not state.plan.schema.is_sub_type(of, type_):
            fault = f"Runtime Object type '{type_}' is not a possible type for '{of}'."
        else:
            return type_
        raise GraphQLError(fault)
