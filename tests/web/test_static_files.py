"""How the built pages are served: small, kept for as long as they stay the same, and with a strict policy."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from timeline.web import static_files
from timeline.web.static_files import FOLDER

ASSETS = sorted(path.name for path in (FOLDER / "assets").iterdir() if path.suffix not in (".br", ".gz"))
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; "


async def ask(query: str, variables: Mapping[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    """A schema that knows one timeline."""
    slug = variables["slug"]
    return {"timeline": {"slug": slug} if slug == "anything" else None}, []


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=static_files.routes(ask)))
    async with httpx.AsyncClient(transport=transport, base_url="http://timeline") as one:
        yield one


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
@pytest.mark.parametrize("name", ASSETS)
async def test_an_asset_is_kept_and_compressed(http: httpx.AsyncClient, name: str, coding: str) -> None:
    async with http.stream("GET", f"/assets/{name}", headers={"accept-encoding": coding}) as answer:
        sent = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.search(r"-[\w-]{8}\.\w+$", name)  # a hash of what is in it
    if coding == "identity":
        assert "content-encoding" not in answer.headers
        assert sent == (FOLDER / "assets" / name).read_bytes()
    else:
        assert answer.headers["content-encoding"] == coding
        assert len(sent) < (FOLDER / "assets" / name).stat().st_size


@pytest.mark.parametrize("path", ["/", "/t/anything"])
async def test_a_page_may_load_from_its_own_origin_only(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.headers["content-security-policy"].startswith(STRICT)
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert answer.headers["cache-control"] == "no-cache"
    assert "//" not in answer.text.lower().replace("<!doctype", "")


@pytest.mark.parametrize(("path", "status"), [("/t/anything", 200), ("/t/nothing", 404), ("/t/nothing?embed=1", 404)])
async def test_a_timeline_that_does_not_exist_is_not_found(http: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith(STRICT)


async def test_only_the_timeline_s_page_can_be_embedded(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/t/anything?embed=1")).headers["content-security-policy"]
    assert policy.startswith(STRICT)
    assert policy.endswith("frame-ancestors *")


@pytest.mark.parametrize("name", ["nothing.js", "..%2findex.html", "../index.html", "built-from", ""])
async def test_what_is_no_asset_is_not_served(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/assets/{name}")).status_code == 404


def test_no_built_file_names_another_origin_to_load_from() -> None:
    for name in ASSETS:
        if name.endswith((".css", ".js")):
            text = (FOLDER / "assets" / name).read_text("utf-8")
            assert not re.search(
                r"(?:unpkg|jsdelivr|esm\.sh|cdnjs|googleapis|gstatic)\.", text.replace("esm.sh/", "")
            ), name
