"""What executing an operation means, case by case: arguments, variables, switches, order, and one event."""

import asyncio
import threading
from typing import Any

import orjson

from tests.execution.world import World, noted, told


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
        return {"value": by, "strict": lambda: noted(done, f"read {by}", by)}

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
        return {"name": "Ann", "age": lambda: noted(threads, threading.get_ident(), 3)}

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


def test_introspection_and_what_is_too_large_go_to_graphql_core() -> None:
    answer = World().answer('{ __schema { queryType { name } } __type(name: "Dog") { name } }')
    assert answer.data == {"__schema": {"queryType": {"name": "Query"}}, "__type": {"name": "Dog"}}
    levels = 40
    text = "{ me { ...F0 } } " + " ".join(
        f"fragment F{n} on Person {{ a: best {{ ...F{n + 1} }} b: best {{ ...F{n + 1} }} }}" for n in range(levels)
    )
    answer = World().answer(f"{text} fragment F{levels} on Person {{ name }}", {"me": {"best": None}})
    assert answer.data == {"me": {"a": None, "b": None}}
