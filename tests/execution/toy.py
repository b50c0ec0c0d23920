"""A schema with every shape there is, over a world drawn from a number, in which any field may be null, odd or fail."""

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    is_abstract_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from timeline.execution import Batch, Call, Leaf, Resolver

SDL = """
scalar Odd
enum Colour { RED GREEN BLUE }
input Where { kind: Colour = GREEN, near: [Int!], not: Where, odd: Odd }

interface Node { id: ID!, next: Node, name: String }
interface Named implements Node { id: ID!, next: Node, name: String, names(first: Int = 2): [String!] }
union Any = Leafy | Woody | Bare

type Leafy implements Named & Node {
  id: ID!
  next: Node
  name: String!
  names(first: Int = 2): [String!]!
  colour: Colour!
  colours: [Colour]!
  odd: Odd
  twin: Leafy!
  any: Any
  grid: [[Int!]]!
  deep: [[[Woody!]!]]
  nodes(where: Where, last: Int): [Node!]
}
type Woody implements Named & Node {
  id: ID!
  next: Leafy
  name: String
  names(first: Int = 2): [String!]
  weight: Float
  count: Int!
  flag: Boolean!
  odds: [Odd!]
  twin: Woody
  all: [Any!]!
  named: Named!
  colour(of: Colour = RED): Colour
}
type Bare { self: Bare!, also: [Bare], text: String, number: Int }

type Query {
  node(id: ID, odd: Odd): Node
  must: Leafy!
  any: [Any]
  named: [Named!]!
  bare: Bare
  woody: [Woody!]
  echo(text: String = "so", list: [Int!], where: Where, colour: Colour): String
  number: Int
}
type Mutation { make(name: String): Leafy, must(count: Int! = 3): Woody!, bare: Bare! }
type Subscription { leafy: Leafy, must: Woody! }
"""

LONG = {("Leafy", "deep"), ("Query", "woody")}


