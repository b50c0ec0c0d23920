"""The gatherer by itself: one call for a field, whatever the number of parents, on this thread or on another."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from timeline.api.batching import Gatherer


def info_of(node: object) -> Any:
    """What graphql-core tells a resolver, as far as the gatherer looks at it."""
    return SimpleNamespace(_raw_info=SimpleNamespace(field_nodes=[node]))


class Calls:
    """A resolver in batch form that writes down how it was called."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self.answer = answer
        self.parents: list[list[Any]] = []
        self.threads: set[int] = set()

    def __call__(self, parents: list[Any], info: Any, **arguments: Any) -> Sequence[Any]:
        self.parents.append(parents)
        self.threads.add(threading.get_ident())
        return [self.answer(parent) for parent in parents]


inline = pytest.mark.parametrize("inline", [True, False])


@inline
async def test_one_call_for_all_parents_of_a_field(inline: bool) -> None:
    gatherer, double = Gatherer(inline=inline), Calls(lambda parent: parent * 2)
    info = info_of(object())
    found = await asyncio.gather(*(gatherer.gather(double, n, info, {}) for n in range(50)))
    assert found == [n * 2 for n in range(50)]
    assert double.parents == [list(range(50))]
    assert (threading.get_ident() in double.threads) is inline


@inline
async def test_one_call_for_each_field_and_level(inline: bool) -> None:
    gatherer, double, triple = Gatherer(inline=inline), Calls(lambda n: n * 2), Calls(lambda n: n * 3)
    one, two, inner = info_of(object()), info_of(object()), info_of(object())

    async def both_levels(n: int, outer: Any) -> Any:
        return await gatherer.gather(triple, await gatherer.gather(double, n, outer, {}), inner, {})

    found = await asyncio.gather(*(both_levels(n, outer) for outer in (one, two) for n in range(3)))
    assert found == [0, 6, 12, 0, 6, 12]
    assert double.parents == [[0, 1, 2], [0, 1, 2]]  # two fields of the document, each with arguments of its own
    assert triple.parents == [[0, 2, 4, 0, 2, 4]]


async def test_what_is_gathered_while_a_thread_works_goes_together(  # so a request takes one connection at a time
) -> None:
    gatherer, release = Gatherer(inline=False), threading.Event()
    slow, quick = Calls(lambda n: release.wait(5) and n), Calls(lambda n: n)
    first = asyncio.create_task(gatherer.gather(slow, 1, info_of(object()), {}))
    await asyncio.sleep(0.05)
    later = info_of(object())
    others = [asyncio.create_task(gatherer.gather(quick, n, later, {})) for n in (2, 3)]
    await asyncio.sleep(0.05)
    assert (slow.parents, quick.parents) == ([[1]], [])
    release.set()
    assert await asyncio.gather(first, *others) == [1, 2, 3]
    assert quick.parents == [[2, 3]]


@inline
async def test_an_exception_among_the_results_is_that_parents_own(inline: bool) -> None:
    gatherer = Gatherer(inline=inline)
    odd = Calls(lambda n: ValueError(n) if n % 2 else n)
    info = info_of(object())
    found = await asyncio.gather(*(gatherer.gather(odd, n, info, {}) for n in range(4)), return_exceptions=True)
    assert [found[0], found[2]] == [0, 2]
    assert [str(found[1]), str(found[3])] == ["1", "3"]


@inline
async def test_a_resolver_that_fails_fails_all_its_parents_and_no_others(inline: bool) -> None:
    gatherer, fine = Gatherer(inline=inline), Calls(lambda n: n)

    def broken(parents: list[Any], info: Any) -> Sequence[Any]:
        raise ZeroDivisionError

    def short(parents: list[Any], info: Any) -> Sequence[Any]:
        return parents[1:]

    info = info_of(object())
    found = await asyncio.gather(
        *(gatherer.gather(resolve, n, info, {}) for resolve in (broken, fine, short) for n in (1, 2)),
        return_exceptions=True,
    )
    assert [type(each) for each in found] == [ZeroDivisionError, ZeroDivisionError, int, int, ValueError, ValueError]
    assert await gatherer.gather(fine, 7, info, {}) == 7  # and it goes on


@inline
async def test_a_parent_that_is_cancelled_takes_nobody_with_it(inline: bool) -> None:
    gatherer, release = Gatherer(inline=inline), threading.Event()
    slow = Calls(lambda n: (inline or release.wait(5)) and n)
    info = info_of(object())
    tasks = [asyncio.create_task(gatherer.gather(slow, n, info, {})) for n in (1, 2, 3)]
    await asyncio.sleep(0 if inline else 0.05)
    tasks[1].cancel()
    release.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [found[0], found[2]] == [1, 3]
    assert isinstance(found[1], asyncio.CancelledError)
    assert await gatherer.gather(slow, 4, info, {}) == 4
