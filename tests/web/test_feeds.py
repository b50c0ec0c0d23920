"""Feeds, read by what others wrote to read them."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import main, sample
from timeline.cli.console import settings
from timeline.imports.formats import read_table
from timeline.imports.importing import import_table, into
from timeline.imports.planning import plans_for
from timeline.web import calendars
from timeline.web.feeds import FORMATS

HEADLINE = '=1+1, "<b>bold</b>" & more; 深度求索 \N{GRINNING FACE}' + " long" * 40
APPEND = """
mutation ($title: String!) {
  appendEvents(input: { timeline: "ai-race", events: [
    { occurred: "2025-01-20T09:30:00-08:00", event: { newsReported: { title: $title } }
      note: "One line\\nand another", sources: [{ url: "https://example.org/a?b=1&c=2", title: "A <source>" }] }
    { occurred: "-0043-03-15", event: { newsReported: { title: "Long ago" } } }
    { occurred: "[2024..]", event: { newsReported: { title: "Later" } } }
    { occurred: "2024-05-20/2024-05-27", event: { newsReported: { title: "A week" } } }
    { occurred: "2025-02-03?", event: { newsReported: { title: "Perhaps" } } }
  ] }) { errors { message } }
}
"""


@pytest.fixture
async def http(sqlite_address: str) -> AsyncIterator[httpx.AsyncClient]:
    given = settings(database=sqlite_address)
    timelines = main.open_timelines(given, main.load_kinds(given))
    sample.load(timelines)
    transport = httpx.ASGITransport(main.build_application(given, timelines))
    async with httpx.AsyncClient(transport=transport, base_url="https://timeline.test") as one:
        body = {"query": APPEND, "variables": {"title": HEADLINE}}
        assert (await one.post("/graphql", json=body)).json() == {"data": {"appendEvents": {"errors": []}}}
        yield one
    timelines.close()


async def read(http: httpx.AsyncClient, name: str, **parameters: str) -> httpx.Response:
    answer = await http.get(f"/t/ai-race.{name}", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{FORMATS[name].media_type}; charset=utf-8"
    return answer


async def test_atom(http: httpx.AsyncClient) -> None:
    answer = await read(http, "atom")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "atom10"
    assert feed.feed.title == sample.TITLE
    assert len(feed.entries) == 36
    assert [entry.updated for entry in feed.entries] == sorted((entry.updated for entry in feed.entries), reverse=True)
    (entry,) = (entry for entry in feed.entries if entry.title.startswith("=1+1"))
    assert entry.title == HEADLINE
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", entry.id)
    links = {link.rel: link.href for link in entry.links}
    assert links["related"] == "https://example.org/a?b=1&c=2"
    assert links["alternate"].startswith("https://timeline.test/t/ai-race?event=")
    assert "One line\nand another" in entry.summary


async def test_a_correction_takes_the_place_of_what_it_corrects(http: httpx.AsyncClient) -> None:
    claim = "20250127-0000-4000-8000-000000000012"
    now = feedparser.parse((await read(http, "atom", kinds="investment.announced")).content)
    then = feedparser.parse((await read(http, "atom", kinds="investment.announced", known="31")).content)
    titles = [next(e.title for e in feed.entries if e.id == f"urn:uuid:{claim}") for feed in (then, now)]
    assert "US government" in titles[0]
    assert "SoftBank" in titles[1]
    calendar = icalendar.Calendar.from_ical((await read(http, "ics", kinds="investment.announced")).text)
    (event,) = (event for event in calendar.walk("VEVENT") if event["UID"] == claim)
    assert event.decoded("DTSTART") == date(2025, 1, 21)


async def test_a_calendar_is_sensible_about_what_is_imprecise(http: httpx.AsyncClient) -> None:
    answer = await read(http, "ics")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    events = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    shown = {str(event["SUMMARY"]): event for event in events}

    def days(title: str) -> tuple[Any, Any]:
        event = shown[title]
        return event.decoded("DTSTART"), event.decoded("DTEND", None)

    assert days("OpenAI launched ChatGPT") == (date(2023, 5, 18), date(2023, 5, 19))
    assert days("A week (from 20 May 2024 to 27 May 2024)") == (date(2024, 5, 20), date(2024, 5, 28))
    assert days("Perhaps (possibly 3 February 2025)") == (date(2025, 2, 3), date(2025, 2, 4))
    month = next(title for title in shown if title.endswith("(December 2024)"))
    assert days(month) == (date(2024, 12, 1), date(2025, 1, 1))
    year = next(title for title in shown if title.endswith("(2023)"))
    assert days(year) == (date(2023, 1, 1), date(2023, 1, 2))  # not a whole year of somebody's calendar
    by = next(title for title in shown if "number 2" in title)
    assert by.endswith("(by 20 January 2025)")
    assert days(by) == (date(2025, 1, 20), date(2025, 1, 21))
    exact, end = days(HEADLINE)
    assert (str(exact), end) == ("2025-01-20 17:30:00+00:00", None)
    assert str(shown[HEADLINE]["DESCRIPTION"]).splitlines()[1:3] == ["One line", "and another"]
    assert all(event["TRANSP"] == "TRANSPARENT" for event in events)
    assert not [title for title in shown if title.startswith("Long ago")]  # calendars have no such years
    assert len({str(event["UID"]) for event in events}) == len(events)


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=200))
def test_a_line_of_a_calendar_comes_back_whole(text: str) -> None:
    folded = calendars._folded(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n "))
    assert folded.replace("\r\n ", "") == text.replace("\r\n ", "")


async def test_csv(http: httpx.AsyncClient) -> None:
    answer = await read(http, "csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == 36
    (row,) = (row for row in rows if "1+1" in row["headline"])
    assert row["headline"] == f"'{HEADLINE}"  # no spreadsheet runs it
    assert row["note"] == "One line\nand another"
    assert row["start_earliest"] == "2025-01-20T17:30:00.000Z"
    (later,) = (row for row in rows if row["headline"] == "Later")
    assert (later["occurred"], later["start_latest"]) == ("[2024..]", "")


async def test_cloudevents(http: httpx.AsyncClient) -> None:
    answer = await read(http, "jsonl")
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert len(events) == 36
    for event in events:
        assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event)
        assert event["specversion"] == "1.0"
        assert all(isinstance(event[name], str) and event[name] for name in ("id", "source", "type"))
        assert datetime.fromisoformat(event["recordedtime"]).tzinfo
        if "time" in event:
            assert datetime.fromisoformat(event["time"]).tzinfo
    assert {len(event["sequence"]) for event in events} == {20}
    assert events == sorted(events, key=lambda event: event["sequence"])
    assert len({(event["source"], event["id"]) for event in events}) == 36
    assert [event["data"]["headline"] for event in events if "time" not in event][-1] == "Long ago"


async def test_a_feed_can_be_imported(http: httpx.AsyncClient, tmp_path: Path) -> None:
    feed = await read(http, "jsonl")
    (tmp_path / "feed.jsonl").write_bytes(feed.content)
    other = settings(database=f"sqlite:///{tmp_path / 'other.db'}")
    timelines = main.open_timelines(other, main.load_kinds(other))
    timelines.create("ai-race", "A copy")
    table = read_table(tmp_path / "feed.jsonl", timelines.kinds.events)
    plans, _ = plans_for(timelines.kinds, table, None)
    for adds in (36, 0):
        *_, report = import_table(timelines.kinds, table, plans, into(timelines, "ai-race"))
        assert (report.appended, report.rejected) == (adds, [])
    transport = httpx.ASGITransport(main.build_application(other, timelines))
    async with httpx.AsyncClient(transport=transport, base_url="https://timeline.test") as copied:
        again = await read(copied, "jsonl")
    timelines.close()
    first, second = (
        {line["id"]: line["data"] for line in map(json.loads, each.text.splitlines())} for each in (feed, again)
    )
    assert second == {event_id: first[event_id] for event_id in second}


async def test_timelinejs(http: httpx.AsyncClient) -> None:
    told = (await read(http, "timelinejs.json")).json()
    assert told["title"]["text"]["headline"] == sample.TITLE
    slides = {slide["text"]["headline"]: slide for slide in told["events"]}
    assert all(isinstance(value, int) for slide in told["events"] for value in slide["start_date"].values())
    assert slides["OpenAI launched ChatGPT"]["start_date"] == {"year": 2023, "month": 5, "day": 18}
    assert "end_date" not in slides["OpenAI launched ChatGPT"]
    assert slides["A week"]["end_date"] == {"year": 2024, "month": 5, "day": 27}
    assert slides["Long ago"]["start_date"] == {"year": -43, "month": 3, "day": 15}
    assert slides["DeepSeek was founded by Liang Wenfeng"]["start_date"] == {"year": 2023}
    assert not [headline for headline in slides if "<b>" in headline]  # it is read as HTML there


@pytest.mark.parametrize("name", FORMATS)
async def test_a_feed_takes_the_filters_of_the_page(http: httpx.AsyncClient, name: str) -> None:
    async def count(**parameters: str) -> int:
        text = (await read(http, name, **parameters)).text
        marks = {"atom": "<entry>", "ics": "BEGIN:VEVENT", "csv": "\r\n", "jsonl": "\n", "timelinejs.json": "unique_id"}
        return text.count(marks[name]) - (name == "csv")

    assert await count(kinds="training.disclosed") == 2
    assert await count(kinds="training.disclosed,app.launched") == 4
    assert await count(entities="model:deepseek-v3", kinds="training.disclosed") == 2
    assert await count(source="arxiv.org") == 2
    assert await count(known="3", kinds="app.launched") == 1
    assert await count(known="2000-01-01T00:00:00Z") == 0
    assert await count(known=datetime.now(UTC).isoformat(timespec="milliseconds"), kinds="app.launched") == 2
    assert await count(occurred="2025-01-10", kinds="app.launched") == 1
    assert await count(q="deepseek", kinds="training.disclosed") == 2
    assert await count(q="5.576M") == 1


BAD = [
    ("/t/ai-race.csv?kinds=nothing", 400, "BAD_INPUT"),
    ("/t/ai-race.csv?known=1000", 400, "BAD_INPUT"),
    ("/t/ai-race.csv?known=x", 400, "BAD_INPUT"),
    ("/t/ai-race.csv?disputed=x", 400, "BAD_INPUT"),
    ("/t/ai-race.csv?utm=1", 400, "BAD_INPUT"),
    ("/t/ai-race.ics?entities=chatgpt", 400, "BAD_INPUT"),
    ("/t/nothing.atom", 404, "NOT_FOUND"),
]


@pytest.mark.parametrize(("path", "status", "code"), BAD)
async def test_what_cannot_be_answered_is_said(http: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await http.get(path)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)


async def test_a_refusal_says_what_a_feed_takes(http: httpx.AsyncClient) -> None:
    (error,) = (await http.get("/t/ai-race.csv?kind=app.launched")).json()["errors"]
    parameters = "kinds, entities, status, source, occurred, q, disputed, known"
    assert error["message"] == f"a feed has no parameter 'kind'; it takes {parameters}"
    (error,) = (await http.get("/t/ai-race.csv?known=yesterday")).json()["errors"]
    assert error["message"].startswith("known has to be a position of the log or a moment: 'yesterday' is")


async def test_what_has_not_changed_is_not_sent_again(http: httpx.AsyncClient) -> None:
    first = await read(http, "atom")
    again = {"if-none-match": first.headers["etag"]}
    unchanged = await http.get("/t/ai-race.atom", headers=again)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (await http.get("/t/ai-race.atom?kinds=app.launched", headers=again)).status_code == 200
    body: dict[str, Any] = {"query": APPEND, "variables": {"title": "Another"}}
    await http.post("/graphql", json=body)
    assert (await http.get("/t/ai-race.atom", headers=again)).status_code == 200


async def test_more_than_a_page_of_the_api_is_sent(http: httpx.AsyncClient) -> None:
    for _ in range(60):
        await http.post("/graphql", json={"query": APPEND, "variables": {"title": "Again"}})
    rows = list(csv.DictReader(io.StringIO((await read(http, "csv")).text, newline="")))
    assert len({row["position"] for row in rows}) == len(rows) == 36 + 60 * 5
    assert len(feedparser.parse((await read(http, "atom")).content).entries) == 100
