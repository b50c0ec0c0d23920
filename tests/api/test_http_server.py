"""A real server on a loopback socket: bodies without a length, clients that stall or leave, WebSockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from tests.api.client import clean
from tests.api.conftest import MAX_BODY, app_for
from timeline.timelines import Timelines

QUERY = json.dumps({"query": '{ timeline(slug: "toys") { title } }'}).encode()
ANSWER = {"data": {"timeline": {"title": "Toys"}}}
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Served:
    port: int

    async def talk(self, *sent: bytes, wait: float = 5) -> bytes:
        """Send pieces, and read until the server has nothing more to say."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in sent:
                writer.write(piece)
                await writer.drain()
            return await asyncio.wait_for(reader.read(), wait)
        finally:
            writer.close()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[Served]:
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 uvicorn has nothing else to wait for
        await asyncio.sleep(0.01)
    yield Served(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await task


@pytest.fixture
async def served(on_sqlite: Timelines) -> AsyncIterator[Served]:
    async with serving(app_for(on_sqlite)) as served:
        yield served


def head(*headers: str) -> bytes:
    lines = ["POST /graphql HTTP/1.1", "Host: x", "Content-Type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode()


def body_of(answer: bytes) -> dict[str, object]:
    _, _, body = answer.partition(b"\r\n\r\n")
    parsed: dict[str, object] = json.loads(body)
    return parsed


async def test_a_declared_body_over_the_limit_is_refused_before_it_is_sent(served: Served) -> None:
    answer = await served.talk(head(f"Content-Length: {MAX_BODY + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer
    assert body_of(answer)["errors"][0]["extensions"] == {"code": "TOO_LARGE"}  # type: ignore[index]


async def test_a_chunked_body_over_the_limit_is_refused_while_it_is_read(served: Served) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    # The last chunk never comes: who waits for the end of the body waits for ever.
    answer = await served.talk(head("Transfer-Encoding: chunked"), *[chunk] * (MAX_BODY // 0x10000 + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert body_of(answer)["errors"][0]["extensions"] == {"code": "TOO_LARGE"}  # type: ignore[index]


async def test_a_chunked_body_within_the_limit(served: Served) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for index in range(len(QUERY)):
            yield QUERY[index : index + 1]

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as http:
        response = await http.post("/graphql", content=pieces(), headers=JSON)
        assert "content-length" not in response.request.headers
        assert clean(response) == ANSWER


async def test_a_client_that_leaves_is_nobodys_fault(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head("Content-Length: 1000") + b'{"query":')
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.2)
    assert caplog.records == []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as http:
        assert clean(await http.post("/graphql", content=QUERY, headers=JSON)) == ANSWER


async def test_bytes_that_are_not_http_are_refused(served: Served) -> None:
    for sent in (
        b"GARBAGE\r\n\r\n",
        head("Content-Length: -1"),
        head("Content-Length: 5", "Content-Length: 6") + b"{}",
        head("Content-Length: x"),
    ):
        answer = await served.talk(sent)
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert b"Traceback" not in answer


async def test_many_at_once(served: Served) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as http:
        several = [http.post("/graphql", content=QUERY, headers=JSON) for _ in range(100)]
        assert [clean(response) for response in await asyncio.gather(*several)] == [ANSWER] * 100
