"""The page by keyboard alone: everything can be reached, shows that it is, and does what it is for."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.conftest import Looked, open_page

CLAIM = "20250127-0000-4000-8000-000000000012"
VIEW = f"?at=2025-01-15&known=20&kinds=investment.announced&event={CLAIM}"
# Each thing in the order of the page that Tab should reach; of radio buttons that belong together, only the chosen one.
FOCUSABLE = """
() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
  window.places = all.filter((each) => each.checkVisibility() && (each.type !== "radio" || each.checked));
  return places.length;
}
"""
FOCUSED = """
() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one.type === "radio" ? one.nextElementSibling : one);
  const visible = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return [places.indexOf(one), visible || one.outerHTML.slice(0, 120)];
}
"""


async def reach(page: Page, selector: str, key: str = "Tab", most: int = 120) -> None:
    """Press a key until the focus is there, as one does who has no mouse."""
    for _ in range(most):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press(key)
    pytest.fail(f"{selector} cannot be reached with {key}")


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


def count(page: Page) -> Locator:
    return page.locator(".list h2")


async def test_tab_reaches_all_there_is_in_order_and_shows_where_it_is(looked: Looked) -> None:
    page = await open_page(looked, VIEW)
    await expect(page.locator(".card h2")).to_be_visible()
    await expect(page.locator(".states article").first).to_be_visible()
    places = await page.evaluate(FOCUSABLE)
    assert places > 25
    visited = []
    for _ in range(places):
        await page.keyboard.press("Tab")
        index, visible = await page.evaluate(FOCUSED)
        assert visible is True
        visited.append(index)
    assert visited == list(range(places))


async def test_filters(looked: Looked) -> None:
    page = await open_page(looked)
    everything = await count(page).text_content() or ""
    await reach(page, "input[name=q]")
    await page.keyboard.type("Nvidia shares")
    await expect(count(page)).to_have_text("1 event")
    await reach(page, ".controls button.plain")
    await page.keyboard.press("Enter")
    await expect(count(page)).to_have_text(everything)
    await expect(page.locator("input[name=q]")).to_be_focused()
    await expect(page.locator("input[name=q]")).to_have_value("")
    await reach(page, ".controls summary")
    await page.keyboard.press("Enter")
    await reach(page, 'input[value="training.disclosed"]')
    await page.keyboard.press("Space")
    await expect(count(page)).to_have_text("2 events")
    await page.keyboard.press("Escape")
    await expect(page.locator(".controls summary").first).to_be_focused()
    await reach(page, ".controls select")
    await page.keyboard.type("arxiv")
    await expect(count(page)).to_have_text("1 event")
    await reach(page, ".controls button.plain")
    await page.keyboard.press("Space")
    await expect(count(page)).to_have_text(everything)


async def test_the_menu_of_entities_can_be_searched(looked: Looked) -> None:
    page = await open_page(looked)
    await reach(page, ".controls details:nth-of-type(2) summary")
    await press(page, "Enter", "Tab")
    await page.keyboard.type("deepseek-v")
    await expect(page.locator(".options label:visible")).to_have_count(1)
    await press(page, "Tab", "Space")
    await expect(page).to_have_url(re.compile("entities=model:deepseek-v3"))
    await expect(page.locator('input[value="model:deepseek-v3"]')).to_be_focused()  # though the list was made anew
    await reach(page, ".controls > select")
    await expect(page.locator(".controls details[open]")).to_have_count(0)


async def test_the_toolbar(looked: Looked) -> None:
    page = await open_page(looked)
    await reach(page, 'input[name="lanes"]')
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(re.compile("lanes=entity"))
    await reach(page, 'button[aria-label="Zoom in"]')
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("from=20"))
    zoomed = page.url
    await reach(page, 'button[aria-label="Zoom out"]', "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page).not_to_have_url(zoomed)
    await press(page, "Enter")
    await expect(page).to_have_url(re.compile("from=201"))
    await reach(page, 'button[title="Show all there is"]')
    await page.keyboard.press("Space")
    await expect(page).not_to_have_url(re.compile("from="))
    await page.keyboard.press("Tab")
    async with page.expect_download() as started:
        await page.keyboard.press("Enter")
    assert (await started.value).suggested_filename.endswith(".svg")


async def test_the_chart(looked: Looked) -> None:
    page = await open_page(looked)
    await reach(page, ".stage")
    await page.keyboard.press("+")
    await expect(page).to_have_url(re.compile("from=2"))
    before = page.url
    await page.keyboard.press("ArrowLeft")
    await expect(page).not_to_have_url(before)
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(before)
    await press(page, "-", "0")
    await expect(page).not_to_have_url(re.compile("from="))
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".card h2")).to_have_text("ChatGPT was number 1 on US App Store Top Free Apps")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".card h2")).to_contain_text("Mellanox")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".card h2")).to_contain_text("ChatGPT was number 1")


async def test_the_sliders(looked: Looked) -> None:
    page = await open_page(looked)
    await reach(page, "#at")
    await page.keyboard.press("PageDown")
    await expect(page).to_have_url(re.compile(r"at=\d{4}-"))
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Any date")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).not_to_have_url(re.compile("at="))
    await expect(page.locator("#at")).to_be_focused()  # the button is gone
    await reach(page, "#known")
    await page.keyboard.press("Home")
    await expect(count(page)).to_have_text("0 events")
    await page.keyboard.press("ArrowRight")
    await expect(count(page)).to_have_text("1 event")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # up to now
    await expect(page).not_to_have_url(re.compile("known="))
    await expect(page.locator("#known")).to_be_focused()


async def test_the_list_and_the_card(looked: Looked) -> None:
    page = await open_page(looked, "?kinds=investment.announced")
    await reach(page, ".list [data-event]")
    await press(page, "ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "Enter")
    card = page.locator(".card")
    await expect(card.locator("h2")).to_contain_text("SoftBank")
    await reach(page, ".card .close")
    await reach(page, ".card a[href^='https://']")
    await reach(page, ".card .versions button")
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("This was corrected.")
    await reach(page, ".card .standing button")
    await page.keyboard.press("Enter")
    await expect(card.locator("h2")).to_contain_text("SoftBank")
    await reach(page, ".card .chip")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("entities=organisation:openai"))
    await reach(page, ".card .close")
    await page.keyboard.press("Escape")
    await expect(card).to_be_hidden()
    assert await page.evaluate("document.activeElement.matches('.list [data-event]')")
    await page.keyboard.press("Enter")
    await reach(page, ".card .close")
    await page.keyboard.press("Enter")
    await expect(card).to_be_hidden()


async def test_states_lead_to_what_set_them(looked: Looked) -> None:
    page = await open_page(looked, "?entities=app:chatgpt&at=2025-01-15")
    await expect(page.locator(".states dd").first).to_be_visible()
    await reach(page, ".states dd button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".card h2")).to_contain_text("ChatGPT")
    await reach(page, ".states summary")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".card h2")).to_contain_text("number 2")


async def test_another_number_over_time(looked: Looked) -> None:
    page = await open_page(looked)
    await expect(page.locator(".ranks select")).to_be_visible()
    await reach(page, ".ranks select")
    await page.keyboard.type("best")
    await expect(page.locator(".ranks li", has_text="ChatGPT")).to_contain_text("ChatGPT: 1")
    await expect(page.locator(".ranks select")).to_have_value(re.compile("Best rank"))


async def test_links_lead_on(looked: Looked) -> None:
    page = await open_page(looked)
    await reach(page, ".feeds a[href$='.csv']")
    async with page.expect_download() as started:
        await page.keyboard.press("Enter")
    assert (await started.value).url.endswith("/t/ai-race.csv")
    await reach(page, "nav[aria-label=Site] a", "Shift+Tab", 200)
    await reach(page, "nav[aria-label=Site] a:first-child", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Timelines")
    await reach(page, ".timelines a")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("The AI race, January 2025")
