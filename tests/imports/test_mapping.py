"""The mapping file: what it can say, and how it is told what is wrong with it."""

import pytest

from tests import imported_kinds
from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.building import built, wanted
from timeline.imports.mapping import read_mapping

KINDS = Kinds.of(imported_kinds)
COLUMNS = ["Date", "End", "Year", "Month", "Day", "Part", "Price", "Link", "Who", "Remark"]
CELLS = dict.fromkeys(COLUMNS, "")


def plan(text: str) -> str:
    return f'[[event]]\nkind = "part.bought"\n{text}\n[event.fields]\npart = "Part"\n'


def made(text: str, **cells: str) -> object:
    (only,) = read_mapping(KINDS, text, COLUMNS)
    return built(KINDS, only, CELLS | {"Part": "Wheel", "Date": "2025"} | cells)


@pytest.mark.parametrize(
    ("occurred", "cells", "expected"),
    [
        ('"Date"', {"Date": "Jan 10, 2025"}, "2025-01-10"),
        ('{ column = "Date", day_first = true }', {"Date": "1/2/2025"}, "2025-02-01"),
        ('{ value = "2025-03" }', {}, "2025-03"),
        ('{ column = "Date", end = "End" }', {"Date": "2025", "End": "Feb 2026"}, "2025/2026-02"),
        ('{ column = "Date", end = "End" }', {"Date": "2025", "End": "2025"}, "2025"),
        ('{ year = "Year", month = "Month", day = "Day" }', {"Year": "2025", "Month": "1", "Day": "9"}, "2025-01-09"),
        ('{ year = "Year", month = "Month", day = "Day" }', {"Year": "2025", "Month": "March"}, "2025-03"),
        ('{ year = "Year", month = "Month", day = "Day" }', {"Year": "602", "Day": "9"}, "0602"),
        ('{ year = "Year" }', {"Year": "-44"}, "-0043"),
        ('{ year = "Year" }', {"Year": "-1"}, "0000"),
        ('{ year = "Year", end = { year = "End" } }', {"Year": "1815", "End": "1852"}, "1815/1852"),
    ],
)
def test_dates_come_from_one_column_or_from_several(occurred: str, cells: dict[str, str], expected: str) -> None:
    event = made(plan(f"occurred = {occurred}"), **cells)
    assert event == {
        "kind": "part.bought",
        "occurred": expected,
        "data": {"part": {"ref": "part:wheel", "name": "Wheel"}},
    }


@pytest.mark.parametrize(
    ("sources", "cells", "expected"),
    [
        ('{ url = "Link" }', {"Link": "https://e.org/a, https://e.org/b"}, [{"url": "https://e.org/a"}] * 2),
        ('{ url = "Link", publisher = "Who" }', {"Who": "Ann"}, [{"publisher": "Ann"}]),
        ('{ url = "Link" }', {}, None),
        ('{ publisher = { value = "Epoch" } }', {}, [{"publisher": "Epoch"}]),
        ('{ publisher = "Who", published = "Date" }', {"Date": "Jan 2025"}, [{"published": "2025-01"}]),
        (
            '{ links = "Link" }, { links = "Remark" }',
            {"Link": "https://e.org", "Remark": '<a href="https://e.org">again</a> <a href="//e.com">E</a>'},
            [{"url": "https://e.org", "title": "again"}, {"url": "https://e.com", "title": "E"}],
        ),
        ('{ links = "Link" }', {"Link": "/local.jpg"}, None),
    ],
)
def test_sources_are_addresses_links_and_names(sources: str, cells: dict[str, str], expected: object) -> None:
    event = made(plan(f'occurred = "Date"\nsources = [{sources}]'), **cells)
    assert isinstance(event, dict)
    if "https://e.org/b" in cells.get("Link", ""):
        expected = [{"url": "https://e.org/a"}, {"url": "https://e.org/b"}]
    assert event.get("sources") == expected


def test_notes_are_one_column_or_several_with_their_names() -> None:
    one = made(plan('occurred = "Date"\nnote = "Remark"'), Remark=" seen ")
    several = made(plan('occurred = "Date"\nnote = ["Who", "Remark", "Link"]'), Who="Ann", Remark="a\nb")
    neither = made(plan('occurred = "Date"\nnote = ["Who"]'))
    notes = [event.get("note") for event in (one, several, neither) if isinstance(event, dict)]
    assert notes == ["seen", "Who: Ann\nRemark: a b", None]


