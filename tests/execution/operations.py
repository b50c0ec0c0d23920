"""A Hypothesis strategy: valid operations over any schema, with fragments, aliases, variables and directives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    parse,
    parse_value,
    validate,
    value_from_ast_untyped,
)
from hypothesis import assume
from hypothesis import strategies as st

Literals = Mapping[str, st.SearchStrategy[str]]  # by the name of their scalar

LITERALS: Literals = {
    "Int": st.integers(-3, 9).map(str),
    "Float": st.sampled_from(["0.5", "1", "-2e3"]),
    "Boolean": st.sampled_from(["true", "false"]),
    "String": st.sampled_from(['"a"', '""', '"""b"""', '"\\u00e4"']),
    "ID": st.sampled_from(['"a"', '"b"', "7"]),
}


@dataclass(frozen=True)
class Operation:
    text: str
    variables: dict[str, Any]

    @property
    def document(self) -> DocumentNode:
        return parse(self.text)


def operations(
    schema: GraphQLSchema,
    literals: Literals = LITERALS,
    of: OperationType = OperationType.QUERY,
    *,
    depth: int = 4,
    without: frozenset[str] = frozenset(),
) -> st.SearchStrategy[Operation]:
    """`without`: fields that are not asked for, as `Type.field`."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Operation:
        writer = _Writer(schema, draw, literals, without)
        text = writer.document(of, depth)
        assume(not validate(schema, parse(text)))  # the odd pair of fields that cannot be merged
        return Operation(text, writer.given())

    return drawn()


