"""A connection cut around COMMIT, and a COMMIT that is answered with a warning."""

from collections.abc import Callable
from random import Random

import pytest

from tests.faults.history import History, Outcome
from tests.faults.load import acknowledged, attempt, directly, loading, records, settle, some_ids
from tests.faults.proxy import Mischief, between
from timeline.timelines import Timelines

pytestmark = pytest.mark.slow
FAULTS: list[Mischief] = [each for each in Mischief if each is not Mischief.NONE]
COMMITTED = {Mischief.AFTER, Mischief.WARNED}


@pytest.mark.parametrize("mischief", FAULTS, ids=lambda each: each.name.lower())
def test_the_outcome_is_unknown_and_a_retry_finds_out(
    mischief: Mischief,
    postgres_address: str,
    opened: Callable[..., Timelines],
    history: History,
    judge: Callable[[History, Timelines], int],
    rng: Random,
) -> None:
    onlooker = opened(postgres_address)
    with between(postgres_address) as (proxy, through):
        node = opened(through)
        send = directly(node)
        for _ in range(5):
            assert attempt(history, send, some_ids(rng)) is Outcome.ACKNOWLEDGED
            ids = some_ids(rng)
            proxy.choose = lambda: mischief
            assert attempt(history, send, ids) is Outcome.UNKNOWN
            proxy.choose = lambda: Mischief.NONE
            there = [row.id for row in records(onlooker)][-len(ids) :] == ids
            assert there == (mischief in COMMITTED)
            history.look(records(onlooker))
            assert attempt(history, send, ids) is Outcome.ACKNOWLEDGED
        assert proxy.done.count(mischief) == 5
        judge(history, onlooker)
        node.close()


def test_commits_of_several_callers_cut_at_random(
    postgres_address: str,
    opened: Callable[..., Timelines],
    history: History,
    judge: Callable[[History, Timelines], int],
    rng: Random,
) -> None:
    onlooker = opened(postgres_address)
    with between(postgres_address) as (proxy, through):
        nodes = [opened(through), opened(through)]
        proxy.choose = lambda: rng.choice([Mischief.NONE] * 4 + FAULTS)
        with loading(history, directly(nodes[0]), rng, 3), loading(history, directly(nodes[1]), rng, 3):
            acknowledged(history, 400)
        proxy.choose = lambda: Mischief.NONE
        settle(history, directly(nodes[0]))
        assert {each for each in FAULTS if proxy.done.count(each) > 3} == set(FAULTS)
        assert judge(history, onlooker) > 400
        for node in nodes:
            node.close()
