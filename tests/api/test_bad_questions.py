"""Questions about states that cannot be answered: each is refused with a code, a message and a path."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.making import made
from timeline.timelines import Timelines


@pytest.fixture
async def asked(sqlite_client: Client, on_sqlite: Timelines) -> Client:
    for data in ({"toy": "bear", "room": "attic", "points": 3}, {"toy": "doll", "room": "attic", "points": 4}):
        on_sqlite.append("toys", [made(on_sqlite.kinds, "toy.scored", data)])
    return sqlite_client


def where(test: str) -> str:
    return f'playthings(filter: {{where: [{{attribute: "score", key: "attic", gte: 0}}, {{{test}}}]}}) {{ totalCount }}'


TEST = ["filter", "where", 1]
BAD: list[tuple[str, list[str | int] | None, str]] = [  # the question, the path of its error, a word of its message
    ('entity(ref: "bear") { ref }', ["ref"], "kind:slug"),
    ('entity(ref: "") { ref }', ["ref"], ""),
    ('toy(slug: "Bear!") { ref }', ["slug"], ""),
    ('entitiesByRef(refs: ["toy:bear", "x"]) { ref }', ["refs", 1], "kind:slug"),
    ('toy(slug: "bear", at: "2025/2026") { ref }', ["at"], ""),
    ('toy(slug: "bear", at: "2025~") { ref }', ["at"], ""),
    ('toy(slug: "bear", at: "2025-02-29") { ref }', None, "29"),
    ('toy(slug: "bear", knownAt: {position: 3}) { ref }', ["knownAt", "position"], "beyond the head, 2"),
    ("playthings(knownAt: {position: 3}) { totalCount }", ["knownAt", "position"], "beyond the head, 2"),
    ('toy(slug: "bear") { score(room: "Attic!") }', ["room"], ""),
    ('toy(slug: "bear") { score(room: "toy:bear") }', ["room"], ""),
    ('toy(slug: "bear") { facts(attributes: ["room", "nope"]) { totalCount } }', ["attributes", 1], "there are"),
    ('toy(slug: "bear") { facts(first: 201) { totalCount } }', ["first"], "from 1 to 200"),
    ('toy(slug: "bear") { history(attribute: "nope") { totalCount } }', ["attribute"], "toy.score"),
    ('toy(slug: "bear") { history(key: "attic") { totalCount } }', ["key"], "attribute"),
    ('toy(slug: "bear") { history(attribute: "room", key: "attic") { totalCount } }', ["key"], "no keys"),
    ('toy(slug: "bear") { history(attribute: "score", key: "!") { totalCount } }', ["key"], ""),
    ('entities(filter: {kinds: ["toy", "nope"]}) { totalCount }', ["filter", "kinds", 1], "nope"),
    ('entities(filter: {refs: ["toy:bear", "bear"]}) { totalCount }', ["filter", "refs", 1], "kind:slug"),
    ('entities(orderBy: {attribute: "toy.nope"}) { totalCount }', ["orderBy", "attribute"], "there are"),
    ('entities(orderBy: {attribute: "toy.spent"}) { totalCount }', ["orderBy", "attribute"], "total"),
    ('entities(orderBy: {attribute: "toy.score"}) { totalCount }', ["orderBy", "key"], "say which"),
    ('entities(orderBy: {key: "attic"}) { totalCount }', ["orderBy", "key"], "attribute"),
    ('rooms(orderBy: {attribute: "toy.room"}) { totalCount }', ["orderBy", "attribute"], "there are none"),
    (where('attribute: "nope", eq: 1'), [*TEST, "attribute"], "nope"),
    (where('attribute: "spent", eq: 1'), [*TEST, "attribute"], "total"),
    (where('attribute: "score", eq: 1'), [*TEST, "key"], "say which"),
    (where('attribute: "room", key: "attic", eq: "attic"'), [*TEST, "key"], "no keys"),
    (where('attribute: "score", key: "attic", eq: "three"'), [*TEST, "eq"], ""),
    (where('attribute: "score", key: "attic", lte: 2147483648'), [*TEST, "lte"], ""),
    (where('attribute: "score", key: "attic", in: [1, true]'), [*TEST, "in", 1], ""),
    (where('attribute: "made", eq: "2025-13"'), [*TEST, "eq"], ""),
    (where('attribute: "room", eq: "toy:bear"'), [*TEST, "eq"], ""),
    (where('attribute: "price", lt: {amount: "5"}'), [*TEST, "lt", "currency"], "currency"),
    (where('attribute: "price", lt: {lower: "5", currency: "EUR"}'), [*TEST, "lt"], "compared"),
    (where('attribute: "friends", gt: "bear"'), TEST, "members"),
    (where('attribute: "room"'), TEST, "eq, lt"),
    ('series(attribute: "score", key: "attic") { entity { ref } }', ["attribute"], "toy.score"),
    ('series(attribute: "toy.score") { entity { ref } }', ["key"], "say which"),
    ('series(attribute: "toy.room", entities: ["x"]) { entity { ref } }', ["entities", 0], "kind:slug"),
    ('diff(from: {at: "2025/2026"}, to: {}) { totalCount }', ["from", "at"], ""),
    ("diff(from: {}, to: {knownAt: {position: 9}}) { totalCount }", ["to", "knownAt", "position"], "beyond"),
    ("diff(from: {}, to: {}, first: 0) { totalCount }", ["first"], "from 1 to 200"),
]


@pytest.mark.parametrize(("question", "path", "word"), BAD)
async def test_a_bad_question_is_refused(asked: Client, question: str, path: Any, word: str) -> None:
    refused = await asked.refused(f'{{ timeline(slug: "toys") {{ {question} }} }}')
    assert (refused.code, refused.path) == ("BAD_INPUT", path), refused.message
    assert word in refused.message


async def test_too_much_is_refused(asked: Client) -> None:
    for question, path in (
        ("entitiesByRef(refs: $many) { ref }", ["refs"]),
        ("entities(filter: {refs: $many}) { totalCount }", ["filter", "refs"]),
        ('series(attribute: "toy.room", entities: $many) { entity { ref } }', ["entities"]),
    ):
        query = f'query ($many: [ID!]!) {{ timeline(slug: "toys") {{ {question} }} }}'
        refused = await asked.refused(query, many=["toy:bear"] * 101)
        assert (refused.code, refused.path) == ("TOO_LARGE", path)
    test = '{attribute: "repairs", eq: 0}'
    tests = (
        f'{{ timeline(slug: "toys") {{ playthings(filter: {{where: [{", ".join([test] * 11)}]}}) {{ totalCount }} }} }}'
    )
    assert (await asked.refused(tests)).code == "TOO_LARGE"


async def test_what_nothing_names_is_no_error(asked: Client) -> None:
    found = await asked.toys(
        """
        entity(ref: "toy:nobody") { ref }
        unknown: entity(ref: "nokind:bear") { ref }
        entities(filter: {refs: ["toy:nobody"]}) { totalCount }
        toy(slug: "bear") { score(room: "nowhere") room { ref } scores { totalCount } }
        series(attribute: "toy.score", key: "nowhere") { points { value } }
        """
    )
    assert found == {
        "entity": None,
        "unknown": None,
        "entities": {"totalCount": 0},
        "toy": {"score": None, "room": None, "scores": {"totalCount": 1}},
        "series": [],
    }
