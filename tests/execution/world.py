"""A small schema whose values are dictionaries, and operations on it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, build_schema, parse, validate

from timeline.execution import Answer, Batch, Call, Document, Leaf, Plan, Resolver

SDL = """
scalar Odd
enum Colour { RED BLUE }
interface Pet { name: String, owner: Person }
type Dog implements Pet { name: String, owner: Person, barks: Boolean!, says(text: String = "wow"): String }
type Cat implements Pet { name: String, owner: Person, lives: Int!, says(text: String = "mew"): String }
union Friend = Dog | Person
type Person {
  name: String!
  age: Int
  odd: Odd
  colour: Colour
  pets: [Pet]
  friends: [Friend!]
  best: Person
  must: Person!
  grid: [[Int!]]
  strict: [Int!]!
  told(text: String = "nothing", list: [Int!]): String
}
type Query { me: Person, must: Person!, pets: [Pet!]!, told(text: String = "nothing", list: [Int!]): String }
type Mutation { add(by: Int!): Count, must(by: Int!): Count! }
type Count { value: Int, strict: Int! }
"""


class Calls(list[tuple[str, int]]):
    """Every batch: its field, and how many parents it was called with."""

    def batch(self, field: str, read: Any) -> Batch:
        """The same for the same field of every type."""
        if field not in self._made:
            self._made[field] = self._new(field, read)
        return self._made[field]

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, Batch] = {}

    def _new(self, field: str, read: Any) -> Batch:
        def resolve(parents: Sequence[Any], info: Any, **arguments: Any) -> Sequence[Any]:
            self.append((field, len(parents)))
            return [_tried(lambda parent=parent: read(parent, **arguments)) for parent in parents]

        return Batch(resolve)


def _tried(call: Any) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        return error


class World:
    """A schema whose values are dictionaries: what is callable in them is called."""

    def __init__(self, batches: Sequence[str] = (), calls: dict[str, Any] | None = None) -> None:
        self.schema: GraphQLSchema = build_schema(SDL)
        self.calls = Calls()
        self._batches = batches
        self._own = calls or {}
        for name in ("Pet", "Friend"):
            self.schema.type_map[name].resolve_type = lambda value, info, of: value["is"]  # type: ignore[attr-defined]
        self.schema.type_map["Odd"].coerce_output_value = lambda value: [value]  # type: ignore[attr-defined]

    def resolver_of(self, type_: GraphQLObjectType, name: str, field: GraphQLField) -> Resolver:
        if f"{type_.name}.{name}" in self._own:
            return Call(self._own[f"{type_.name}.{name}"])
        if name in self._batches or field.args:
            return self.calls.batch(name, lambda parent, **arguments: _read(parent, name, **arguments))
        return Leaf(lambda parent: _read(parent, name))

    def plan(self, text: str) -> Plan:
        document = parse(text)
        assert not validate(self.schema, document)
        wanted = Document(self.schema, document, self.resolver_of)
        operation = wanted.operation(None)
        assert operation is not None
        return wanted.plan(operation)

    def answer(self, text: str, root: Any = None, **variables: Any) -> Answer:
        return asyncio.run(self.plan(text).execute(root, None, variables))


def _read(parent: Any, name: str, **arguments: Any) -> Any:
    value = parent.get(name)
    return value(**arguments) if callable(value) else value


def noted(notes: list[Any], note: Any, value: Any) -> Any:
    notes.append(note)
    return value


def told(answer: Answer) -> list[tuple[list[str | int] | None, str]]:
    return [(error.path, error.message) for error in answer.errors]


def fail(**_: Any) -> Any:
    raise ValueError("it broke")


NULL = "Cannot return null for non-nullable field {}."
