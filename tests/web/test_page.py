"""The pages in a real browser, by keyboard where people can do without a mouse."""

import gzip
import re
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.async_api import Browser, expect

from tests.serving import running
from tests.web.conftest import SIZES, Looked, open_page
from timeline.web.static_files import FOLDER

CLAIM = "20250127-0000-4000-8000-000000000012"
TRAINING = "20250127-0000-4000-8000-000000000016"
APPEND = """
mutation ($title: String!) {
  appendEvents(input: { timeline: "ai-race", events: [
    { occurred: "2025-02-01", event: { newsReported: { title: $title, text: "At <i>length</i>" } }
      sources: [{ publisher: "Somebody" }] }
  ] }) { events { position } errors { message } }
}
"""
TICKS = """
() => {
  const inside = document.querySelector(".stage").getBoundingClientRect();
  const ticks = [...document.querySelectorAll(".head text.time")].map((tick) => [tick.getBoundingClientRect(), tick]);
  return ticks.filter(([{ left, right }]) => right > inside.left && left < inside.right)
    .sort(([one], [other]) => one.left - other.left).map(([, tick]) => tick.textContent);
}
"""
MOST = 60 * 1024  # bytes that the page may take, compressed


async def test_the_list_of_timelines_leads_to_the_page(looked: Looked) -> None:
    page = await looked.open("/")
    await page.get_by_role("link", name="The AI race, January 2025").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The AI race, January 2025")


async def test_a_mark_leads_to_its_source(looked: Looked) -> None:
    page = await open_page(looked)
    await page.locator(f'svg [data-event="{TRAINING}"] .label').click()
    card = page.get_by_role("region", name="The chosen event")
    await expect(card.get_by_role("heading", level=2)).to_contain_text("$5.576 million")
    assert (await card.get_by_role("link").first.get_attribute("href") or "").startswith("https://arxiv.org/")
    await expect(card.locator("blockquote")).to_have_text("$5.576M")


async def test_what_was_known_can_be_slid_through(looked: Looked) -> None:
    page = await open_page(looked, "?kinds=investment.announced")
    year, month = page.locator(".list li", has_text="US government"), page.locator(".list li", has_text="SoftBank")
    await expect(month).to_contain_text("21 January 2025")
    await expect(year).to_have_count(0)
    await page.locator("#known").focus()
    await page.keyboard.press("ArrowLeft")  # before the correction: disputed
    await expect(year).to_contain_text("2021")
    await expect(year.locator(".badge")).to_have_text("disputed")
    await expect(month).to_have_count(0)
    await page.keyboard.press("ArrowLeft")  # before the dispute
    await expect(year.locator(".badge")).to_have_count(0)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(month).to_be_visible()


async def test_a_card_tells_what_became_of_a_claim(looked: Looked) -> None:
    page = await open_page(looked, f"?event={CLAIM}")
    card = page.locator(".card")
    await expect(card).to_contain_text("This was corrected.")
    await expect(card.locator("section", has_text="Disputed").last).to_contain_text("Stargate")
    await expect(card.locator(".versions li")).to_have_count(2)
    await card.get_by_role("button", name="Show what holds now").click()
    await expect(card.get_by_role("heading", level=2)).to_contain_text("SoftBank")
    await expect(card.locator(".versions q")).to_contain_text("What was announced is Stargate")


async def test_states_change_with_the_date(looked: Looked) -> None:
    page = await open_page(looked, "?entities=app:chatgpt&at=2025-01-15")
    states = page.locator(".states")
    rank = states.locator("dt", has_text="Rank").filter(has_not_text="Best").locator("+ dd")
    await expect(states.get_by_role("heading", level=2)).to_have_text("What was true on 15 January 2025")
    await expect(rank.get_by_role("button")).to_have_text("1")
    await page.locator("#at").focus()
    for _ in range(6):
        await page.keyboard.press("ArrowRight")
    await expect(states.get_by_role("heading", level=2)).to_have_text("What was true on 21 January 2025")
    await expect(rank.get_by_role("button")).to_have_text("2")
    await rank.get_by_role("button").click()
    await expect(page.locator(".card h2")).to_have_text("ChatGPT was number 2 on US App Store Top Free Apps")


