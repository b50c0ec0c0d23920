"""Questions to PostgreSQL over libpq, from an event loop."""

import asyncio
import time
from collections.abc import AsyncIterator

import psycopg
import pytest

from timeline.database.questions import Questions
from timeline.timelines.readable import Readable

DOUBLED = "SELECT n, n || n, NULL FROM unnest($1::text[]) AS n"


@pytest.fixture
def address(postgres_address: str) -> str:
    return postgres_address.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
async def questions(address: str) -> AsyncIterator[Questions]:
    asked = Questions(address, {}, Readable())
    yield asked
    asked.close()


async def test_values_are_texts_as_the_server_writes_them(questions: Questions) -> None:
    for _ in range(3):
        assert await questions.rows(DOUBLED, ("{a,é}",)) == [(b"a", b"aa", None), ("é".encode(), "éé".encode(), None)]
    assert await questions.rows("SELECT 1 WHERE false", ()) == []


async def test_what_is_refused_says_why_and_the_next_is_answered(questions: Questions) -> None:
    for wrong in ("SELECT nothing", "SELECT 1 / n FROM unnest(ARRAY[0]) n"):
        with pytest.raises(RuntimeError, match=r"nothing|division by zero"):
            await questions.rows(wrong, ())
        assert await questions.rows(DOUBLED, ("{a}",)) == [(b"a", b"aa", None)]


@pytest.mark.parametrize("while_idle", [True, False])
async def test_a_lost_connection_is_told_and_the_next_question_gets_another(
    questions: Questions, address: str, while_idle: bool
) -> None:
    ((pid,),) = await questions.rows("SELECT pg_backend_pid()", ())
    under_way = None if while_idle else asyncio.create_task(questions.rows("SELECT pg_sleep(60)", ()))
    await asyncio.sleep(0.2)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", [int(pid or 0)])
    await asyncio.sleep(0.2)
    with pytest.raises((psycopg.Error, RuntimeError)):
        await (under_way or questions.rows(DOUBLED, ("{a}",)))
    assert await questions.rows(DOUBLED, ("{a}",)) == [(b"a", b"aa", None)]


async def test_an_answer_that_nobody_waits_for_is_not_given_to_the_next(questions: Questions) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await questions.rows("SELECT pg_sleep(0.4)", ())
    for _ in range(3):
        assert await questions.rows(DOUBLED, ("{a}",)) == [(b"a", b"aa", None)]
        await asyncio.sleep(0.1)


async def test_an_answer_may_come_in_many_pieces(questions: Questions) -> None:
    rows = await questions.rows("SELECT repeat('x', 1000) FROM generate_series(1, 5000)", ())
    assert len(rows) == 5000
    assert {row[0] for row in rows} == {b"x" * 1000}


async def test_a_socket_that_is_readable_while_nobody_waits_does_not_keep_the_loop_busy(
    questions: Questions, address: str
) -> None:
    ((pid,),) = await questions.rows("SELECT pg_backend_pid()", ())
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", [int(pid or 0)])
    await asyncio.sleep(0.1)
    began = time.process_time()
    await asyncio.sleep(0.5)
    assert time.process_time() - began < 0.25


def test_another_loop_may_ask_later(address: str) -> None:
    asked = Questions(address, {}, Readable())
    for _ in range(2):
        assert asyncio.run(asked.rows(DOUBLED, ("{a}",))) == [(b"a", b"aa", None)]
    asked.close()
