"""Which format a file has, and its rows."""

import json
from pathlib import Path
from typing import Any

import pytest

from timeline.errors import BadInput
from timeline.imports import timelinejs
from timeline.imports.formats import read_table
from timeline.imports.table import Row, Table

HEADER = "Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit"
HEADER += ",Media Caption,Media Thumbnail,Type,Group,Background"


def read(folder: Path, name: str, content: str | bytes, kinds: tuple[str, ...] = ()) -> Table:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(file, kinds)


def cells(table: Table, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row.cells[column] for column in columns) for row in table.rows]


def numbers(table: Table) -> list[int]:
    return [row.number for row in table.rows]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n\n3,4\n",
        "\ufeffa;b\r\n1;2\r\n\r\n3;4\r\n",
        "a\tb\t\t\n1\t2\t\t\n\t\t\t\n3\t4",
        'a,"b"\n"1",2\n,\n"3","4"',
    ],
)
def test_tables_are_read_whatever_stands_between_their_cells(tmp_path: Path, content: str) -> None:
    table = read(tmp_path, "a.csv", content)
    assert (cells(table, "a", "b"), numbers(table), table.unit) == ([("1", "2"), ("3", "4")], [2, 4], "line")
    assert table.columns == ["a", "b"]


def test_a_file_that_has_only_a_header(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "a,b\n").columns == ["a", "b"]
    assert (empty := read(tmp_path, "b.csv", HEADER)).mapping is not None
    assert "Headline" in empty.columns


def test_a_row_has_the_number_of_the_line_that_it_begins_on(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'a,b\n"one\ntwo",1\nthree\nfour,5,6\n')
    assert numbers(table) == [2, 4, 5]
    assert cells(Table(unit="line", rows=table.rows[:2]), "a", "b") == [("one\ntwo", "1"), ("three", "")]
    assert table.rows[2].fault == "it has 3 cells, and there are 2 columns"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"a,b\n\xff,1", "not UTF-8: the byte at 4 is not"),
        ("a.csv", "M\0o\0", "not UTF-8: the byte at 1 is not"),
        ("a.jsonl", b"{}\n\xff", "not UTF-8: the byte at 3 is not"),
        ("a.csv", "", "it is empty: is it the file that you meant?"),
        ("a.json", " \n", "it is empty"),
        ("a.jsonl", "\ufeff", "it is empty"),
        ("a.csv", "a,a\n1,2", "two columns are called 'a'"),
        ("a.csv", 'a,b\n1,2\n"3,4', "line 3: not CSV"),
        ("a.json", "{", "not JSON"),
        ("a.json", "[]", "not a document of TimelineJS"),
        ("a.json", '{"timeline": {}}', "that is TimelineJS of version 1 or 2"),
        ("a.xlsx", "", "by their names, files of CSV"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, name, content)
    assert refused.value.message.startswith(f"{tmp_path / name}: {message}")


def test_a_spreadsheet_of_timelinejs_has_a_mapping_and_its_title_is_no_event(tmp_path: Path) -> None:
    rows = ",,,,,,,,,All,,,,,,title,,\n1963,8,9,,,,,,,Born,,,,,,,,\n1964,,,,1970,,,,,Years,,,,,,era,,\n"
    table = read(tmp_path, "a.csv", f"{HEADER}\n{rows}")
    assert (cells(table, "Year", "Headline"), numbers(table)) == ([("1963", "Born")], [3])
    assert table.mapping == timelinejs.MAPPING


