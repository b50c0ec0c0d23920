"""Which columns become what: the mapping file, in TOML."""

import dataclasses
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from timeline.domain.currencies import CURRENCIES
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import FieldType, Shape
from timeline.domain.kinds import Kinds
from timeline.domain.texts import kind_of
from timeline.domain.values import read_boolean, read_integer, read_text
from timeline.errors import BadInput, under
from timeline.imports.cells import Form

_FORM = {field.name for field in dataclasses.fields(Form)}
_AS_IT_IS = Form()
_QUALIFIERS = ("EXACT", "ABOUT", "UNDER", "OVER")
_PARTS = ("year", "month", "day", "time")
_SOURCE = ("url", "title", "publisher", "author", "published", "quote", "links")


@dataclass(frozen=True, slots=True)
class Take:
    """One column, or a value that is the same for every row."""

    column: str | None = None
    value: str | None = None
    form: Form = _AS_IT_IS


@dataclass(frozen=True, slots=True)
class Day:
    """A date in one column, or in one column each for year, month, day and time of day."""

    whole: Take | None = None
    parts: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one event is made of. `only_if`: of rows where all of these columns are empty none is made."""

    kind: EventKind
    start: Day
    end: Day | None = None
    fields: Mapping[str, Take]
    sources: tuple[Mapping[str, Take], ...] = ()
    note: Take | tuple[str, ...] | None = None
    only_if: tuple[str, ...] = ()


def read_mapping(kinds: Kinds, text: str, columns: Collection[str]) -> tuple[Plan, ...]:
    """The plans of a mapping file for a table with these columns. BAD_INPUT, with the path into the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"the mapping is not TOML: {error}") from None
    _check_keys(data, ("event",))
    events = data.get("event")
    if not isinstance(events, list) or not events:
        raise BadInput("a mapping has at least one table [[event]]", ("event",))
    return tuple(_at(("event", index), _plan, kinds, event, columns) for index, event in enumerate(events))


def _plan(kinds: Kinds, data: object, columns: Collection[str]) -> Plan:
    table = _check_keys(data, ("kind", "occurred", "fields", "sources", "note", "only_if"))
    kind = _at(("kind",), kinds.event, table.get("kind"))
    start, end = _at(("occurred",), _occurred, table.get("occurred"), columns)
    given = _at(("fields",), _check_keys, table.get("fields", {}), tuple(kind.fields))
    fields = {
        name: _at(("fields", name), _field, kinds, kind.fields[name], take, columns) for name, take in given.items()
    }
    if missing := [name for name, each in kind.fields.items() if each.required and name not in fields]:
        raise BadInput(f"{kind.name} needs {missing[0]}", ("fields", missing[0]))
    return Plan(
        kind=kind,
        start=start,
        end=end,
        fields=fields,
        sources=tuple(
            _at(("sources", index), _source, source, columns)
            for index, source in enumerate(_list(table.get("sources", []), "sources"))
        ),
        note=_at(("note",), _note, table.get("note"), columns),
        only_if=tuple(
            _at(("only_if", index), _column, name, columns)
            for index, name in enumerate(_list(table.get("only_if", []), "only_if"))
        ),
    )


def _occurred(data: object, columns: Collection[str]) -> tuple[Day, Day | None]:
    if data is None:
        raise BadInput("the column with the date is needed")
    if isinstance(data, dict) and "end" in data:
        start = {key: value for key, value in data.items() if key != "end"}
        return _day(start, columns), _at(("end",), _day, data["end"], columns)
    return _day(data, columns), None


def _day(data: object, columns: Collection[str]) -> Day:
    if isinstance(data, dict) and data.keys() & set(_PARTS):
        parts = _check_keys(data, _PARTS)
        if "year" not in parts:
            raise BadInput("month and day need a year")
        return Day(parts={name: _at((name,), _column, column, columns) for name, column in parts.items()})
    return Day(whole=_take(data, columns, {"day_first"}))


def _field(kinds: Kinds, field: FieldType, data: object, columns: Collection[str]) -> Take:
    admitted = {
        Shape.TEXT: {"html"},
        Shape.DATE: {"day_first"},
        Shape.REF: {"entity"},
        Shape.QUANTITY: {"unit", "qualifier", "digits"},
        Shape.MONEY: {"currency", "qualifier", "digits"},
    }.get(field.shape, set())
    take = _take(data, columns, admitted | {"split"})
    if field.shape is Shape.MONEY and take.form.currency is None:
        raise BadInput('money needs its currency, like currency = "USD"')
    if field.shape is Shape.REF:
        wanted = field.kinds or tuple(kinds.entities)
        if take.form.entity is None and len(wanted) > 1:
            raise BadInput(f"say which kind of entity: entity = {' or '.join(map(repr, wanted))}")
        if take.form.entity is not None and take.form.entity not in wanted:
            raise BadInput(f"{take.form.entity!r} is not one of {', '.join(wanted)}", ("entity",))
    return take


def _source(data: object, columns: Collection[str]) -> Mapping[str, Take]:
    table = _check_keys(data, _SOURCE)
    return {name: _at((name,), _take, take, columns, {"html"}) for name, take in table.items()}


def _note(data: object, columns: Collection[str]) -> Take | tuple[str, ...] | None:
    if isinstance(data, list):
        return tuple(_at((index,), _column, name, columns) for index, name in enumerate(data))
    return None if data is None else _take(data, columns, {"html"})


def _take(data: object, columns: Collection[str], admitted: Collection[str]) -> Take:
    if isinstance(data, str):
        return Take(_column(data, columns))
    table = _check_keys(data, ("column", "value", *sorted(admitted)))
    if ("column" in table) == ("value" in table):
        raise BadInput("a column is needed, or a value that is the same for every row")
    for key, value in table.items():
        _at((key,), _READERS.get(key, read_text), value)
    column = _column(table["column"], columns) if "column" in table else None
    return Take(column, table.get("value"), Form(**{key: table[key] for key in table.keys() & _FORM}))


def _qualifier(value: object) -> None:
    if value not in _QUALIFIERS:
        raise BadInput(f"one of {', '.join(_QUALIFIERS)} is needed")


def _currency(value: object) -> None:
    if value not in CURRENCIES:
        raise BadInput("a code of ISO 4217 like USD is needed")


_READERS: Mapping[str, Callable[[object], Any]] = {
    "html": read_boolean,
    "day_first": read_boolean,
    "digits": partial(read_integer, 1, 30),
    "qualifier": _qualifier,
    "currency": _currency,
}


def _column(name: object, columns: Collection[str]) -> str:
    if not isinstance(name, str) or name not in columns:
        shown = ", ".join(map(repr, list(columns)[:20]))
        raise BadInput(f"the file has no column {name!r}; it has {shown}")
    return name


def _check_keys(data: object, known: Collection[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"a table is needed, not {kind_of(data)}")
    if unknown := data.keys() - set(known):
        raise BadInput(f"there is no {min(unknown)!r} here; there are {', '.join(known)}")
    return data


def _list(data: object, name: str) -> list[Any]:
    if not isinstance(data, list):
        raise BadInput(f"a list is needed, not {kind_of(data)}", (name,))
    return data


def _at(path: tuple[str | int, ...], read: Any, *given: Any) -> Any:
    with under(*path):
        return read(*given)
