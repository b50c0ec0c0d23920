"""The chart: what is imprecise looks it, and it moves under a pointer, a wheel and two fingers."""

import re

import pytest
from playwright.async_api import Browser, FloatRect, Locator, Page, expect

from tests.web.conftest import Looked, open_page

VIEW = "?from=2020-01-01T00:00:00.000Z&to=2026-01-01T00:00:00.000Z"
DAY = 86_400_000
SPAN = """
() => {
  const given = new URLSearchParams(location.search);
  return ["from", "to"].map((name) => given.has(name) ? Date.parse(given.get(name)) : null);
}
"""


def mark(page: Page, headline: str) -> Locator:
    return page.locator("svg .mark", has=page.locator("title", has_text=re.compile(headline)))


async def span(page: Page, before: list[int] | None = None) -> list[int]:
    """What the address says is in view, once that is not what it was."""
    for _ in range(40):
        await page.wait_for_timeout(50)
        now: list[int] = await page.evaluate(SPAN)
        if now != before:
            break
    assert now != before
    return now


async def stage_of(page: Page) -> FloatRect:
    """Where the chart is, once what stands beside it does not push it any more."""
    await expect(page.locator(".states article").first).to_be_visible()
    box = await page.locator(".stage").bounding_box()
    assert box is not None
    return box


async def test_what_is_imprecise_fades_and_what_is_open_has_an_arrow(looked: Looked) -> None:
    page = await open_page(looked)
    exact = mark(page, "^OpenAI launched ChatGPT")
    await expect(exact.locator("circle.dot")).to_have_count(1)
    since = mark(page, "^Biden administration expanded")  # 2021/..: begun in that year, and it goes on
    await expect(since.locator("rect[fill^='url(#in']")).to_have_count(1)
    await expect(since.locator("rect[fill='currentColor']")).to_have_count(1)
    await expect(since.locator(".arrow")).to_have_count(1)
    until = mark(page, "^ChatGPT was number 1")  # ../2025-01-20: nobody knows since when
    await expect(until.locator(".arrow")).to_have_count(1)
    by = mark(page, "^ChatGPT was number 2")  # [..2025-01-20]: one moment, no later than that
    await expect(by.locator("rect[fill^='url(#in']")).to_have_count(1)
    await expect(by.locator(".arrow, rect[fill='currentColor']")).to_have_count(0)
    year = mark(page, "^DeepSeek was founded")  # 2023: one moment in it
    await expect(year.locator("rect[fill^='url(#both']")).to_have_count(1)


async def test_a_pointer_drags_it(looked: Looked) -> None:
    page = await open_page(looked, VIEW)
    before = await page.evaluate(SPAN)
    box = await stage_of(page)
    await page.mouse.move(box["x"] + 400, box["y"] + 60)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 300, box["y"] + 60, steps=5)
    await page.mouse.up()
    after = await span(page, before)
    assert after[1] - after[0] == pytest.approx(before[1] - before[0], abs=2)
    assert (after[0] - before[0]) / (before[1] - before[0]) == pytest.approx(100 / box["width"], rel=0.05)


async def test_a_wheel_zooms_about_the_pointer_only_with_ctrl(looked: Looked) -> None:
    page = await open_page(looked, VIEW)
    before = await page.evaluate(SPAN)
    box = await stage_of(page)
    await page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 60)
    await page.mouse.wheel(0, -200)
    await page.wait_for_timeout(400)
    assert await page.evaluate(SPAN) == before  # the wheel alone scrolls the page
    await page.keyboard.down("Control")
    await page.mouse.wheel(0, -200)
    await page.keyboard.up("Control")
    after = await span(page, before)
    factor = (after[1] - after[0]) / (before[1] - before[0])
    assert factor < 0.8
    fixed = [view[0] + (view[1] - view[0]) / 4 for view in (before, after)]
    assert fixed[0] == pytest.approx(fixed[1], abs=5 * DAY)


async def test_a_double_click_zooms_and_fit_shows_all(looked: Looked) -> None:
    page = await open_page(looked, VIEW)
    before = await page.evaluate(SPAN)
    await page.locator(".stage").dblclick(position={"x": 300, "y": 50})
    after = await span(page, before)
    assert after[1] - after[0] < (before[1] - before[0]) / 2
    await page.get_by_role("button", name="Fit").click()
    assert await span(page, after) == [None, None]


async def test_two_fingers_zoom_and_one_moves(browser: Browser, address: str) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = await context.new_page()
    await page.goto(f"{address}/t/ai-race{VIEW}")
    await expect(page.locator("svg .mark").first).to_be_attached()
    before = await page.evaluate(SPAN)
    box = await stage_of(page)
    fingers = await context.new_cdp_session(page)

    async def touch(kind: str, *xs: float) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + 50, "id": index} for index, x in enumerate(xs)]
        await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    await touch("touchStart", 150, 200)
    for spread in range(10, 80, 10):
        await touch("touchMove", 150 - spread, 200 + spread)
    await touch("touchEnd")
    zoomed = await span(page, before)
    assert zoomed[1] - zoomed[0] < (before[1] - before[0]) * 0.5
    await touch("touchStart", 250)
    for x in range(240, 140, -10):
        await touch("touchMove", x)
    await touch("touchEnd")
    moved = await span(page, zoomed)
    assert moved[1] - moved[0] == pytest.approx(zoomed[1] - zoomed[0], abs=2)
    assert moved[0] > zoomed[0]
    await context.close()
