"""TimelineJS itself reads our feed, and shows every event of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from tests.npm import installed
from tests.serving import running

pytestmark = pytest.mark.slow  # npm installs TimelineJS

READ = """
async () => {
  document.body.innerHTML = '<div id="reader" style="width: 1200px; height: 700px"></div>';
  const read = new TL.Timeline("reader", location.href, { script_path: location.href });
  await new Promise((done, failed) => {
    read.on("ready", done);
    setTimeout(() => failed(new Error("it is not ready after 20 seconds")), 20_000);
  });
  const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent.trim());
  return {
    messages: [...read.config.messages.errors, ...read.config.messages.warnings],
    title: read.config.title.text.headline,
    headlines: texts(".tl-slide:not(.tl-slide-titleslide) .tl-headline"),
    dates: texts(".tl-slide .tl-headline-date"),
    markers: document.querySelectorAll(".tl-timemarker").length,
    made: document.querySelectorAll(".tl-headline b, .tl-headline img").length,
  };
}
"""
APPEND = """
mutation ($title: String!) {
  appendEvents(input: { timeline: "ai-race", events: [
    { occurred: "-0043-03-15", event: { newsReported: { title: "Long ago" } } }
    { occurred: "2025-01-20T09:30:00-08:00", event: { newsReported: { title: $title } } }
  ] }) { errors { message } }
}
"""


@pytest.fixture
def address() -> Iterator[str]:
    with running("demo", "--port", "0") as (_, served):
        body: dict[str, Any] = {"query": APPEND, "variables": {"title": "<b onclick=alert(1)>Bold</b> & more"}}
        assert httpx.post(f"{served}/graphql", json=body).json() == {"data": {"appendEvents": {"errors": []}}}
        yield served


async def test_timelinejs_shows_every_event(browser: Browser, address: str, tmp_path: Path) -> None:
    package = installed(Path(__file__).with_name("scripts"), tmp_path) / "node_modules/@knight-lab/timelinejs/dist"
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(f"{address}/t/ai-race.timelinejs.json")
    await page.add_style_tag(path=package / "css/timeline.css")
    await page.add_script_tag(path=package / "js/timeline.js")
    read = await page.evaluate(READ)
    assert read["messages"] == []
    assert read["title"] == "The AI race, January 2025"
    assert len(read["headlines"]) == read["markers"] == 33
    assert "<b onclick=alert(1)>Bold</b> & more" in read["headlines"]
    assert read["made"] == 0
    assert {"by 20 January 2025", "since 2021", "December 2024"} <= set(read["dates"])