def test_a_document_of_timelinejs_has_the_columns_of_the_spreadsheet(tmp_path: Path) -> None:
    event = {
        "start_date": {"year": 1963, "month": "8", "day": "9", "hour": "9", "minute": "5"},
        "end_date": {"year": "1970"},
        "text": {"headline": "Born", "text": "<p>In Newark</p>"},
        "media": {"url": "https://example.org/a.jpg", "credit": "Ann", "caption": "A picture"},
        "group": "People",
        "display_date": "Summer 1963",
        "chinese": {"headline": "出生"},
        "autolink": True,
        "tags": ["x"],
    }
    document = {"title": {"text": {"headline": "All"}}, "eras": [event], "events": [event, "no event"]}
    table = read(tmp_path, "a.json", json.dumps(document))
    assert table.unit == "event"
    assert {column: value for column, value in table.rows[0].cells.items() if value} == {
        "Year": "1963",
        "Month": "8",
        "Day": "9",
        "Time": "09:05",
        "End Year": "1970",
        "Headline": "Born",
        "Text": "<p>In Newark</p>",
        "Media": "https://example.org/a.jpg",
        "Media Credit": "Ann",
        "Media Caption": "A picture",
        "Group": "People",
        "Display Date": "Summer 1963",
        "chinese.headline": "出生",
        "autolink": "true",
        "start_date.hour": "9",
        "start_date.minute": "5",
    }
    assert table.rows[1] == Row(number=2, fault="an event is an object, not a text")


CLOUD = {"specversion": "1.0", "id": "1", "source": "/context", "type": "com.example.someevent"}


def cloud(folder: Path, *events: Any, kinds: tuple[str, ...] = ()) -> Table:
    lines = "\n".join(event if isinstance(event, str) else json.dumps(event) for event in events)
    return read(folder, "a.jsonl", lines, kinds)


def test_a_cloudevent_of_a_strange_type_is_news(tmp_path: Path) -> None:
    event = {**CLOUD, "time": "2018-04-05T03:56:24Z", "subject": "a", "data": {"world": "hello"}}
    (row,) = cloud(tmp_path, event).rows
    assert row.key == ("/context", "1")
    told = {name: row.cells[name] for name in ("title", "text", "publisher", "time", "data.world")}
    assert told == {
        "title": "com.example.someevent: a",
        "text": '{"world": "hello"}',
        "publisher": "/context",
        "time": "2018-04-05T03:56:24Z",
        "data.world": "hello",
    }


@pytest.mark.parametrize(
    ("more", "occurred"),
    [
        ({"time": "2018-04-05T03:56:24.123456Z"}, "2018-04-05T03:56:24.123Z"),
        ({"time": "2018-04-05T03:56:24Z", "occurred": "2018-04"}, "2018-04"),
    ],
)
def test_a_cloudevent_of_a_kind_is_that(tmp_path: Path, more: dict[str, str], occurred: str) -> None:
    event = {**CLOUD, "source": "https://example.org/feed", "data": {"toy": "bear"}, **more}
    (row,) = cloud(tmp_path, event, kinds=("com.example.someevent",)).rows
    assert row.event == {
        "kind": "com.example.someevent",
        "occurred": occurred,
        "data": {"toy": "bear"},
        "sources": [{"url": "https://example.org/feed"}],
    }


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"data": "Hello, 🌎!"}, "Hello, 🌎!"),
        ({"data_base64": "eyJhIjogMX0="}, '{"a": 1}'),
        ({"data_base64": "SGVsbG8=", "datacontenttype": "text/plain"}, "Hello"),
        ({}, ""),
    ],
)
def test_the_data_of_a_cloudevent(tmp_path: Path, more: dict[str, str], text: str) -> None:
    (row,) = cloud(tmp_path, {**CLOUD, **more}).rows
    assert row.cells["text"] == text


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "a CloudEvent is an object"),
        ({**CLOUD, "id": ""}, "a CloudEvent needs id"),
        ({**CLOUD, "specversion": "2.0"}, "version 1.0 and 0.3 are read, not of '2.0'"),
        ({**CLOUD, "data_base64": "?"}, "data_base64 is not text in base64"),
        ({**CLOUD, "data_base64": "SGVsbG8="}, "not JSON"),
        ({**CLOUD, "type": "toy.moved"}, "it has no time"),
        ({**CLOUD, "type": "toy.moved", "time": "soon"}, "soon: not a date"),
    ],
)
def test_what_is_no_cloudevent_says_why(tmp_path: Path, event: Any, fault: str) -> None:
    table = cloud(tmp_path, "", event, CLOUD, kinds=("toy.moved",))
    assert fault in (table.rows[0].fault or "")
    assert (table.rows[1].fault, numbers(table)) == (None, [2, 3])
