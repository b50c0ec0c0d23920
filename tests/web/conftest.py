"""The demo, and a real browser that has no way out to the network."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.serving import running

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
PATIENCE = 30_000  # ms: a test that waits for ever says where
SIZES = {"phone": (390, 844), "laptop": (1366, 768), "wide": (2200, 1200)}
FORBIDDEN = """
document.addEventListener("securitypolicyviolation", (what) =>
  console.error(`${what.violatedDirective} forbids ${what.blockedURI || "what is inline"}`));
"""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The sample, served."""
    with running("demo", "--port", "0") as (_, served):
        yield served


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    options = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield one
        await one.close()


@dataclass
class Looked:
    """A page, and what went wrong on it: what was said on the console, and who else was asked."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    async def open(self, path: str) -> Page:
        await self.page.goto(self.address + path)
        return self.page

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """As another client."""
        body = {"query": query, "variables": variables or {}}
        answer = httpx.post(f"{self.address}/graphql", json=body).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def violations(self) -> list[str]:
        """What axe finds: the rule, and where it is broken."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found = await self.page.evaluate("axe.run()")
        return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


async def open_page(looked: Looked, query: str = "", slug: str = "ai-race") -> Page:
    """The page of a timeline, once its events are there."""
    page = await looked.open(f"/t/{slug}{query}")
    await expect(page.locator(".list h2")).to_contain_text("event")
    return page


@pytest.fixture
async def looked(browser: Browser, address: str) -> AsyncIterator[Looked]:
    """A page on which nothing may go wrong."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    await context.add_init_script(FORBIDDEN)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    one = Looked(page, address)
    page.on("console", lambda said: one.wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: one.wrong.append(str(error)))
    page.on("request", lambda request: None if _is_ours(request.url, address) else one.wrong.append(request.url))
    yield one
    await context.close()
    assert one.wrong == []


def _is_ours(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", f"{address.replace('http', 'ws', 1)}/", f"blob:{address}/", "data:"))
