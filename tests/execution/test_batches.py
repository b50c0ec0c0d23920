"""When a batch is called, with which parents and arguments, and what it does if it fails."""

from typing import Any

import pytest

from tests.execution.world import World, fail, told
from timeline.execution import Batch, Leaf, total


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


@pytest.mark.parametrize(
    ("read_alike", "selection", "times"),
    [
        (["name"], "name", 0),
        (["name", "owner"], "name ... on Pet { owner { name } } ...F", 0),
        (["name"], "name @include(if: $yes)", 0),
        ([], "name", 2),
        (["name"], "name __typename", 2),
        (["name"], "name ... on Dog { barks }", 2),
        (["name"], "name ... on Dog @skip(if: $yes) { owner { name } }", 2),
        (["name"], "... on Dog { says } ... on Cat { says }", 2),
    ],
)
def test_the_type_of_a_value_is_asked_where_something_depends_on_it(
    read_alike: list[str], selection: str, times: int
) -> None:
    world, asked = World(read_alike), []

    @total
    def resolve_type(value: Any, info: Any, of: Any) -> str:
        asked.append(value)
        return str(value["is"])

    pet: Any = world.schema.type_map["Pet"]
    pets = [{"is": kind, "name": kind, "barks": True, "owner": {"name": "Ann"}} for kind in ("Dog", "Cat")]
    text = f"query ($yes: Boolean = true) {{ pets {{ {selection} }} me @skip(if: $yes) {{ name }} }}"
    if "...F" in selection:
        text += " fragment F on Pet { name }"
    expected = world.answer(text, {"pets": pets})
    assert expected.data is not None
    pet.resolve_type = resolve_type
    assert world.answer(text, {"pets": pets}) == expected
    assert len(asked) == times
