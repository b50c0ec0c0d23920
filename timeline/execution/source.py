"""Python made from a plan: text that names values, and expressions that complete values as the specification says."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

if TYPE_CHECKING:
    from timeline.execution.fields import Field

# Values that these scalars hand on as they are; whatever else there is goes the slow and exact way.
_AS_IT_IS: Final[Mapping[GraphQLOutputType, str]] = {
    GraphQLString: "type({first}) is str",
    GraphQLID: "type({first}) is str",
    GraphQLBoolean: "type({first}) is bool",
    GraphQLInt: "type({first}) is int and -2147483648 <= {again} <= 2147483647",
    GraphQLFloat: "type({first}) is float and -1e308 < {again} < 1e308",
}


class Source:
    """The names that the Python of one plan knows."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {"Undefined": Undefined}
        self._values: dict[int, str] = {}

    def name(self, value: Any) -> str:
        """A name for a value, always the same for the same one."""
        name = self._values.get(id(value))
        if name is None:
            name = self._values[id(value)] = f"n{len(self._names)}"
            self._names[name] = value  # which also keeps it, and its id, alive
        return name

    def define(self, name: str, lines: list[str]) -> Callable[..., Any]:
        """A function of that name. The text holds nothing of a document but names, and those quoted."""
        exec(compile("\n".join(lines), f"<plan {name}>", "exec"), self._names)  # noqa: S102
        return self._names[name]  # type: ignore[no-any-return]

    def bind(self, name: str, value: Any) -> None:
        self._names[name] = value


def expression(source: Source, field: "Field", type_: GraphQLOutputType, first: str, again: str) -> str:
    """Python for a value of `type_` completed. `first` is how the value is mentioned first, which may bind a name.

    It is quick for what values mostly are. Anything else, what is wrong included, it hands to `Field.position`. It may
    raise what a scalar or an enum raises.
    """
    bare = type_.of_type if (required := is_non_null_type(type_)) else type_
    otherwise = f"{source.name(partial(field.position, type_))}({again}, s)"
    if is_list_type(bare):
        item = f"{again}_"
        items = f"[{expression(source, field, bare.of_type, item, item)} for {item} in {again}]"
        return f"({items} if type({first}) is list or type({again}) is tuple else {otherwise})"
    if not is_leaf_type(bare):
        absent = otherwise if required else "None"
        return f"({absent} if {first} is None else {field.builder_name(source)}({again}, s))"
    if test := _AS_IT_IS.get(bare):
        fits = test.format(first=first, again=again)
        return f"({again} if {fits}{'' if required else f' or {again} is None'} else {otherwise})"
    if isinstance(bare, GraphQLEnumType):
        made = f"{source.name(Names(bare))}[{again}]"
    else:
        made = f"{source.name(bare.coerce_output_value)}({again})"
    return (
        f"({again}w if {first} is not None and not isinstance({again}, Exception)"
        f" and ({again}w := {made}) is not None and {again}w is not Undefined else {otherwise})"
    )


class Names(dict[Any, Any]):
    """The names of an enum's values, each looked up once."""

    def __init__(self, enum: GraphQLEnumType) -> None:
        self._enum = enum

    def __missing__(self, value: Any) -> Any:
        name = self[value] = self._enum.coerce_output_value(value)
        return name
