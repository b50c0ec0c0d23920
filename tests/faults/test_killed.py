"""kill -9: of a server under load, of PostgreSQL, and of one of its backends."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.faults.history import History
from tests.faults.load import acknowledged, attempt, directly, loading, over_http, records, settle, some_ids
from tests.faults.servers import free_port, kill, own_postgres, serve
from timeline import kinds as shipped
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

pytestmark = pytest.mark.slow
Judge = Callable[[History, Timelines], int]
Opened = Callable[..., Timelines]
ROUNDS = {"sqlite": 20, "postgresql": 8}


def test_a_server_killed_under_load(
    address: str, opened: Opened, history: History, judge: Judge, rng: Random, tmp_path: Path
) -> None:
    onlooker, port = opened(address, known=Kinds.of(shipped)), free_port()
    rounds = ROUNDS[address.partition(":")[0]]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        send = over_http(http)
        server = serve(address, port, tmp_path / "0.log")
        try:
            with loading(history, send, rng) as going:
                for turn in range(1, rounds + 1):
                    acknowledged(history, rng.randint(1, 20))
                    time.sleep(rng.uniform(0, 0.1))
                    kill(server)
                    going.clear()
                    history.look(records(onlooker))
                    server = serve(address, port, tmp_path / f"{turn}.log")
                    going.set()
                acknowledged(history, 1)
            settle(history, send)
        finally:
            kill(server)
    assert judge(history, onlooker) > rounds


@pytest.mark.parametrize("whole", [True, False], ids=["PostgreSQL", "one backend"])
def test_postgres_killed_under_load(whole: bool, opened: Opened, history: History, judge: Judge, rng: Random) -> None:
    with own_postgres() as postgres:
        node = opened(postgres.address)
        send = directly(node)
        with loading(history, send, rng):
            for _ in range(8):
                acknowledged(history, rng.randint(1, 40))
                time.sleep(rng.uniform(0, 0.05))
                if whole:
                    postgres.kill_all()
                    postgres.start()
                else:
                    postgres.kill_backend()
                postgres.wait()
            acknowledged(history, 10)
        settle(history, send)
        assert judge(history, node) > 8
        node.close()


def test_every_request_sent_twice_at_once_and_again_after_a_restart(
    address: str, opened: Opened, history: History, judge: Judge, rng: Random, tmp_path: Path
) -> None:
    onlooker, port = opened(address, known=Kinds.of(shipped)), free_port()
    sent = [some_ids(rng) for _ in range(60)]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http, ThreadPoolExecutor(8) as pool:
        send = over_http(http)
        for turn in range(2):
            server = serve(address, port, tmp_path / f"{turn}.log")
            try:
                list(pool.map(lambda ids: attempt(history, send, ids), [ids for ids in sent for _ in range(2)]))
            finally:
                kill(server)
    assert not history.unknown()
    assert judge(history, onlooker) == sum(map(len, sent))