def test_rows_without_what_an_event_is_about_make_none() -> None:
    (only,) = read_mapping(KINDS, plan('occurred = "Date"\nonly_if = ["Price", "Who"]'), COLUMNS)
    assert [wanted(only, CELLS | cells) for cells in ({}, {"Who": " "}, {"Price": "1"})] == [False, False, True]


@pytest.mark.parametrize(
    ("cells", "path", "message"),
    [
        ({"Part": ""}, ("Part",), "it is empty, and part.bought needs part"),
        ({"Date": ""}, ("occurred",), "it has no date"),
        ({"Date": "soon"}, ("Date",), "soon: not a date"),
        ({"Link": "e.org"}, ("Link",), "'e.org' is not a web address"),
    ],
)
def test_what_is_wrong_with_a_row_names_the_column(cells: dict[str, str], path: object, message: str) -> None:
    with pytest.raises(BadInput, match=message) as refused:
        made(plan('occurred = "Date"\nsources = [{ url = "Link" }]'), **cells)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Year": "", "Month": "3"}, "it has no year"),
        ({"Year": "-13800000000"}, "-13800000000 is not from -9999 to 9999"),
        ({"Year": "2025", "Month": "13"}, "there is no month 13"),
        ({"Year": "2025", "Month": "2", "Day": "30"}, "February 2025 has 28 days"),
        ({"Year": "long ago"}, "'long ago' is not a number"),
    ],
)
def test_what_is_wrong_with_a_date_in_parts(cells: dict[str, str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        made(plan('occurred = { year = "Year", month = "Month", day = "Day" }'), **cells)


FIELDS = '[[event]]\nkind = "part.bought"\noccurred = "Date"\n[event.fields]\npart = "Part"\n'


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("[[event", (), "not TOML"),
        ("", ("event",), "at least one table"),
        ("events = 1", (), "there is no 'events' here"),
        ("[[event]]", ("event", 0, "kind"), "there is no event kind null"),
        ('[[event]]\nkind = "no.such"', ("event", 0, "kind"), "there is no event kind 'no.such'"),
        ('[[event]]\nkind = "part.bought"', ("event", 0, "occurred"), "the column with the date is needed"),
        (
            '[[event]]\nkind = "part.bought"\noccurred = "When"',
            ("event", 0, "occurred"),
            "the file has no column 'When'; it has 'Date'",
        ),
        (
            '[[event]]\nkind = "part.bought"\noccurred = "Date"',
            ("event", 0, "fields", "part"),
            "part.bought needs part",
        ),
        (plan('occurred = { month = "Month" }'), ("event", 0, "occurred"), "month and day need a year"),
        (plan("occurred = 1"), ("event", 0, "occurred"), "a table is needed, not a number"),
        (plan('occurred = "Date"\nonly_if = "Who"'), ("event", 0, "only_if"), "a list is needed, not a text"),
        (plan('occurred = "Date"\nsources = [{ at = "Link" }]'), ("event", 0, "sources", 0), "there is no 'at' here"),
        (f"{FIELDS}colour = 'Part'", ("event", 0, "fields"), "there is no 'colour' here; there are part, sellers"),
        (f"{FIELDS}price = 'Price'", ("event", 0, "fields", "price"), "money needs its currency"),
        (f"{FIELDS}buyer = 'Who'", ("event", 0, "fields", "buyer"), "entity = 'buyer' or 'shop'"),
        (
            f"{FIELDS}buyer = {{ column = 'Who', entity = 'part' }}",
            ("event", 0, "fields", "buyer", "entity"),
            "'part' is not one of buyer, shop",
        ),
        (
            f"{FIELDS}label = {{ column = 'Who', currency = 'USD' }}",
            ("event", 0, "fields", "label"),
            "there is no 'currency' here",
        ),
        (f"{FIELDS}label = {{ html = true }}", ("event", 0, "fields", "label"), "a column is needed, or a value"),
        (
            f"{FIELDS}label = {{ column = 'Who', html = 'yes' }}",
            ("event", 0, "fields", "label", "html"),
            "true or false is needed, not a text",
        ),
        (
            f"{FIELDS}size = {{ column = 'Who', digits = 0 }}",
            ("event", 0, "fields", "size", "digits"),
            "a whole number from 1",
        ),
        (
            f"{FIELDS}size = {{ column = 'Who', qualifier = 'BETWEEN' }}",
            ("event", 0, "fields", "size", "qualifier"),
            "one of EXACT, ABOUT, UNDER, OVER",
        ),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_and_where(text: str, path: object, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_mapping(KINDS, text, COLUMNS)
    assert message in refused.value.message
    assert refused.value.path == path
