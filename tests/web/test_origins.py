"""Pages of other origins, in a real browser: those that are let in ask, follow and append; others get nothing."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.serving import running
from timeline.cli.console import settings

ASK = """async (address) => {
  const body = JSON.stringify({ query: "{ timeline(slug: \\"ai-race\\") { title } }" });
  const headers = { "Content-Type": "application/json", "X-Client": "a page" };
  const answer = await fetch(`${address}/graphql`, { method: "POST", headers, body });
  return [answer.status, (await answer.json()).data.timeline.title];
}"""
APPEND = """async (address) => {
  const query = "mutation { createTimeline(input: { slug: \\"mine\\", title: \\"Mine\\" }) { timeline { slug } } }";
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${address}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  return (await answer.json()).data.createTimeline.timeline.slug;
}"""
UNASKED = """async (address) => {
  const query = "mutation { createTimeline(input: { slug: \\"theirs\\", title: \\"T\\" }) { timeline { slug } } }";
  const body = JSON.stringify({ query });
  const headers = { "Content-Type": "text/plain" };
  return (await fetch(`${address}/graphql`, { method: "POST", mode: "no-cors", headers, body })).type;
}"""
KEEP = """async (address) => {
  const url = `${address}/graphql?query=${encodeURIComponent("{ timelines { nodes { slug } } }")}`;
  const tag = (await fetch(url)).headers.get("ETag");
  return [tag.length, (await fetch(url, { headers: { "If-None-Match": tag }, cache: "no-store" })).status];
}"""
FOLLOW = """(address) => new Promise((resolve, reject) => {
  const query = "subscription { events(timeline: \\"ai-race\\", after: null) { __typename } }";
  const source = new EventSource(`${address}/graphql?query=${encodeURIComponent(query)}`);
  source.addEventListener("next", () => { source.close(); resolve("followed"); });
  source.addEventListener("error", () => { source.close(); reject(new Error("refused")); });
})"""
SOCKET = """(address) => new Promise((resolve, reject) => {
  const socket = new WebSocket(`${address.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  socket.onopen = () => { socket.close(); resolve("opened"); };
  socket.onerror = () => reject(new Error("refused"));
})"""


class Empty(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Served(NamedTuple):
    """A server, a page of an origin that it lets in, and one of another."""

    address: str
    friend: str
    stranger: str


@contextmanager
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with ExitStack() as stack:
        friend, stranger = (stack.enter_context(elsewhere()) for _ in range(2))
        origins = f"https://example.org, {friend}"
        _, address = stack.enter_context(running("demo", "--port", "0", TIMELINE_ORIGINS=origins))
        yield Served(address, friend, stranger)


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def all_works(page: Page, address: str) -> None:
    status, title = await page.evaluate(ASK, address)
    assert (status, bool(title)) == (200, True)
    length, again = await page.evaluate(KEEP, address)
    assert (length > 0, again) == (True, 304)
    assert await page.evaluate(FOLLOW, address) == "followed"
    assert await page.evaluate(SOCKET, address) == "opened"
    assert await page.evaluate(APPEND, address) == "mine"


def slugs(address: str) -> set[str]:
    answer = httpx.post(f"{address}/graphql", json={"query": "{ timelines { nodes { slug } } }"}).json()
    return {each["slug"] for each in answer["data"]["timelines"]["nodes"]}


async def test_a_page_that_is_let_in(page: Page, served: Served) -> None:
    await page.goto(served.friend)
    await all_works(page, served.address)


async def test_the_pages_of_the_server_itself_are(page: Page, served: Served) -> None:
    await page.goto(f"{served.address}/livez")
    await all_works(page, served.address)


@pytest.mark.parametrize("script", [ASK, KEEP, FOLLOW, SOCKET, APPEND])
async def test_a_page_that_is_not(page: Page, served: Served, script: str) -> None:
    await page.goto(served.stranger)
    with pytest.raises(Exception, match=r"Failed to fetch|refused"):
        await page.evaluate(script, served.address)
    assert "ai-race" in slugs(served.address)


async def test_a_page_that_does_not_ask_whether_it_may(page: Page, served: Served) -> None:
    """Browsers send what a form could send to anybody, and keep only the answer to themselves."""
    await page.goto(served.stranger)
    assert await page.evaluate(UNASKED, served.address) == "opaque"
    assert "theirs" not in slugs(served.address)


def test_caches_are_told(served: Served) -> None:
    """Also in answers to who says no origin: a cache would give them to a page of another one."""
    url = f"{served.address}/graphql?query=%7B__typename%7D"
    for headers in ({}, {"Origin": served.friend}, {"Origin": served.stranger}):
        answer = httpx.get(url, headers=headers)
        assert sorted(answer.headers["vary"].split(", ")) == ["Accept", "Origin"]
        assert answer.headers.get("access-control-allow-origin") == (
            served.friend if headers.get("Origin") == served.friend else None
        )


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "example.org",
        "localhost:5173",
        "https://example.org/page",
        "ftp://a",
        "https://a:",
        "http://[",
        "http://::1",
    ],
)
def test_what_is_no_origin(origin: str) -> None:
    with pytest.raises(ValueError, match=r"TIMELINE_ORIGINS: an origin is .*such as http://localhost:5173"):
        settings(origins=f"https://example.org:8443,{origin}")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://LOCALHOST:5173/", "http://localhost:5173"),
        ("http://[::1]:5173", "http://[::1]:5173"),
        ("https://a-b.example:443", "https://a-b.example"),
        ("http://a:80/", "http://a"),
        ("http://a:443", "http://a:443"),
    ],
)
def test_origins_are_what_browsers_send(given: str, sent: str) -> None:
    assert settings(origins=f" {given} , https://b").allowed_origins == [sent, "https://b"]