async def test_ranks_are_drawn_over_time(looked: Looked) -> None:
    page = await open_page(looked)
    ranks = page.get_by_role("region", name="Over time")
    await expect(ranks.locator("select")).to_have_value("Rank: US App Store Top Free Apps")
    await expect(ranks.locator("svg text", has_text="DeepSeek AI Assistant")).to_be_visible()
    await expect(ranks.locator("li", has_text="ChatGPT")).to_have_text(
        "ChatGPT: 1 (until 20 January 2025), 2 (by 20 January 2025)"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(looked: Looked, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    await looked.page.set_viewport_size({"width": width, "height": height})
    await looked.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page = await open_page(looked, f"?at=2025-01-15&known=20&event={TRAINING}&entities=model:deepseek-v3")
    await expect(page.locator(".card h2")).to_be_visible()
    assert await looked.violations() == []
    await page.locator(".controls summary").first.click()
    assert await looked.violations() == []
    await looked.open("/")
    await expect(page.locator(".timelines li")).not_to_have_count(0)
    assert await looked.violations() == []


async def test_no_page_is_wider_than_a_phone(looked: Looked) -> None:
    await looked.page.set_viewport_size({"width": 390, "height": 844})
    page = await open_page(looked)
    await page.wait_for_function("document.documentElement.scrollWidth === 390", timeout=5_000)  # once it is laid out


async def test_html_shows_as_text(looked: Looked) -> None:
    title = "<img src=x onerror=alert(1)><b>bold</b>"
    looked.ask(APPEND, {"title": title})
    page = await open_page(looked)
    await page.get_by_role("button", name=title).click()
    await expect(page.locator(".card h2")).to_have_text(title)
    await expect(page.locator(".card .note")).to_have_text("At <i>length</i>")
    assert await page.locator("main :is(b, img), .card :is(b, i, img)").count() == 0


async def test_what_others_append_appears(looked: Looked, capsys: pytest.CaptureFixture[str]) -> None:
    page = await open_page(looked)
    await page.wait_for_timeout(300)  # until it has begun to listen
    waited = []
    for number in range(3):
        title = f"Appended by somebody else, {number}"
        begun = time.monotonic()
        looked.ask(APPEND, {"title": title})
        await expect(page.get_by_role("button", name=title)).to_be_visible(timeout=2_500)
        await expect(page.locator("svg text", has_text=title)).to_be_attached()
        waited.append(time.monotonic() - begun)
    with capsys.disabled():
        sys.stdout.write(f"\nWhat others append appears after {min(waited) * 1000:.0f} ms.\n")
    assert min(waited) < 1


async def test_a_search_stands_in_the_address(looked: Looked) -> None:
    page = await open_page(looked, "?q=5.576M")
    await expect(page.locator(".list h2")).to_have_text("1 event")
    await expect(page.get_by_role("searchbox", name="Search")).to_have_value("5.576M")
    feed = await page.get_by_role("link", name="CSV").get_attribute("href")
    assert feed is not None
    assert feed.endswith("/t/ai-race.csv?q=5.576M")
    await page.get_by_role("searchbox", name="Search").fill("no such words anywhere")
    await expect(page.locator(".list h2")).to_have_text("0 events")
    await expect(page).to_have_url(re.compile("q=no%20such%20words"))
    await page.get_by_role("searchbox", name="Search").fill("")
    await expect(page).not_to_have_url(re.compile("q="))


async def test_what_was_known_at_a_moment(looked: Looked) -> None:
    page = await open_page(looked, "?known=2000-01-01T00:00:00Z")
    await expect(page.locator(".list h2")).to_have_text("0 events")
    await expect(page.locator("output[for=known]")).to_contain_text("As of record 0 of")


async def test_a_moment_that_is_none_is_said_to_be_none(looked: Looked) -> None:
    page = await looked.open("/t/ai-race?known=yesterday")
    await expect(page.get_by_role("alert")).to_contain_text("'yesterday' is not an instant")


@pytest.mark.parametrize(
    ("start", "end", "first"),
    [
        ("2025-01-20T00:30", "2025-01-22T05:00", r"\d\d:00, 20 Jan 2025"),
        ("2025-01-03T12:00", "2025-02-05T00:00", r"\d+ Jan 2025"),
        ("2024-03-10T00:00", "2024-11-01T00:00", r"(Mar|Apr) 2024"),
    ],
)
async def test_the_axis_says_which_day_it_begins_with(looked: Looked, start: str, end: str, first: str) -> None:
    page = await open_page(looked, f"?from={start}:00Z&to={end}:00Z")
    await expect(page.locator(".head text.time").first).to_be_attached()
    ticks = await page.evaluate(TICKS)
    assert re.fullmatch(first, ticks[0])
    assert not [tick for tick in ticks[1:] if re.fullmatch(first, tick)]


@pytest.mark.parametrize(
    ("event", "turned"), [("OpenAI launched ChatGPT", False), ("DeepSeek-V3 was trained for $5.576", True)]
)
async def test_a_chosen_mark_does_not_touch_its_label(looked: Looked, event: str, turned: bool) -> None:
    page = await open_page(looked)
    await page.locator(".list button", has_text=event).click()
    mark = page.locator("svg .mark.chosen")
    dot, label = await mark.locator(".dot").bounding_box(), await mark.locator(".label").bounding_box()
    assert dot is not None
    assert label is not None
    gap = dot["x"] - label["x"] - label["width"] if turned else label["x"] - dot["x"] - dot["width"]
    assert 2 <= gap <= 12


async def test_reloading_restores_the_view(looked: Looked) -> None:
    query = f"?lanes=entity&from=2024-11-01T00:00:00.000Z&to=2025-03-01T00:00:00.000Z&event={TRAINING}"
    query += "&entities=model:deepseek-v3&at=2025-01-15&known=20"
    page = await open_page(looked, query)

    async def view() -> list[str]:
        await expect(page.locator(".card h2")).to_be_visible()
        return [await page.locator(each).inner_html() for each in (".stage", ".list", ".card", ".sliders")]

    before = await view()
    await page.locator("#known").press("ArrowLeft")
    await page.locator("#known").press("ArrowRight")
    await page.wait_for_timeout(500)  # the address follows
    await page.reload()
    await expect(page.locator(".list h2")).to_contain_text("event")
    assert await view() == before


async def test_the_chart_can_be_kept_as_svg(looked: Looked, tmp_path: Path) -> None:
    page = await open_page(looked)
    async with page.expect_download() as started:
        await page.get_by_role("button", name="SVG").click()
    file = tmp_path / "chart.svg"
    await (await started.value).save_as(file)
    assert "var(" not in file.read_text("utf-8")
    texts = [element.text for element in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")]
    assert "OpenAI launched ChatGPT" in texts
    alone = await page.context.new_page()
    await alone.goto(file.as_uri())
    await expect(alone.locator("text", has_text="OpenAI launched ChatGPT")).to_be_visible()
    await alone.close()


async def test_a_timeline_that_does_not_exist_says_so(looked: Looked) -> None:
    answer = await looked.page.goto(f"{looked.address}/t/nothing")
    assert answer is not None
    assert answer.status == 404
    await expect(looked.page.get_by_role("heading", level=1)).to_have_text("There is no such timeline")
    assert await looked.page.title() == "There is no such timeline"
    assert len(looked.wrong) == 1
    assert "404" in looked.wrong.pop()  # the browser says on its console what the server answered
    await looked.page.get_by_role("link", name="Timelines").click()
    await expect(looked.page.get_by_role("heading", level=1)).to_have_text("Timelines")


async def test_it_needs_no_introspection(browser: Browser) -> None:
    with running("demo", "--port", "0", TIMELINE_INTROSPECTION="false") as (_, served):
        page = await browser.new_page()
        await page.goto(f"{served}/t/ai-race")
        await expect(page.locator(".list h2")).to_have_text("31 events")
        await expect(page.get_by_role("region", name="Over time")).to_be_visible()


async def test_embedded_it_leaves_out_the_way_back(looked: Looked) -> None:
    page = await open_page(looked, "?embed=1")
    await expect(page.get_by_role("link", name="Timelines")).to_have_count(0)


def test_the_page_is_small(capsys: pytest.CaptureFixture[str]) -> None:
    html = (FOLDER / "t/index.html").read_text("utf-8")
    wanted = set(re.findall(r'(?:src|href)="\.\./assets/([^"]+)"', html))
    for name in list(wanted):
        wanted |= set(re.findall(r"\.\/([\w-]+\.js)", (FOLDER / "assets" / name).read_text("utf-8", "ignore")))
    size = sum(len(gzip.compress((FOLDER / "assets" / name).read_bytes())) for name in wanted)
    with capsys.disabled():
        sys.stdout.write(f"\nThe page of a timeline takes {size:,} bytes, compressed.\n")
    assert size < MOST
