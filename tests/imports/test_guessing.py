"""A first mapping for a table without one."""

from pathlib import Path

import pytest

from tests import imported_kinds
from timeline import main
from timeline.cli.console import settings
from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.formats import read_table
from timeline.imports.guessing import Guess, guess_mapping
from timeline.imports.mapping import read_mapping

SHIPPED = main.load_kinds(settings(kinds=""))
PARTS = Kinds.of(imported_kinds)


def guess_of(folder: Path, content: str, kinds: Kinds = SHIPPED) -> Guess:
    file = folder / "a.csv"
    file.write_text(content, "utf-8")
    table = read_table(file, ())
    guess = guess_mapping(kinds, table)
    read_mapping(kinds, guess.mapping, table.columns)  # what is guessed can be used
    return guess


def guessed(folder: Path, content: str, kinds: Kinds = SHIPPED) -> str:
    return guess_of(folder, content, kinds).mapping


def test_a_kind_is_known_by_its_fields(tmp_path: Path) -> None:
    rows = "Model,Organization,Publication date,Country,Link\nV3,DeepSeek,2024-12-26,China,https://example.org\n"
    assert guessed(tmp_path, rows) == (
        '[[event]]\nkind = "model.released"\noccurred = "Publication date"\nsources = [{ url = "Link" }]\n\n'
        '[event.fields]\nmodel = "Model"\ndeveloper = "Organization"\n'
    )


@pytest.mark.parametrize("title", ["Organisation", "Organization", "Company"])
def test_an_organisation_is_that_of_what_the_row_is_about(tmp_path: Path, title: str) -> None:
    rows = f"Model,{title},Published,Cost,Hardware,Link\nV3,DeepSeek,26 Dec 2024,under $6 million,H800,\n"
    guess = guess_of(tmp_path, rows)
    assert 'kind = "model.released"' in guess.mapping
    assert f'developer = "{title}"' in guess.mapping
    assert guess.not_used == ["Cost", "Hardware"]
    trained = guess_of(tmp_path, f"Model,{title},Date,Hardware,Chips\nV3,DeepSeek,2024,H800,2000\n")
    assert 'kind = "training.disclosed"' in trained.mapping
    assert trained.not_used == [title]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ("App,Company,Date\nChatGPT,OpenAI,2023\n", 'developer = "Company"'),
        ("Control,Organisation,Date\nChips,BIS,2022\n", 'issuer = "Organisation"'),
        ("Company,Investors,Purpose,Date\nStargate,MGX,AI,2025\n", 'recipient = "Company"'),
        ("Model,Chip,Chips,Date\nV3,H800,2000,2024\n", 'hardware = "Chip"'),
        ("Model,Hardware,Maker,Date\nV3,H800,Nvidia,2024\n", 'maker = "Maker"'),
        ("Company,Person,Title,Date\nOpenAI,Sam Altman,CEO,2019\n", 'leader = "Person"'),
    ],
)
def test_a_column_called_like_a_kind_of_entity_is_a_field(tmp_path: Path, rows: str, field: str) -> None:
    guess = guess_of(tmp_path, rows)
    assert (field in guess.mapping, guess.not_used) == (True, [])


def test_what_fits_no_kind_is_news(tmp_path: Path) -> None:
    rows = "when,what,details,source\nJan 2025,It began,At length,A paper\n"
    assert guessed(tmp_path, rows) == (
        '[[event]]\nkind = "news.reported"\noccurred = "when"\nsources = [{ publisher = "source" }]\n\n'
        '[event.fields]\ntitle = "what"\ntext = "details"\n'
    )


def test_fields_get_what_they_need_to_be_read(tmp_path: Path) -> None:
    rows = "part,sellers,buyer,price (EUR),size,start,end\nWheel,A;B,Ann,5,2,2024,2025\n"
    assert guessed(tmp_path, rows, PARTS) == (
        '[[event]]\nkind = "part.bought"\noccurred = { column = "start", end = "end" }\n\n[event.fields]\n'
        'part = "part"\nsellers = { column = "sellers", split = ";" }\n'
        'buyer = { column = "buyer", entity = "buyer" }\n'
        'price = { column = "price (EUR)", currency = "EUR" }\nsize = "size"\n'
    )


def test_money_without_a_currency_is_left_out(tmp_path: Path) -> None:
    assert "price" not in guessed(tmp_path, "part,count,price,date\nWheel,2,5,2024\n", PARTS)


def test_dates_in_parts_and_dates_by_what_they_are(tmp_path: Path) -> None:
    assert 'occurred = { year = "Year", month = "Month" }' in guessed(tmp_path, "Title,Year,Month\nA,2024,3\n")
    assert 'occurred = "Tag"' in guessed(tmp_path, "Title,Tag\nA,1.2.2024\nB,\n")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("title,text\nA,B\n", "no column looks like a date"),
        ("title,date\nA,soon\n", "no column looks like a date"),
        ("date,colour\n2024,red\n", "the columns fit no kind of event"),
    ],
)
def test_where_there_is_nothing_to_go_by(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        guessed(tmp_path, rows)
