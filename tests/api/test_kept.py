"""What is kept of answers is bounded, and found under what it was made for."""

import asyncio
from collections.abc import Mapping

from starlette.responses import Response

from tests.api.conftest import schema_of
from timeline.api.answers import OVERHEAD, REQUEST, Answers, Made
from timeline.api.asked import Asked, Key
from timeline.api.negotiating import JSON
from timeline.api.operations import Operations
from timeline.domain.kinds import Kinds
from timeline.timelines.marks import Mark

MEGABYTE = 1_000_000


def kept_text(answers: Answers) -> str:
    bodies = [bytes(each.body) for shelf in answers._shelves.values() for each in shelf.responses.values()]
    assert answers.bytes == sum(map(len, bodies)) + sum(len(key.sent) + OVERHEAD for key in answers._asked)
    return b" ".join(bodies).decode()


class Kept:
    """Answers by hand, to questions about one timeline or another."""

    def __init__(self, kinds: Kinds, most: int) -> None:
        self.operations = Operations(schema_of(kinds))
        self.answers = Answers(most)
        self.made = 0

    async def ask(
        self, number: int, marks: Mapping[str, Mark], slug: str = "toys", size: int = 1_000, pad: int = 0
    ) -> None:
        query = f'{{ timeline(slug: "{slug}") {{ a{number}: title }} }}' + " " * pad
        key = Key("POST", JSON, query.encode())
        asked = self.answers.asked(key)
        if asked is None:
            asked = Asked(key, self.operations.of({"query": query}))
            self.answers.keep(asked)
        body = (f"{number} " * size)[:size]

        async def make() -> Made:
            self.made += 1
            return Made(Response(body), stands=True)

        assert (await self.answers.response(asked, marks, make)).body == body.encode()
        assert self.answers.bytes <= self.answers.most
        kept_text(self.answers)


def mark(number: int) -> Mark:
    return Mark(b"%d" % number, number)


async def test_what_is_kept_is_bounded(kinds: Kinds) -> None:
    most = 40 * (1_000 + OVERHEAD)
    kept = Kept(kinds, most)
    now = {"toys": mark(1)}
    for number in range(100):
        await kept.ask(number, now)
        await kept.ask(0, now)  # what is asked for stays
    assert kept.made == 100
    assert most * 0.9 < kept.answers.bytes
    await kept.ask(99, now)
    assert kept.made == 100
    await kept.ask(1, now)
    assert kept.made == 101
    for number in range(200, 202):
        await kept.ask(number, now, size=most // 8 + 1)  # one answer is not to push out all others
        await kept.ask(number, now, size=most // 8 + 1)
    assert kept.made == 105
    for number in range(300, 500):  # nor are there more timelines than answers
        await kept.ask(number, {}, slug=f"slug-{number}")
    assert len(kept.answers._shelves) <= len(kept.answers._asked) <= 40


async def test_a_long_request_is_not_kept(kinds: Kinds) -> None:
    kept = Kept(kinds, MEGABYTE)
    for _ in range(2):
        await kept.ask(1, {}, pad=REQUEST)
    assert (kept.made, kept.answers.bytes, kept.answers._shelves) == (2, 0, {})


async def test_nothing_is_kept_where_that_is_off(kinds: Kinds) -> None:
    kept = Kept(kinds, 0)
    for _ in range(2):
        await kept.ask(1, {})
    assert (kept.made, kept.answers.bytes, kept.answers._asked) == (2, 0, {})


async def test_other_marks_are_other_answers(kinds: Kinds) -> None:
    kept = Kept(kinds, MEGABYTE)
    for number in (1, 2, 1):
        await kept.ask(1, {"toys": mark(number)})
        await kept.ask(1, {"toys": mark(number)})
    assert kept.made == 3
    await kept.ask(2, {"other": mark(7)}, slug="other")
    await kept.ask(1, {"toys": mark(8)})
    assert kept.made == 5
    await kept.ask(2, {"other": mark(7)}, slug="other")
    assert kept.made == 5
    await kept.ask(2, {}, slug="other")
    assert kept.made == 6


async def test_that_one_of_those_who_wait_leaves_is_nothing_to_the_others(kinds: Kinds) -> None:
    kept, query = Kept(kinds, MEGABYTE), "{ timelines { nodes { slug } } }"
    asked = Asked(Key("POST", JSON, query.encode()), kept.operations.of({"query": query}))
    kept.answers.keep(asked)
    goes_on = asyncio.Event()

    async def make() -> Made:
        kept.made += 1
        await goes_on.wait()
        return Made(Response(b"made"), stands=True)

    waiting = [asyncio.create_task(kept.answers.response(asked, {}, make)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()  # who asked first, and has it made
    await asyncio.sleep(0)
    goes_on.set()
    left, *stayed = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(left, asyncio.CancelledError)
    assert [bytes(each.body) for each in stayed if isinstance(each, Response)] == [b"made", b"made"]
    assert kept.made == 1
