"""106 events that others collected, with HTML in their headlines: on the page, and as feeds that others' schemas check.

TIMELINE_TEST_DATA names a folder with ai_timeline_jam3scampbell (GitHub, MIT) and cloudevents (Apache 2.0).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import httpx
import icalendar
import jsonschema
import pytest
from playwright.async_api import expect

from tests.serving import running
from tests.web.conftest import Looked, open_page
from timeline import main, sample
from timeline.cli.console import settings
from timeline.imports.formats import read_table
from timeline.imports.importing import import_table, into
from timeline.imports.mapping import read_mapping

FOLDER = os.environ.get("TIMELINE_TEST_DATA")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(FOLDER is None, reason="TIMELINE_TEST_DATA names no folder with data of others"),
]
DATA = Path(FOLDER or ".")
RAW = """
[[event]]
kind = "news.reported"
occurred = { year = "Year", month = "Month", day = "Day" }
note = ["chinese.text"]
[event.fields]
title = "Headline"
text = "Text"
"""


def told() -> list[dict[str, Any]]:
    file = DATA / "ai_timeline_jam3scampbell" / "timeline.json"
    events: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["events"]
    return events


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample, and beside it the events as they are: what is HTML in them stays as it was written."""
    given = settings(database=f"sqlite:///{tmp_path_factory.mktemp('real') / 'real.db'}")
    timelines = main.open_timelines(given, main.load_kinds(given))
    sample.load(timelines)
    timelines.create("real", "Real data")
    table = read_table(DATA / "ai_timeline_jam3scampbell" / "timeline.json", timelines.kinds.events)
    plans = read_mapping(timelines.kinds, RAW, table.columns)
    *_, report = import_table(timelines.kinds, table, plans, into(timelines, "real"))
    assert (report.appended, report.rejected) == (106, [])
    timelines.close()
    with running("serve", "--database", str(given.database), "--port", "0") as (_, served):
        yield served


@pytest.mark.parametrize("slug", ["real", sample.SLUG])
def test_cloudevents_are_as_their_schema_says(address: str, slug: str) -> None:
    schema = json.loads((DATA / "cloudevents" / "cloudevents.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    lines = httpx.get(f"{address}/t/{slug}.jsonl").text.splitlines()
    assert len(lines) >= 31
    for event in map(json.loads, lines):
        assert list(validator.iter_errors(event)) == []
    wrong = json.loads(lines[0]) | {"time": "yesterday"}
    assert [list(error.path) for error in validator.iter_errors(wrong)] == [["time"]]


def test_atom_and_icalendar_hold_what_was_told(address: str) -> None:
    feed = feedparser.parse(httpx.get(f"{address}/t/real.atom").content)
    assert not feed.bozo
    headlines = [event["text"]["headline"] for event in told()]
    assert {entry.title for entry in feed.entries} <= {" ".join(headline.split()) for headline in headlines}
    calendar = icalendar.Calendar.from_ical(httpx.get(f"{address}/t/real.ics").text)
    events = calendar.walk("VEVENT")
    assert len(events) == 106
    assert not [error for event in events for error in event.errors]
    days = ["-".join(each["start_date"][part].zfill(2) for part in ("year", "month", "day")) for each in told()]
    assert sorted(str(event.decoded("DTSTART")) for event in events) == sorted(days)


async def test_html_in_headlines_shows_as_text(looked: Looked) -> None:
    page = await open_page(looked, slug="real")
    await expect(page.locator(".list h2")).to_have_text("106 events")
    shown = await page.locator(".list .what").all_text_contents()
    written = [event["text"]["headline"] for event in told()]
    assert sorted(" ".join(each.split()) for each in shown) == sorted(" ".join(each.split()) for each in written)
    assert len([each for each in written if "<" in each]) > 5
    assert await page.locator("main :is(b, strong, font, img, script), .what > a").count() == 0
    for index in [number for number, each in enumerate(shown) if "<" in each][:3]:
        await page.locator(".list [data-event]").nth(index).click()
        await expect(page.locator(".card h2")).to_have_text(" ".join(shown[index].split()))
        assert await page.locator(".card h2 *, .card .note *").count() == 0
    assert await looked.violations() == []


@pytest.mark.parametrize("words", ["DeepSeek", "开源"])
async def test_it_is_searched_in_both_languages(looked: Looked, words: str) -> None:
    wanted = [each for each in told() if words.lower() in (each["text"]["headline"] + each["chinese"]["text"]).lower()]
    assert len(wanted) > 1
    page = await open_page(looked, slug="real")
    await page.get_by_role("searchbox", name="Search").fill(words)
    await expect(page.locator(".list h2")).to_have_text(f"{len(wanted)} events")
