"""A first mapping for a table without one, from the names of its columns and what stands in them."""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from timeline.domain.currencies import CURRENCIES
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import FieldType, Shape
from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.cells import date
from timeline.imports.table import Table

_DATES = ("occurred", "date", "start date", "start", "event date", "publication date", "published", "released", "when")
_ENDS = ("end date", "end", "until")
_TITLES = ("title", "headline", "event", "name", "what", "summary", "description")
_TEXTS = ("text", "description", "details", "summary", "body", "content", "notes")
_SOURCES = {
    "url": ("url", "link", "source url", "source link", "reference url", "href"),
    "title": ("source title", "reference", "article"),
    "publisher": ("publisher", "source", "source name", "outlet"),
}
_OTHER_NAMES = {"organization": "organisation", "company": "organisation", "country": "place", "city": "place"}
_SAMPLE = 200  # rows that are looked at


class Guess(NamedTuple):
    """The text of a mapping file, and the columns that it leaves out."""

    mapping: str
    not_used: list[str]


def guess_mapping(kinds: Kinds, table: Table) -> Guess:
    """BAD_INPUT if there is no column of dates, or nothing that could be a headline."""
    columns = {_normal(column): column for column in reversed(table.columns)}
    occurred, used = _occurred(table, columns)
    free = {name: column for name, column in columns.items() if column not in used}
    kind, fields = _kind(kinds, free)
    source = {name: column for name, names in _SOURCES.items() if (column := _first(names, free, fields.values()))}
    lines = ["[[event]]", f"kind = {json.dumps(kind.name)}", f"occurred = {occurred}"]
    if source:
        lines.append(f"sources = [{{ {', '.join(f'{name} = {_quoted(column)}' for name, column in source.items())} }}]")
    lines += ["", "[event.fields]"]
    lines += [f"{name} = {_take(kind.fields[name], column, table)}" for name, column in fields.items()]
    taken = {*used, *fields.values(), *source.values()}
    return Guess("\n".join(lines) + "\n", [column for column in table.columns if column and column not in taken])


def _occurred(table: Table, columns: dict[str, str]) -> tuple[str, list[str]]:
    if "year" in columns:
        parts = {part: columns[part] for part in ("year", "month", "day") if part in columns}
        return "{ " + ", ".join(f"{part} = {_quoted(column)}" for part, column in parts.items()) + " }", [
            *parts.values()
        ]
    dates = {name: each for name, each in columns.items() if _dates(table, each) >= (0.5 if name in _DATES else 0.8)}
    start = _first([*_DATES, *columns], dates)
    if start is None:
        raise BadInput("no column looks like a date: say in a mapping file what is what")
    end = _first(_ENDS, dates, [start])
    if end is None:
        return _quoted(start), [start]
    return f"{{ column = {_quoted(start)}, end = {_quoted(end)} }}", [start, end]


def _dates(table: Table, column: str) -> float:
    """Which share of a column's cells are dates; those that are empty do not count."""
    given = [cell for row in table.rows[:_SAMPLE] if (cell := row.cells.get(column, "").strip())]
    return sum(map(_readable, given)) / len(given) if given else 0


def _readable(cell: str) -> bool:
    try:
        date(cell, day_first=True)
    except BadInput:
        return False
    return True


def _kind(kinds: Kinds, columns: dict[str, str]) -> tuple[EventKind, dict[str, str]]:
    """The kind of which the columns say most, the left ones first; news, where they do not say what a kind needs."""
    places = {column: place for place, column in enumerate(reversed(columns.values()))}
    fitting: list[tuple[int, int, EventKind, dict[str, str]]] = []
    for kind in kinds.events.values():
        fields = _fields(kinds, kind, columns)
        missing = [name for name, each in kind.fields.items() if each.required and name not in fields]
        if not missing and len(fields) >= min(2, len(kind.fields)):
            fitting.append((len(fields), -sum(places[column] for column in fields.values()), kind, fields))
    if fitting:
        return max(fitting, key=lambda each: each[:2])[2:]
    news = kinds.events.get("news.reported")
    title = _first(_TITLES, columns)
    if news is None or title is None:
        raise BadInput("the columns fit no kind of event: say in a mapping file what is what")
    text = _first(_TEXTS, columns, [title])
    return news, {"title": title} | ({"text": text} if text else {})


def _fields(kinds: Kinds, kind: EventKind, columns: dict[str, str]) -> dict[str, str]:
    """Columns called like a field; for references to one kind of entity also a column called like that kind."""
    found: dict[str, str] = {}
    by_name = {_OTHER_NAMES.get(normal, normal): column for normal, column in columns.items()}
    called = [(name, name.replace("_", " ")) for name in kind.fields]
    called += [
        (name, each.kinds[0])
        for name, each in kind.fields.items()
        if len(each.kinds) == 1 and _is_meant(kinds, kind, each)
    ]
    for name, title in called:
        column = by_name.get(title)
        if name in found or column is None or column in found.values():
            continue
        if _can_hold(kind.fields[name], column):
            found[name] = column
    return {name: found[name] for name in kind.fields if name in found}


def _is_meant(kinds: Kinds, kind: EventKind, field: FieldType) -> bool:
    """Whether a column called like a kind of entity could be this field. Next to a model, "organisation" is who
    developed it, since models have a developer, and not who made the chip that it was trained on.
    """
    subjects = [each for each in kind.fields.values() if each.required and not each.many and len(each.kinds) == 1]
    if field.required or len(subjects) != 1:
        return True
    attributes = kinds.entities[subjects[0].kinds[0]].attributes.values()
    own = [each.name for each in attributes if each.type.kinds == field.kinds]
    return not own or any(name.endswith(field.name) for name in own)


def _can_hold(field: FieldType, column: str) -> bool:
    if field.shape is Shape.REF:
        return bool(field.kinds)
    return field.shape is not Shape.MONEY or _currency(column) is not None


def _take(field: FieldType, column: str, table: Table) -> str:
    options: dict[str, str | None] = {}
    if field.shape is Shape.MONEY:
        options["currency"] = _currency(column)
    if field.shape is Shape.REF and len(field.kinds) > 1:
        options["entity"] = field.kinds[0]
    if field.many:
        options["split"] = ";" if any(";" in row.cells.get(column, "") for row in table.rows) else ","
    if not options:
        return _quoted(column)
    said = [f"{key} = {_quoted(str(value))}" for key, value in {"column": column, **options}.items()]
    return f"{{ {', '.join(said)} }}"


def _currency(column: str) -> str | None:
    return next((word for word in re.findall(r"\b[A-Z]{3}\b", column) if word in CURRENCIES), None)


def _first(names: Iterable[str], columns: dict[str, str], taken: Iterable[str] = ()) -> str | None:
    others = set(taken)
    return next((columns[name] for name in names if name in columns and columns[name] not in others), None)


def _normal(column: str) -> str:
    """`Publication_Date (UTC)` as `publication date`."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\(.*?\)", "", column).lower()))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