class Shade(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


@dataclass(frozen=True)
class Thing:
    """A value of an object type; what its fields are follows from the seed."""

    type_name: str
    seed: int


_ODD = object()  # what no leaf can be made of; one for both ways of executing, which are compared


@dataclass(frozen=True)
class World:
    """`faults` of a hundred values are not what their type asks for."""

    seed: int
    faults: int = 8

    def value(self, schema: GraphQLSchema, type_: GraphQLObjectType, name: str, parent: Any, arguments: Any) -> Any:
        seed = parent.seed if isinstance(parent, Thing) else self.seed
        rng = random.Random(f"{seed} {name} {sorted(arguments.items())!r}")
        found = self._made(schema, type_.fields[name].type, rng)
        if self._chance(rng, 2):
            raise ValueError(f"{name} of {seed} cannot be told")
        return found

    def _chance(self, rng: random.Random, part: int = 1) -> bool:
        return rng.randrange(100 * part) < self.faults

    def _made(self, schema: GraphQLSchema, type_: Any, rng: random.Random) -> Any:
        if is_non_null_type(type_):
            return None if self._chance(rng, 3) else self._made(schema, type_.of_type, rng)
        if self._chance(rng):
            return None
        if self._chance(rng, 4):
            return KeyError(f"odd {rng.randrange(10)}")
        if is_list_type(type_):
            if self._chance(rng, 4):
                return rng.choice(["no list", 7, {"no": "list"}])
            items = [self._made(schema, type_.of_type, rng) for _ in range(rng.randrange(4))]
            return rng.choice([items, items, tuple(items), _Lazy(items)])
        if is_leaf_type(type_):
            return _ODD if self._chance(rng, 4) else _LEAVES[type_.name](rng)
        if self._chance(rng, 6) and (is_abstract_type(type_) or type_.is_type_of):
            return Thing(rng.choice(["Query", "Nothing", "Node", "Bare", ""]), 1)
        names = [type_.name] if is_object_type(type_) else [each.name for each in schema.get_possible_types(type_)]
        return Thing(rng.choice(names), rng.randrange(2**32))


class _Lazy:
    """An iterable that is no list."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items

    def __iter__(self) -> Any:
        return iter(self._items)


_LEAVES: dict[str, Any] = {
    "ID": lambda rng: rng.choice(["a", "b", 7]),
    "String": lambda rng: rng.choice(["a", "", "\u2028", 5, True, 1.5]),
    "Int": lambda rng: rng.choice([0, -1, 2**31 - 1, 2**31, 1.0, True, "12"]),
    "Float": lambda rng: rng.choice([0.5, 1, -1e300, float("inf"), True]),
    "Boolean": lambda rng: rng.choice([True, False, 1, 0.0]),
    "Colour": lambda rng: rng.choice([*Shade, "RED", 1]),
    "Odd": lambda rng: rng.choice([0, 1, 2, 3, -1, [1], {"a": [None]}]),
}


def odd(value: Any) -> Any:
    if isinstance(value, int) and value < 0:
        raise ValueError("odd values are not negative")
    return None if value == 0 else value


def toy_schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    scalar, colour = schema.type_map["Odd"], schema.type_map["Colour"]
    assert isinstance(scalar, GraphQLScalarType)
    assert isinstance(colour, GraphQLEnumType)
    for how in ("serialize", "coerce_output_value", "parse_value", "coerce_input_value"):
        setattr(scalar, how, odd)
    for name, value in colour.values.items():
        value.value = Shade[name]
    colour.__dict__.pop("_value_lookup", None)
    for type_ in schema.type_map.values():
        if is_abstract_type(type_):
            type_.resolve_type = lambda value, info, of: value.type_name or None
        if is_object_type(type_) and not is_introspection_type(type_):
            for field in type_.fields.values():
                field.resolve = _resolve
    bare = schema.type_map["Bare"]
    assert isinstance(bare, GraphQLObjectType)
    bare.is_type_of = lambda value, info: value.type_name == "Bare"
    return schema


def _resolve(parent: Any, info: GraphQLResolveInfo["Toy"], **arguments: Any) -> Any:
    return info.context.world.value(info.schema, info.parent_type, info.field_name, parent, arguments)


class Toy:
    """The context of an execution: a world, and how the executor reads its fields."""

    def __init__(self, world: World) -> None:
        self.schema = SCHEMA
        self.world = world
        self.calls: list[tuple[str, int]] = []

    def one(self, type_: GraphQLObjectType, name: str) -> Any:
        def resolve(parent: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            return self.world.value(self.schema, type_, name, parent, arguments)

        return resolve

    def resolver_of(self, type_: GraphQLObjectType, name: str, field: GraphQLField) -> Resolver:
        """By the name: every way of reading a field occurs, for every sort of type."""
        one = self.one(type_, name)
        kind = (len(name) + len(type_.name)) % 3
        if (type_.name, name) in LONG or kind == 0 or (kind == 1 and field.args):
            return Batch(_Batched(self, type_, name), long=(type_.name, name) in LONG)
        if kind == 1 and type_.name not in ("Mutation", "Subscription"):
            return Leaf(lambda parent: one(parent, None))
        return Call(one)


@dataclass(frozen=True)
class _Batched:
    """Equal for the same field of whichever type, so that a batch is shared among types."""

    toy: Toy
    type_: GraphQLObjectType
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Batched) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __call__(self, parents: list[Any], info: GraphQLResolveInfo[Any], **arguments: Any) -> list[Any]:
        self.toy.calls.append((self.name, len(parents)))
        found: list[Any] = []
        for parent in parents:
            type_ = self.toy.schema.type_map[parent.type_name] if isinstance(parent, Thing) else self.type_
            assert isinstance(type_, GraphQLObjectType)
            try:
                found.append(self.toy.world.value(self.toy.schema, type_, self.name, parent, arguments))
            except ValueError as error:
                found.append(error)
        return found


SCHEMA = toy_schema()
