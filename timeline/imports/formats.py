"""Which format a file has, and its rows."""

import csv
import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from timeline.errors import BadInput
from timeline.imports import cloudevents, timelinejs
from timeline.imports.table import Row, Table

SUFFIXES = "CSV (.csv, .tsv), TimelineJS (.csv, .json) and CloudEvents (.jsonl, .ndjson)"


def read_table(file: Path, kinds: Collection[str]) -> Table:
    """All rows of a file; CloudEvents whose type is one of `kinds` are events of that kind.

    BAD_INPUT, naming the file, if it is not what its name says; OSError if it cannot be read.
    """
    with _naming(file):
        return _table(file, kinds)


def read_text(file: Path) -> str:
    """BAD_INPUT, naming the file, if it is empty or not text in UTF-8."""
    with _naming(file):
        return _text(file)


def _table(file: Path, kinds: Collection[str]) -> Table:
    match file.suffix.lower():
        case ".csv" | ".tsv":
            header, rows = _csv(_text(file))
            if timelinejs.is_spreadsheet(header):
                events = tuple(timelinejs.spreadsheet(iter(rows)))
                return Table(unit="line", rows=events, mapping=timelinejs.MAPPING, header=timelinejs.COLUMNS)
            return Table(unit="line", rows=rows, header=header)
        case ".json":
            try:
                data = orjson.loads(_text(file))
            except orjson.JSONDecodeError as error:
                raise BadInput(f"not JSON: {error}") from None
            return Table(unit="event", rows=tuple(timelinejs.document(data)), mapping=timelinejs.MAPPING)
        case ".jsonl" | ".ndjson":
            lines = enumerate(_text(file).encode().splitlines(), 1)
            events = tuple(cloudevents.read_line(number, line, kinds) for number, line in lines if line.strip())
            return Table(unit="line", rows=events, mapping=cloudevents.MAPPING, header=cloudevents.COLUMNS)
        case _:
            raise BadInput(f"by their names, files of {SUFFIXES} are known")


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except BadInput as bad:
        raise BadInput(f"{file}: {bad.message}") from None


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        text, wrong = content.decode("utf-8-sig"), content.find(b"\0")
    except UnicodeDecodeError as error:
        text, wrong = "", error.start
    if wrong >= 0:
        raise BadInput(f"not UTF-8: the byte at {wrong:,} is not; save it as UTF-8, a spreadsheet as CSV in UTF-8")
    if not text.strip():
        raise BadInput("it is empty: is it the file that you meant?")
    return text


def _csv(text: str) -> tuple[list[str], list[Row]]:
    """The header and what follows it."""
    header = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            while cells and not cells[-1].strip():
                cells.pop()  # spreadsheets write empty columns at the right
            if columns is None:
                columns = _columns(cells)
            elif len(cells) > len(columns):
                fault = f"it has {len(cells)} cells, and there are {len(columns)} columns"
                rows.append(Row(number=line, fault=fault))
            elif cells:
                named = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
                rows.append(Row(number=line, cells=named))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"line {line}: not CSV: {error}") from None
    assert columns is not None  # since the text is not empty
    return columns, rows


def _columns(names: list[str]) -> list[str]:
    names = [name.strip() for name in names]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInput(f"two columns are called {twice!r}")
    return names
