"""The page of a timeline with 100 thousand events: how soon it shows something, and how smoothly it moves."""

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.serving import running
from timeline import main
from timeline.cli.console import settings
from timeline.exchange import append_lines

EVENTS = 100_000
MOVE = """
async () => {
  const stage = document.querySelector(".stage"), { top } = stage.getBoundingClientRect(), frames = [];
  stage.setPointerCapture = () => {};
  const send = (name, x) => stage.dispatchEvent(
    new PointerEvent(name, { pointerId: 1, clientX: x, clientY: top + 90, button: 0, bubbles: true }));
  const frame = () => new Promise(requestAnimationFrame);
  let x = 600, last = await frame();
  send("pointerdown", x);
  for (let step = 0; step < 120; step++) {
    send("pointermove", x += step < 60 ? -6 : 6);
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  send("pointerup", x);
  return 1000 * frames.length / frames.reduce((sum, one) => sum + one);
}
"""


def lines() -> Iterator[bytes]:
    chance = random.Random(1)
    for index in range(EVENTS):
        day = (date(1990, 1, 1) + timedelta(days=int(chance.betavariate(4, 1.5) * 13_000))).isoformat()
        occurred = chance.choice([day] * 6 + [day[:7]] * 2 + [day[:4], f"{day}/.."])
        data = {"app": f"app-{chance.randrange(300)}", "chart": "top", "rank": chance.randint(1, 100)}
        event = chance.choice([("chart.milestone", data), ("news.reported", {"title": f"Something, number {index}"})])
        yield json.dumps({"kind": event[0], "occurred": occurred, "data": event[1]}).encode()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    database = f"sqlite:///{tmp_path / 'many.db'}"
    given = settings(database=database)
    timelines = main.open_timelines(given, main.load_kinds(given))
    timelines.create("many", "Many events")
    for _ in append_lines(timelines, "many", lines()):
        pass
    timelines.close()
    with running("serve", "--database", database, "--port", "0") as (_, served):
        yield served


async def opened(browser: Browser, address: str) -> tuple[Page, float, float]:
    """A page in a browser that has kept nothing, and after how many ms it showed something, and counts."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(address)
    await expect(page.locator("svg .bar").first).to_be_attached()
    drawn = await page.evaluate("performance.now()")
    paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return page, paint, drawn


@pytest.mark.slow
async def test_it_is_soon_there_and_moves_smoothly(
    browser: Browser, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tries = [await opened(browser, f"{address}/t/many") for _ in range(3)]
    page, paint, drawn = sorted(tries, key=lambda one: one[1])[1]  # the median
    await page.bring_to_front()
    rate = await page.evaluate(MOVE)
    with capsys.disabled():
        said = f"first paint after {paint:.0f} ms, counts after {drawn:.0f} ms, moves at {rate:.0f} frames a second"
        sys.stdout.write(f"\n{EVENTS:,} events: {said}\n")
    assert paint < 1_000
    assert rate >= 50
    moved = page.url
    await page.locator("svg .bar").nth(5).click(force=True)  # a count leads to what it counts
    await expect(page).not_to_have_url(moved)