@dataclass
class _Writer:
    schema: GraphQLSchema
    draw: st.DrawFn
    literals: Literals
    without: frozenset[str]
    variables: dict[str, tuple[Any, str | None]] = field(default_factory=dict)  # the type and the default of each
    fragments: list[str] = field(default_factory=list)
    known: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # fragments on each type, and their depth

    def one_in(self, many: int) -> bool:
        return bool(self.draw(st.integers(1, many)) == 1)

    def document(self, operation: OperationType, depth: int) -> str:
        body = self.selection(self.schema.get_root_type(operation), depth)
        declared = [
            f"${name}: {type_}{'' if default is None else f' = {default}'}"
            for name, (type_, default) in self.variables.items()
        ]
        head = f"{operation.value} ({', '.join(declared)})" if declared else operation.value
        return "\n".join([f"{head} {body}", *self.fragments])

    def given(self) -> dict[str, Any]:
        """Values for the variables, as JSON has them."""
        found: dict[str, Any] = {}
        for name, (type_, default) in self.variables.items():
            if type_ in ("Boolean!", "Boolean"):
                if default is None or self.one_in(2):
                    found[name] = None if default and self.one_in(8) else self.draw(st.booleans())
            elif is_non_null_type(type_) or (not self.one_in(4) and self.one_in(2)):
                found[name] = value_from_ast_untyped(parse_value(self.literal(type_, 2, constant=True)))
            elif self.one_in(4):
                found[name] = None
        return found

    def selection(self, type_: Any, depth: int) -> str:
        parts = [self.part(type_, depth) for _ in range(self.draw(st.integers(1, 4)))]
        if self.one_in(6):
            parts.append(self.draw(st.sampled_from(parts)))  # which merges with itself
        return f"{{ {' '.join(parts)} }}"

    def part(self, type_: Any, depth: int) -> str:
        match self.draw(st.integers(0, 12)) if depth > 0 else 12:
            case 0 if not self.one_in(4):
                other = self.draw(st.sampled_from(self.overlapping(type_)))
                return f"... on {other.name}{self.directives()} {self.selection(other, depth - 1)}"
            case 0:
                return f"...{self.directives()} {self.selection(type_, depth - 1)}"
            case 1 | 2:
                return (
                    f"...{self.fragment(self.draw(st.sampled_from(self.overlapping(type_))), depth)}{self.directives()}"
                )
            case 3:
                return f"{self.draw(st.sampled_from(['', 'what: ']))}__typename{self.directives()}"
        return self.field(type_, depth)

    def fragment(self, type_: Any, depth: int) -> str:
        """The name of one: of one that is there and no deeper than what is left, or of a new one."""
        there = [name for name, deep in self.known.get(type_.name, ()) if deep <= depth]
        if there and self.one_in(2):
            return str(self.draw(st.sampled_from(there)))
        body = self.selection(type_, depth - 1)
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {type_.name} {body}")
        self.known.setdefault(type_.name, []).append((name, depth))
        return name

    def overlapping(self, type_: Any) -> list[Any]:
        """The types that a value of this one may be of."""
        mine = set(self.possible(type_))
        return [
            each
            for name, each in sorted(self.schema.type_map.items())
            if is_composite_type(each) and not name.startswith("__") and mine & set(self.possible(each))
        ]

    def possible(self, type_: Any) -> list[Any]:
        return list(self.schema.get_possible_types(type_)) if is_abstract_type(type_) else [type_]

    def field(self, type_: Any, depth: int) -> str:
        fields = {
            name: each
            for name, each in getattr(type_, "fields", {}).items()
            if (depth > 0 or not is_composite_type(get_named_type(each.type)))
            and f"{type_.name}.{name}" not in self.without
        }
        if not fields:
            return "__typename"
        name = self.draw(st.sampled_from(sorted(fields)))
        of = get_named_type(fields[name].type)
        arguments = self.arguments(fields[name])
        inner = f" {self.selection(of, depth - 1)}" if is_composite_type(of) else ""
        return f"{self.alias(name, fields[name], arguments)}{name}{arguments}{self.directives()}{inner}"

    def alias(self, name: str, definition: GraphQLField, arguments: str) -> str:
        """Equal keys only for what can be merged: the same type and the same arguments."""
        types = {
            str(each.fields[name].type)
            for each in self.schema.type_map.values()
            if isinstance(each, GraphQLObjectType | GraphQLInterfaceType) and name in each.fields
        }
        if len(types) == 1 and not arguments and not self.one_in(5):
            return ""
        told = f"{definition.type}{arguments}"
        digest = sum(ord(letter) * (place + 1) for place, letter in enumerate(told))
        return f"{name}_{digest}{self.draw(st.sampled_from(['', 'b']))}: "

    def arguments(self, definition: GraphQLField) -> str:
        given = [
            f"{name}: {self.literal(each.type, 2)}"
            for name, each in definition.args.items()
            if is_required_argument(each) or self.one_in(2)
        ]
        return f"({', '.join(given)})" if given else ""

    def literal(self, type_: Any, depth: int, *, constant: bool = False) -> str:
        """What may stand where a value of `type_` is wanted; a variable too, unless it has to be `constant`."""
        if not constant and self.one_in(3):
            name = f"v{len(self.variables)}"
            has_default = not is_non_null_type(type_) and self.one_in(3)
            self.variables[name] = (type_, self.literal(type_, depth, constant=True) if has_default else None)
            return f"${name}"
        if is_non_null_type(type_):
            return self.present(type_.of_type, depth, constant=constant)
        return "null" if self.one_in(8) else self.present(type_, depth, constant=constant)

    def present(self, type_: Any, depth: int, *, constant: bool) -> str:
        """The same, but not null."""
        if is_list_type(type_):
            if self.one_in(6):
                return self.present(get_named_type(type_), depth, constant=True)  # which counts as a list of one
            size = self.draw(st.integers(0, 3)) if depth > 0 else 0
            return f"[{', '.join(self.literal(type_.of_type, depth - 1, constant=constant) for _ in range(size))}]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.draw(st.sampled_from(sorted(type_.values))))
        if not isinstance(type_, GraphQLInputObjectType):
            return str(self.draw(self.literals[type_.name]))
        strawberrys = type_.extensions.get("strawberry-definition")
        if type_.is_one_of or (strawberrys and strawberrys.is_one_of):
            name = self.draw(st.sampled_from(sorted(type_.fields)))
            return f"{{{name}: {self.present(get_named_type(type_.fields[name].type), depth - 1, constant=True)}}}"
        given = [
            f"{name}: {self.literal(each.type, depth - 1, constant=constant)}"
            for name, each in type_.fields.items()
            if is_required_input_field(each) or (depth > 0 and self.one_in(2))
        ]
        return f"{{{', '.join(given)}}}"

    def directives(self) -> str:
        if not self.one_in(7):
            return ""
        given = ""
        for name in self.draw(st.sampled_from([["skip"], ["include"], ["include", "skip"]])):
            switch = self.draw(st.sampled_from(["true", "false", "$yes", "$no", "$may"]))
            if switch.startswith("$"):
                self.variables[switch[1:]] = ("Boolean", "true") if switch == "$may" else ("Boolean!", None)
            given += f" @{name}(if: {switch})"
        return given
