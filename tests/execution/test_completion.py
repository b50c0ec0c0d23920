"""What becomes of values: leaves, types, lists, nulls and errors, each in its place."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from tests.execution.world import NULL, World, fail, told


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
