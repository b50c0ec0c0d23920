"""From rows to the log, on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import imported_kinds
from tests.making import logged
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.errors import NotFound
from timeline.imports.formats import read_table
from timeline.imports.importing import import_table, into
from timeline.imports.mapping import read_mapping
from timeline.imports.report import Report
from timeline.timelines import Timelines

KINDS = Kinds.of(imported_kinds)
MAPPING = """
[[event]]
kind = "part.bought"
occurred = "Date"
note = "Remark"

[event.fields]
part = "Part"
price = { column = "Price", currency = "EUR" }

[[event.sources]]
url = "Link"

[[event]]
kind = "news.reported"
occurred = "Date"
only_if = ["Remark"]

[event.fields]
title = "Remark"
"""
ROWS = [
    "Date,Part,Price,Link,Remark",
    "2025-01-10,Wheel,5.50,https://example.org/a,",
    "Jan 2025,Axle,,,Seen",
    "soon,Axle,,,",
    "2025,轮子,about 20,,",
    "2025,轴,,not a link,",
    "2025-01-10,Wheel,5.50,https://example.org/a,",
]


@pytest.fixture
def timelines(address: str) -> Iterator[Timelines]:
    database = Database.open(address)
    migrate(database)
    one = Timelines(database, KINDS)
    one.create("parts", "Parts")
    yield one
    one.close()


def run(timelines: Timelines, file: Path, slug: str | None = "parts", **options: Any) -> Report:
    table = read_table(file, timelines.kinds.events)
    plans = read_mapping(timelines.kinds, table.mapping or MAPPING, table.columns)
    append = None if slug is None else into(timelines, slug, **options)
    *_, report = import_table(timelines.kinds, table, plans, append)
    return report


def written(folder: Path, lines: list[str], name: str = "a.csv") -> Path:
    (folder / name).write_text("\n".join(lines), "utf-8")
    return folder / name


def contents(timelines: Timelines) -> list[dict[str, Any]]:
    return [json.loads(row.content) for row in logged(timelines, "parts")]


def test_what_can_be_read_is_there_and_what_cannot_is_reported(timelines: Timelines, tmp_path: Path) -> None:
    report = run(timelines, written(tmp_path, ROWS))
    assert report.to_json() == {
        "rows": 6,
        "passedOver": 0,
        "appended": 4,
        "duplicates": 1,
        "rejected": [
            {
                "line": 4,
                "kind": "part.bought",
                "reason": "Date: soon: not a date, write one like 2025, 2025-01, 2025-01-10, 202X, 2021/.. or"
                " [..2025-01-20]",
            },
            {"line": 6, "kind": "part.bought", "reason": "Link: 'not' is not a web address"},
        ],
        "warnings": [],
    }
    first, second, news, third = contents(timelines)
    assert first == {
        "kind": "part.bought",
        "version": 1,
        "occurred": "2025-01-10",
        "data": {"part": "part:wheel", "price": {"amount": "5.50", "qualifier": "EXACT", "currency": "EUR"}},
        "names": {"part:wheel": "Wheel"},
        "sources": [{"url": "https://example.org/a"}],
    }
    assert (second["occurred"], second["note"], news["data"]) == ("2025-01", "Seen", {"title": "Seen"})
    assert list(third["names"].values()) == ["轮子"]
    assert third["data"]["price"]["qualifier"] == "ABOUT"


def test_importing_again_adds_nothing(timelines: Timelines, tmp_path: Path) -> None:
    file = written(tmp_path, ROWS)
    first, again = run(timelines, file), run(timelines, file)
    assert (first.appended, first.duplicates) == (4, 1)
    assert (again.appended, again.duplicates) == (0, 5)
    assert again.rejected == first.rejected
    assert len(contents(timelines)) == 4


def test_a_dry_run_says_the_same_and_appends_nothing(timelines: Timelines, tmp_path: Path) -> None:
    file = written(tmp_path, ROWS)
    dry = run(timelines, file, validate_only=True)
    assert contents(timelines) == []
    assert run(timelines, file, slug=None) == dry
    assert run(timelines, file) == dry
    assert run(timelines, file, validate_only=True).duplicates == 5


def test_many_rows_go_in_batches(timelines: Timelines, tmp_path: Path) -> None:
    lines = [f"2025,Part {number},,,{f'Seen {number}' * (number % 2)}" for number in range(1_500)]
    file = written(tmp_path, [ROWS[0], *lines])
    table = read_table(file, ())
    plans = read_mapping(KINDS, MAPPING, table.columns)
    reports = import_table(KINDS, table, plans, into(timelines, "parts"))
    assert [report.appended for report in reports] == [1_000, 2_000, 2_250]
    assert len(contents(timelines)) == 2_250
    assert run(timelines, file).duplicates == 2_250


def test_without_the_timeline_nothing_happens(timelines: Timelines, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(timelines, written(tmp_path, ROWS), slug="none")


CLOUD = {"specversion": "1.0", "source": "/shop", "type": "part.bought", "time": "2025-01-10T09:30:00Z"}


def cloud(folder: Path, *events: dict[str, Any], name: str = "a.jsonl") -> Path:
    return written(folder, [json.dumps({**CLOUD, **event}) for event in events], name)


def test_cloudevents_have_ids_of_their_own(timelines: Timelines, tmp_path: Path) -> None:
    wheel, axle = ({"id": name, "data": {"part": name}} for name in ("wheel", "axle"))
    report = run(timelines, cloud(tmp_path, wheel, axle, wheel, {**wheel, "data": {"part": "other"}}, {"id": "x"}))
    assert (report.appended, report.duplicates) == (2, 1)
    assert [(each.number, each.kind, each.reason) for each in report.rejected] == [
        (4, "part.bought", "its id is that of line 1, which says something else"),
        (5, "part.bought", "data: part.bought needs an object, not null"),
    ]
    changed = run(timelines, cloud(tmp_path, axle, {**wheel, "time": "2026-01-01T00:00:00Z"}, {**axle, "id": "new"}))
    assert (changed.appended, changed.duplicates) == (1, 1)
    (rejected,) = changed.rejected
    assert (rejected.number, rejected.reason.startswith("id: the id ")) == (2, True)
    elsewhere = run(timelines, cloud(tmp_path, {**wheel, "source": "/other"}))
    assert (elsewhere.appended, len(contents(timelines))) == (1, 4)


def test_cloudevents_that_are_no_kind_are_news(timelines: Timelines, tmp_path: Path) -> None:
    events = (
        {"id": "1", "type": "com.example", "subject": "a", "data": {"b": 1}},
        {"id": "2", "type": "t", "time": None},
    )
    report = run(timelines, cloud(tmp_path, *events))
    (news,) = contents(timelines)
    assert news == {
        "kind": "news.reported",
        "version": 1,
        "occurred": "2025-01-10T09:30:00Z",
        "data": {"title": "com.example: a", "text": '{"b": 1}'},
        "sources": [{"publisher": "/shop"}],
    }
    assert [(each.number, each.reason) for each in report.rejected] == [(2, "occurred: it has no date")]


def test_what_an_export_writes_is_for_append(timelines: Timelines, tmp_path: Path) -> None:
    lines = [{"kind": "part.bought", "occurred": "2025", "data": {"part": "wheel"}}]
    report = run(timelines, written(tmp_path, [json.dumps(each) for each in lines], "a.jsonl"))
    (rejected,) = report.rejected
    assert rejected.reason == "it is no CloudEvent; what `timeline export` writes, `timeline append` reads"


def test_timelinejs(timelines: Timelines, tmp_path: Path) -> None:
    event = {
        "start_date": {"year": "1963", "month": "8", "day": "9", "hour": "9"},
        "text": {
            "headline": '<a href="https://example.org/b">Born</a>',
            "text": "<p>In <b>Newark</b> &amp; raised</p>",
        },
        "media": {"url": "//example.org/a.jpg", "credit": "<i>Ann</i>", "caption": "A picture"},
        "group": "People",
    }
    document = {"events": [event, {**event, "start_date": {}}, {**event, "text": {}}]}
    report = run(timelines, written(tmp_path, [json.dumps(document)], "a.json"))
    assert contents(timelines) == [
        {
            "kind": "news.reported",
            "version": 1,
            "occurred": "1963-08-09",
            "data": {"title": "Born", "text": "In Newark & raised"},
            "sources": [
                {"url": "https://example.org/b", "title": "Born"},
                {"url": "https://example.org/a.jpg", "title": "A picture", "publisher": "Ann"},
            ],
            "note": "Time: 09:00\nGroup: People",
        }
    ]
    assert [(each.number, each.reason) for each in report.rejected] == [
        (2, "occurred: it has no date"),
        (3, "Headline: it is empty, and news.reported needs title"),
    ]
