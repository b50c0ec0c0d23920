"""GraphiQL in a real browser: it renders, completes, runs its examples, and shares what stands in its address."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.conftest import Looked

APPEND = """
mutation {
  appendEvents(input: { timeline: "ai-race", events: [
    { occurred: "2025-02-02", event: { newsReported: { title: "Heard of live" } } }
  ] }) { errors { message } }
}
"""


async def open_graphiql(looked: Looked, path: str = "/graphql") -> Page:
    page = await looked.open(path)
    await expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
    return page


async def run(page: Page) -> None:
    await page.get_by_role("button", name="Execute query").click()


async def test_it_completes_a_field(looked: Looked) -> None:
    page = await open_graphiql(looked, "/graphql#query=%7B%20%7D")
    await page.locator(".graphiql-query-editor .view-line").first.click()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_timeout(1_500)  # until it has the schema
    await page.keyboard.type(" timel", delay=40)
    await page.keyboard.press("Control+Space")
    await expect(page.locator(".suggest-widget .monaco-list-row").first).to_contain_text("timeline")


@pytest.mark.slow
async def test_it_runs_each_example(looked: Looked) -> None:
    page = await open_graphiql(looked)
    await page.get_by_role("button", name=re.compile("Examples")).click()
    examples = page.locator(".examples button")
    await expect(examples.first).to_be_visible()
    titles = await examples.locator("strong").all_inner_texts()
    assert len(titles) >= 5
    for index, title in enumerate(titles):
        if title.startswith("Live"):
            async with page.expect_websocket() as opened:
                await examples.nth(index).click()
                await run(page)
            assert (await opened.value).url.startswith("ws://127.0.0.1")
            await expect(page.locator(".result-window")).to_contain_text("caughtUp")
            looked.ask(APPEND)
            await expect(page.locator(".result-window")).to_contain_text("Heard of live")
            await page.get_by_role("button", name="Stop query").click()
            continue
        async with page.expect_response("**/graphql") as answered:
            await examples.nth(index).click()
            await run(page)
        answer = await (await answered.value).json()
        assert "errors" not in answer, title
        assert all(not value["errors"] for value in answer["data"].values() if value and "errors" in value), title


async def test_a_link_carries_the_query_and_its_variables(looked: Looked) -> None:
    query = "query+Q($slug:+ID!)+{+timeline(slug:+$slug)+{+title+}+}"
    page = await open_graphiql(looked, f'/graphql#query={query}&variables={{"slug":"ai-race"}}')
    await run(page)
    await expect(page.locator(".result-window")).to_contain_text("The AI race, January 2025")
    await page.locator(".graphiql-query-editor .view-line").first.click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("# more")
    await expect(page).to_have_url(re.compile("more"))


async def test_headers_are_not_kept(looked: Looked) -> None:
    page = await open_graphiql(looked)
    await page.get_by_role("button", name="Headers").click()
    await page.locator(".graphiql-editor-tool .monaco-editor:visible").click()
    await page.keyboard.type('{"authorization": "secret"}')
    await page.wait_for_timeout(1_000)  # it saves with a delay
    kept = await page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert "secret" not in kept
    assert "secret" not in page.url
