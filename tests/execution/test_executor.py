"""What executing an operation means, case by case: completion, nulls, errors and their places, merging, order."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
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
type Subscription { me: Person }
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


def _noted(notes: list[Any], note: Any, value: Any) -> Any:
    notes.append(note)
    return value


def told(answer: Answer) -> list[tuple[list[str | int] | None, str]]:
    return [(error.path, error.message) for error in answer.errors]


def fail(**_: Any) -> Any:
    raise ValueError("it broke")


NULL = "Cannot return null for non-nullable field {}."


@pytest.mark.parametrize("batches", [(), ("name", "age", "best", "must", "strict", "grid", "pets", "friends", "me")])
class TestCompletion:
    """Whether fields are read one by one or in batches makes no difference."""

    def data(self, batches: Sequence[str], text: str, root: Any) -> Any:
        answer = World(batches).answer(text, root)
        assert answer.errors == []
        return answer.data

    def test_leaves_lists_and_objects(self, batches: Sequence[str]) -> None:
        person = {"name": "Ann", "age": None, "odd": 4, "colour": "RED", "grid": [[1, 2], None, []], "strict": (3,)}
        text = "{ me { name age odd colour grid strict best { name } } }"
        expected = {"name": "Ann", "age": None, "odd": [4], "colour": "RED", "grid": [[1, 2], None, []], "strict": [3]}
        assert self.data(batches, text, {"me": person}) == {"me": {**expected, "best": None}}

    def test_whatever_can_be_iterated_is_a_list(self, batches: Sequence[str]) -> None:
        for value in ([1, 2], (1, 2), {1: 0, 2: 0}.keys(), (each for each in [1, 2]), range(1, 3)):
            assert self.data(batches, "{ me { strict } }", {"me": {"strict": value}}) == {"me": {"strict": [1, 2]}}

    def test_leaves_that_are_coerced(self, batches: Sequence[str]) -> None:
        person = {"name": 5, "age": 3.0, "strict": [True, "7"]}
        assert self.data(batches, "{ me { name age strict } }", {"me": person}) == {
            "me": {"name": "5", "age": 3, "strict": [1, 7]}
        }

    def test_the_type_decides_which_fields_there_are(self, batches: Sequence[str]) -> None:
        pets = [{"is": "Dog", "name": "Rex", "barks": True}, {"is": "Cat", "name": "Tom", "lives": 9}, None]
        text = (
            "{ me { pets { __typename name ... on Dog { barks } ...C } } } fragment C on Cat { lives what: __typename }"
        )
        assert self.data(batches, text, {"me": {"pets": pets}})["me"]["pets"] == [
            {"__typename": "Dog", "name": "Rex", "barks": True},
            {"__typename": "Cat", "name": "Tom", "lives": 9, "what": "Cat"},
            None,
        ]

    def test_what_is_asked_twice_is_merged(self, batches: Sequence[str]) -> None:
        text = "{ me { best { name } ...F best { other: name } } } fragment F on Person { best { age name } name }"
        person = {"name": "Ann", "best": {"name": "Bob", "age": 7}}
        data = self.data(batches, text, {"me": person})
        assert orjson.dumps(data) == b'{"me":{"best":{"name":"Bob","age":7,"other":"Bob"},"name":"Ann"}}'

    def test_an_error_nulls_the_field_and_no_other(self, batches: Sequence[str]) -> None:
        answer = World(batches).answer("{ me { age name odd } }", {"me": {"name": "Ann", "age": fail, "odd": "x"}})
        assert answer.data == {"me": {"age": None, "name": "Ann", "odd": ["x"]}}
        assert told(answer) == [(["me", "age"], "it broke")]
        assert answer.errors[0].locations is not None
        assert [(each.line, each.column) for each in answer.errors[0].locations] == [(1, 8)]
        assert isinstance(answer.errors[0].original_error, ValueError)

    def test_a_value_that_is_an_exception_is_an_error(self, batches: Sequence[str]) -> None:
        root = {
            "me": {
                "odd": KeyError(),
                "age": KeyError("age"),
                "best": KeyError("best"),
                "grid": [KeyError("row"), [KeyError("cell")]],
            }
        }
        answer = World(batches).answer("{ me { age best { name } grid odd } }", root)
        assert answer.data == {"me": {"age": None, "best": None, "grid": [None, None], "odd": None}}
        assert [path for path, _ in told(answer)] == [
            ["me", "age"],
            ["me", "best"],
            ["me", "grid", 0],
            ["me", "grid", 1, 0],
            ["me", "odd"],
        ]

    def test_null_goes_up_to_the_first_that_may_be_null(self, batches: Sequence[str]) -> None:
        root = {"me": {"best": {"must": {"must": {"name": None}}}, "age": 3}}
        answer = World(batches).answer("{ me { age best { must { must { name } } } } }", root)
        assert answer.data == {"me": {"age": 3, "best": None}}
        assert told(answer) == [(["me", "best", "must", "must", "name"], NULL.format("Person.name"))]

    def test_null_that_goes_up_to_the_root(self, batches: Sequence[str]) -> None:
        answer = World(batches).answer("{ me { name } must { name } }", {"me": {"name": "Ann"}, "must": {"name": fail}})
        assert answer.data is None
        assert told(answer) == [(["must", "name"], "it broke")]

    def test_null_in_lists(self, batches: Sequence[str]) -> None:
        root = {"me": {"grid": [[1, None], [2]], "strict": [1, None], "friends": [{"is": "Person", "name": None}]}}
        answer = World(batches).answer("{ me { grid friends { ... on Person { name } } } }", root)
        assert answer.data == {"me": {"grid": [None, [2]], "friends": None}}
        assert told(answer) == [
            (["me", "grid", 0, 1], NULL.format("Person.grid")),
            (["me", "friends", 0, "name"], NULL.format("Person.name")),
        ]
        answer = World(batches).answer("{ me { strict age } }", root)
        assert (answer.data, told(answer)) == ({"me": None}, [(["me", "strict", 1], NULL.format("Person.strict"))])

    def test_one_error_for_a_position_that_is_nulled(self, batches: Sequence[str]) -> None:
        root = {"me": {"age": fail, "name": fail, "must": None}}
        answer = World(batches).answer("{ me { age name must { name } } }", root)
        assert answer.data == {"me": None}
        assert [path for path, _ in told(answer)] == [["me", "age"], ["me", "name"]]  # what comes after is not asked

    def test_what_cannot_be_completed(self, batches: Sequence[str]) -> None:
        root = {"me": {"age": "x", "colour": "GREEN", "strict": "12", "pets": [{"is": "Horse"}, {"is": "Person"}, {}]}}
        answer = World(batches).answer("{ me { age colour pets { name } } }", root)
        assert answer.data == {"me": {"age": None, "colour": None, "pets": [None, None, None]}}
        assert [message for _, message in told(answer)] == [
            "Int cannot represent non-integer value: 'x'",
            "Enum 'Colour' cannot represent value: 'GREEN'",
            "Abstract type 'Pet' was resolved to a type 'Horse' that does not exist inside the schema.",
            "Runtime Object type 'Person' is not a possible type for 'Pet'.",
            "'is'",
        ]
        answer = World(batches).answer("{ me { strict } }", root)
        assert told(answer) == [
            (["me", "strict"], "Expected Iterable, but did not find one for field 'Person.strict'.")
        ]


def test_a_batch_is_called_once_for_a_level_whatever_the_types_and_lists() -> None:
    world = World(["name", "owner"])
    dog = {"is": "Dog", "name": "Rex", "owner": {"name": "Ann", "pets": [{"is": "Cat", "name": "Tom"}]}}
    cat = {"is": "Cat", "name": "Tim", "owner": {"name": "Bob", "pets": [dict(dog), dict(dog)]}}
    text = "{ pets { name owner { name pets { name } } } }"
    answer = world.answer(text, {"pets": [dog, cat, dog]})
    assert answer.errors == []
    assert answer.data is not None
    assert answer.data["pets"][1]["owner"]["pets"] == [{"name": "Rex"}, {"name": "Rex"}]
    assert world.calls == [("name", 3), ("owner", 3), ("name", 3), ("name", 4)]


def test_a_batch_has_one_set_of_arguments() -> None:
    """One resolver may be asked with several under one path: by fields of different types."""
    world = World()
    pets = [{"is": kind, "says": lambda text: f"says {text}"} for kind in ("Dog", "Cat", "Dog")]
    same = '{ pets { ... on Dog { x: says(text: "a") } ... on Cat { x: says(text: "a") } } }'
    assert world.answer(same.replace('"a"', "null"), {"pets": pets}).data == {"pets": [{"x": "says None"}] * 3}
    for text, said in (
        (same.replace('"a"', '"b"', 1), "bab"),
        ("{ pets { ... on Dog { says } ... on Cat { says } } }", ""),
    ):
        answer = world.answer(text, {"pets": pets})
        assert answer.data is not None
        told = [next(iter(pet.values())) for pet in answer.data["pets"]]
        assert told == ([f"says {each}" for each in said] or ["says wow", "says mew", "says wow"])
    assert world.calls == [("says", 2), ("says", 1)] * 3  # their defaults differ


def test_a_level_is_complete_before_it_is_asked_for() -> None:
    """Also where one type's field is read at once and another's in batches."""
    world = World(["owner"])
    lazy, eager = world.resolver_of, Leaf(lambda pet: pet["owner"])
    world.resolver_of = lambda type_, name, field: (  # type: ignore[method-assign]
        eager if type_.name == "Cat" and name == "owner" else world.calls.batch("name", lambda p: p["name"])
        if type_.name == "Person" and name == "name" else lazy(type_, name, field)
    )  # fmt: skip
    pets = [{"is": kind, "owner": {"name": kind}} for kind in ("Dog", "Cat")]
    answer = world.answer("{ pets { owner { name } } }", {"pets": pets})
    assert answer.data == {"pets": [{"owner": {"name": "Dog"}}, {"owner": {"name": "Cat"}}]}
    assert world.calls == [("owner", 1), ("name", 2)]


def test_a_batch_that_fails_or_forgets_fails_for_every_parent() -> None:
    for resolve, message in ((fail, "fail() takes 0 positional"), (lambda parents, info: [1], "one result for each")):
        world = World()
        batch = Batch(resolve)
        one_by_one = world.resolver_of
        world.resolver_of = lambda type_, name, field, batch=batch, other=one_by_one: (  # type: ignore[method-assign,misc]
            batch if name == "name" else other(type_, name, field)
        )
        answer = world.answer("{ pets { name } }", {"pets": [{"is": "Dog"}, {"is": "Cat"}]})
        assert answer.data == {"pets": [{"name": None}, {"name": None}]}
        assert [path for path, _ in told(answer)] == [["pets", 0, "name"], ["pets", 1, "name"]]
        assert all(message in said for _, said in told(answer))


def test_arguments_and_variables() -> None:
    root = {"told": lambda **arguments: repr(arguments)}
    text = """query ($text: String, $list: [Int!] = [7], $number: Int! = 3) {
      none: told  null: told(text: null)  constant: told(text: "a", list: 1)
      variable: told(text: $text, list: $list)  inside: told(list: [1, $number])
    }"""
    plan = World().plan(text)
    first = asyncio.run(plan.execute(root, None, {})).data
    assert first == {
        "none": "{'text': 'nothing'}",
        "null": "{'text': None}",
        "constant": "{'text': 'a', 'list': [1]}",
        "variable": "{'text': 'nothing', 'list': [7]}",
        "inside": "{'text': 'nothing', 'list': [1, 3]}",
    }
    second = asyncio.run(plan.execute(root, None, {"text": None, "list": None, "number": 5})).data
    assert second is not None
    assert (second["variable"], second["inside"]) == (
        "{'text': None, 'list': None}",
        "{'text': 'nothing', 'list': [1, 5]}",
    )
    refused = asyncio.run(plan.execute(root, None, {"text": 5, "number": None}))
    assert refused.data is None
    assert [error.message.split("'")[1] for error in refused.errors] == ["$text", "$number"]


def test_one_plan_for_all_values_of_its_switches() -> None:
    text = """query ($a: Boolean!, $b: Boolean!) {
      x: __typename @include(if: $a)  y: __typename  x: __typename @skip(if: $b)
      ...F @include(if: $a) z: __typename ...F @skip(if: $a)
      ... @include(if: $b) { me { name } } me { age @skip(if: $a) }
    } fragment F on Query { f: __typename }"""
    plan = World().plan(text)
    root = {"me": {"name": "Ann", "age": 3}}
    keys = {}
    for a in (True, False):
        for b in (True, False):
            data = asyncio.run(plan.execute(root, None, {"a": a, "b": b})).data
            assert data is not None
            keys[a, b] = " ".join([*data, *data["me"]])
    assert keys == {
        (True, True): "x y f z me name",
        (True, False): "x y f z me",
        (False, True): "y z f me name age",
        (False, False): "y x z f me age",
    }


def test_mutations_run_one_after_the_other_and_stop_where_nothing_is_left_to_answer() -> None:
    done: list[str] = []

    async def add(root: Any, info: Any, by: int) -> Any:
        done.append(f"begin {by}")
        await asyncio.sleep(0)
        done.append(f"end {by}")
        if by > 8:
            raise ValueError("too much")
        return {"value": by, "strict": lambda: _noted(done, f"read {by}", by)}

    world = World(["strict"], {"Mutation.add": add, "Mutation.must": add})
    answer = world.answer("mutation { b: add(by: 2) { strict } a: must(by: 1) { strict } c: add(by: 9) { value } }")
    assert orjson.dumps(answer.data) == b'{"b":{"strict":2},"a":{"strict":1},"c":null}'
    assert told(answer) == [(["c"], "too much")]
    assert done == ["begin 2", "end 2", "read 2", "begin 1", "end 1", "read 1", "begin 9", "end 9"]
    done.clear()
    answer = world.answer("mutation { add(by: 1) { value } must(by: 9) { value } never: add(by: 2) { value } }")
    assert (answer.data, told(answer)) == (None, [(["must"], "too much")])
    assert done == ["begin 1", "end 1", "begin 9", "end 9"]


def test_root_fields_of_a_query_are_awaited_together_and_the_rest_runs_in_one_go() -> None:
    meeting = asyncio.Event()
    threads: list[int] = []

    async def waits(root: Any, info: Any, **_: Any) -> Any:
        await asyncio.wait_for(meeting.wait(), 5)
        return {"name": "Ann", "age": lambda: _noted(threads, threading.get_ident(), 3)}

    async def comes(root: Any, info: Any, **_: Any) -> Any:
        meeting.set()
        return "here"

    world = World(["age"], {"Query.me": waits, "Query.told": comes})
    goes: list[int] = []

    async def run(call: Any) -> Any:
        goes.append(1)
        return await asyncio.to_thread(call)

    answer = asyncio.run(world.plan("{ me { name age } told }").execute(None, None, None, run))
    assert answer.data == {"me": {"name": "Ann", "age": 3}, "told": "here"}
    assert goes == [1]
    assert threading.get_ident() not in threads


def test_an_event_is_answered_at_once() -> None:
    world = World(["name"], {"Subscription.me": lambda event, info: event})
    plan = world.plan("subscription ($long: Boolean!) { me { name age @include(if: $long) } }")
    answer = plan.execute_event({"name": "Ann", "age": 3}, None, {"long": False})
    assert answer.json() == b'{"data":{"me":{"name":"Ann"}}}'
    assert plan.execute_event({"name": None}, None, {"long": True}).json() == (
        b'{"data":{"me":null},"errors":[{"message":"Cannot return null for non-nullable field Person.name.",'
        b'"locations":[{"line":1,"column":39}],"path":["me","name"]}]}'
    )
    assert plan.execute_event({}, None, {}).data is None
    switched = world.plan("subscription ($long: Boolean = true) { me { name @include(if: $long) } }")
    assert switched.execute_event({"name": "Ann"}).data == {"me": {"name": "Ann"}}
    assert switched.execute_event({"name": "Ann"}, None, {"long": None}).data is None

    async def late(event: Any, info: Any) -> Any:
        return event

    plan = World((), {"Subscription.me": late}).plan("subscription { me { name } }")
    assert told(plan.execute_event({})) == [(["me"], "me cannot be waited for here")]


def test_introspection_and_what_is_too_large_go_to_graphql_core() -> None:
    answer = World().answer('{ __schema { queryType { name } } __type(name: "Dog") { name } }')
    assert answer.data == {"__schema": {"queryType": {"name": "Query"}}, "__type": {"name": "Dog"}}
    levels = 40
    text = "{ me { ...F0 } } " + " ".join(
        f"fragment F{n} on Person {{ a: best {{ ...F{n + 1} }} b: best {{ ...F{n + 1} }} }}" for n in range(levels)
    )
    answer = World().answer(f"{text} fragment F{levels} on Person {{ name }}", {"me": {"best": None}})
    assert answer.data == {"me": {"a": None, "b": None}}
