"""A browser's own EventSource, which knows nothing of cursors and comes back with the id of the last event it got."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route

from tests.live.cutting import cutting
from tests.live.following import CLIENTS, append_slowly
from tests.live.servers import app_for, serving
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@asynccontextmanager
async def browsing(address: str, profile: Path) -> AsyncIterator[None]:
    assert BROWSER is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    process = await asyncio.create_subprocess_exec(
        BROWSER,
        *flags,
        f"--user-data-dir={profile}",
        "--remote-debugging-port=0",
        address,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="a browser's EventSource needs Chromium: apt install chromium")
async def test_an_event_source_comes_back_where_it_was(on_sqlite: Timelines, kinds: Kinds, tmp_path: Path) -> None:
    got: list[int] = []
    opened = 0

    async def page(_: Request) -> Response:
        return FileResponse(CLIENTS / "eventsource.html")

    async def take(request: Request) -> Response:
        nonlocal got, opened
        said = json.loads(await request.body())
        if len(said["positions"]) > len(got):
            got, opened = said["positions"], said["opened"]
        return Response(status_code=204)

    inner = app_for(on_sqlite)
    outer = Starlette(routes=[Route("/page", page), Route("/got", take, methods=["POST"]), Mount("/", inner)])
    outer.state.live = inner.state.live
    async with (
        serving(outer) as port,
        cutting(port, seed=3) as (cut, cutter),
        browsing(f"http://127.0.0.1:{cut}/page", tmp_path / "profile"),
    ):
        await append_slowly(on_sqlite, kinds, 600, 0.01)
        async with asyncio.timeout(90):
            while len(got) < 600:  # noqa: ASYNC110 nothing tells
                await asyncio.sleep(0.1)
        assert got == list(range(1, 601))
        assert cutter.cut >= 2
        assert opened >= 2
