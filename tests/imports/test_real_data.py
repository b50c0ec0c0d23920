"""Data that others made, imported on both databases and counted again in plain Python.

TIMELINE_TEST_DATA names a folder with the data sets, each in a folder of its own: ai_timeline_jam3scampbell and
ai_timeline_nhlocal (GitHub, MIT), epoch_ai (CC BY 4.0), timelinejs (MPL 2.0), cloudevents (Apache 2.0).
"""

import asyncio
import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import app_for, client_of
from tests.making import logged
from timeline import main
from timeline.cli.console import settings
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.imports.formats import read_table
from timeline.imports.importing import import_table, into
from timeline.imports.mapping import read_mapping
from timeline.imports.report import Report
from timeline.timelines import Timelines

FOLDER = os.environ.get("TIMELINE_TEST_DATA")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(FOLDER is None, reason="TIMELINE_TEST_DATA names no folder with data sets to import"),
]
DATA = Path(FOLDER or ".")

MODELS = """
[[event]]
kind = "model.released"
occurred = "Publication date"

[event.fields]
model = "Model"
developer = { column = "Organization", split = "," }

[[event.sources]]
url = "Link"
title = "Reference"

[[event]]
kind = "training.disclosed"
occurred = "Publication date"
only_if = ["Training compute cost (2023 USD)", "Training hardware", "Hardware quantity"]

[event.fields]
model = "Model"
cost = { column = "Training compute cost (2023 USD)", currency = "USD", qualifier = "ABOUT" }
hardware = { column = "Training hardware", split = "," }
chips = { column = "Hardware quantity", unit = "chips" }

[[event.sources]]
url = { value = "https://epoch.ai/data/ai-models" }
publisher = { value = "Epoch AI" }
"""
FACTS = """
[[event]]
kind = "news.reported"
occurred = "Date"
[event.fields]
title = { column = "Text", html = true }
"""
CHINESE = FACTS.replace('"Date"', '{ year = "Year", month = "Month", day = "Day" }').replace("Text", "chinese.headline")


@pytest.fixture
def timelines(address: str) -> Iterator[Timelines]:
    database = Database.open(address)
    migrate(database)
    one = Timelines(database, main.load_kinds(settings(kinds="")))
    one.create("real", "Real")
    yield one
    one.close()


def run(timelines: Timelines, file: Path, mapping: str | None = None) -> Report:
    """Imports a file twice; the second time adds nothing and says the same of the rest."""
    table = read_table(file, timelines.kinds.events)
    plans = read_mapping(timelines.kinds, mapping or table.mapping or "", table.columns)
    *_, report = import_table(timelines.kinds, table, plans, into(timelines, "real"))
    *_, again = import_table(timelines.kinds, table, plans, into(timelines, "real"))
    assert (again.appended, again.duplicates) == (0, report.appended + report.duplicates)
    assert again.rejected == report.rejected
    return report


def contents(timelines: Timelines) -> list[dict[str, Any]]:
    return [json.loads(row.content) for row in logged(timelines, "real")]


def test_an_ai_timeline_in_two_languages(timelines: Timelines) -> None:
    file = DATA / "ai_timeline_jam3scampbell" / "timeline.json"
    events = json.loads(file.read_text("utf-8"))["events"]
    for mapping in (None, CHINESE):
        report = run(timelines, file, mapping)
        assert (report.appended + report.duplicates, report.rejected) == (len(events), []) == (106, [])
    days = ["-".join(event["start_date"][part].zfill(2) for part in ("year", "month", "day")) for event in events]
    assert [each["occurred"] for each in contents(timelines)[:106]] == days
    said = [text_of(each).casefold() for each in contents(timelines)]
    chinese = Counter(re.findall("[\u4e00-\u9fff]{1,2}", " ".join(said)))
    for search, _ in chinese.most_common(6):
        assert asyncio.run(found(timelines, search)) == [n for n, text in enumerate(said, 1) if search in text] != []
    for search, _ in Counter(re.findall("(?<![^\\W_])[a-z]{4}", " ".join(said))).most_common(6):
        begins = re.compile(rf"(?<![^\W_]){search}")
        assert (
            asyncio.run(found(timelines, search)) == [n for n, text in enumerate(said, 1) if begins.search(text)] != []
        )


def text_of(content: dict[str, Any]) -> str:
    texts = [value for value in content["data"].values() if isinstance(value, str)]
    quotes = [source.get("quote", "") for source in content.get("sources", ())]
    return "\n".join([*texts, content.get("note", ""), *quotes])


async def found(timelines: Timelines, search: str) -> list[int]:
    query = """query ($search: String, $after: String) { timeline(slug: "real") {
      events(filter: {search: $search}, orderBy: RECORDED_ASC, first: 200, after: $after) {
        nodes { position } pageInfo { endCursor hasNextPage } } } }"""
    positions: list[int] = []
    page: dict[str, Any] = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    async with client_of(app_for(timelines)) as client:
        while page["pageInfo"]["hasNextPage"]:
            answer = await client.ask(query, search=search, after=page["pageInfo"]["endCursor"])
            page = answer["timeline"]["events"]
            positions += [node["position"] for node in page["nodes"]]
    return positions


def test_another_ai_timeline_by_way_of_a_table(timelines: Timelines, tmp_path: Path) -> None:
    rows, year, day = [], "", ""
    for line in (DATA / "ai_timeline_nhlocal" / "timeline.yml").read_text("utf-8").splitlines():
        _, key, value = re.split(r"^[ -]*(year|date|text|events|info|special):", line)
        if key == "year":
            year = value.strip()
        elif key == "date":
            day = value.strip() if re.search(r"\d{4}", value) else f"{value.strip()} {year}"
        elif key == "text":
            rows.append((day, value.strip()))
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("Date", "Text"), *rows])
    report = run(timelines, tmp_path / "a.csv", FACTS)
    assert (report.rows, report.appended + report.duplicates, report.rejected) == (235, 235, [])
    assert report.duplicates == len(rows) - len(set(rows))
    assert all(re.fullmatch(r"20\d\d-\d\d", each["occurred"]) for each in contents(timelines))


def test_the_examples_of_timelinejs(timelines: Timelines) -> None:
    rows = rejected = 0
    for file in sorted((DATA / "timelinejs").glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        if "events" not in document:
            continue
        strange = [
            number
            for number, event in enumerate(document["events"], 1)
            if abs(int(event["start_date"]["year"])) > 9999 or not event["text"].get("headline")
        ]
        report = run(timelines, file)
        assert [each.number for each in report.rejected] == strange, file.name
        assert report.appended + report.duplicates + len(strange) == len(document["events"])
        rows, rejected = rows + report.rows, rejected + len(strange)
    assert (rows, rejected) == (244, 14)


def test_notable_models(timelines: Timelines) -> None:
    file = DATA / "epoch_ai" / "notable_ai_models.csv"
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    cost, hardware, count = "Training compute cost (2023 USD)", "Training hardware", "Hardware quantity"
    report = run(timelines, file, MODELS)
    unlinked = [row for row in rows if row["Link"].strip() and "http" not in row["Link"]]
    assert len(report.rejected) == len(unlinked)
    assert all(each.reason.startswith("Link: ") for each in report.rejected)
    made = contents(timelines)
    released = [each for each in made if each["kind"] == "model.released"]
    disclosed = [each for each in made if each["kind"] == "training.disclosed"]
    assert len(released) == len(rows) - len(unlinked) == 951
    assert len(disclosed) == sum(any(row[each].strip() for each in (cost, hardware, count)) for row in rows)
    costs = [Decimal(each["data"]["cost"]["amount"]) for each in disclosed if "cost" in each["data"]]
    assert costs == [Decimal(row[cost]) for row in rows if row[cost]]
    chips = [Decimal(each["data"]["chips"]["value"]) for each in disclosed if "chips" in each["data"]]
    assert chips == [Decimal(row[count]) for row in rows if row[count]]
    assert sum("hardware" in each["data"] for each in disclosed) == sum(bool(row[hardware]) for row in rows)
    assert len({each["data"]["model"] for each in released}) == len({row["Model"] for row in rows}) - len(unlinked)
    assert len(report.warnings) == 2


def test_samples_of_cloudevents(timelines: Timelines, tmp_path: Path) -> None:
    events = []
    for file in sorted((DATA / "cloudevents").rglob("*.yaml")):
        for text in file.read_text("utf-8").split("\n---\n"):
            if "ContextAttributes:" in text:
                attributes = dict(re.findall(r"^  (\w+): (.+)$", text, re.MULTILINE))
                data = "\n".join(line.strip() for line in text.partition("\nData: |\n")[2].splitlines())
                events.append(attributes | ({"data": data} if data else {}))
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, events)), "utf-8")
    report = run(timelines, tmp_path / "a.jsonl")
    lines = dict(enumerate(events, 1))
    needed = {"id", "source", "specversion", "type"}
    told: dict[tuple[str, str], dict[str, str]] = {}
    unreadable = [number for number, event in lines.items() if not needed <= event.keys() or "time" not in event]
    for number, event in lines.items():
        said = {name: event.get(name, "").strip() for name in ("type", "subject", "time", "data")}
        if number not in unreadable and told.setdefault((event["source"], event["id"]), said) != said:
            unreadable.append(number)
    assert [each.number for each in report.rejected] == sorted(unreadable)
    assert report.appended == len(told)
    assert report.appended + report.duplicates + len(unreadable) == len(events) > 20
