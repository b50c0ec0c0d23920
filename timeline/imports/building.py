"""A row and a plan make an event."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from timeline.domain.kinds import Kinds
from timeline.domain.written import month_number
from timeline.errors import BadInput, under
from timeline.imports.cells import date, value_of, whole
from timeline.imports.mapping import Day, Plan, Take
from timeline.imports.markup import address_of, links_of, text_of

T = TypeVar("T")
Cells = Mapping[str, str]


def wanted(plan: Plan, cells: Cells) -> bool:
    return not plan.only_if or any(cells.get(column, "").strip() for column in plan.only_if)


def built(kinds: Kinds, plan: Plan, cells: Cells) -> dict[str, Any]:
    """The event as a line of JSON has it, for `new_event`. BAD_INPUT, naming the column, for what cannot be read."""
    event: dict[str, Any] = {"kind": plan.kind.name, "occurred": _occurred(plan, cells), "data": {}}
    entities = frozenset(kinds.entities)
    for name, take in plan.fields.items():
        cell = _cell(take, cells)
        value = _in_column(take.column, value_of, cell, plan.kind.fields[name], take.form, entities)
        if value is not None:
            event["data"][name] = value
        elif plan.kind.fields[name].required:
            raise BadInput(f"it is empty, and {plan.kind.name} needs {name}", (take.column or name,))
    sources = [each for source in plan.sources for each in _sources(source, cells)]
    if sources:
        event["sources"] = list({str(each.get("url", each)): each for each in sources}.values())
    if note := _note(plan.note, cells):
        event["note"] = note
    return event


def _occurred(plan: Plan, cells: Cells) -> str:
    start, end = _day(plan.start, cells), plan.end and _day(plan.end, cells)
    if start is None:
        raise BadInput("it has no date", ("occurred",))
    return start if end in (None, start) else f"{start}/{end}"


def _day(day: Day, cells: Cells) -> str | None:
    if day.whole:
        cell = _cell(day.whole, cells).strip()
        return _in_column(day.whole.column, date, cell, day.whole.form.day_first) if cell else None
    given = {part: cells.get(column, "").strip() for part, column in day.parts.items()}
    if not given["year"]:
        if any(given.values()):
            raise BadInput("it has no year", (day.parts["year"],))
        return None
    year = _in_column(day.parts["year"], whole, given["year"])
    if not -9999 <= year <= 9999:
        raise BadInput(f"{year} is not from -9999 to 9999", (day.parts["year"],))
    if year < 0:
        year += 1  # who counts years in a column of their own counts 1 BC as -1, and EDTF as 0000
    text = f"{'-' if year < 0 else ''}{abs(year):04}"
    for part in ("month", "day"):
        if not given.get(part):
            break
        text += f"-{_in_column(day.parts[part], _month if part == 'month' else whole, given[part]):02}"
    return _in_column(day.parts["year"], date, text)


def _month(cell: str) -> int:
    return month_number(cell) or whole(cell)


def _sources(source: Mapping[str, Take], cells: Cells) -> Iterator[dict[str, str]]:
    """One for each address, or one of what else is said. `url` holds addresses only, `links` may hold some."""
    said: dict[str, str] = {}
    for name in source.keys() - {"url", "links"}:
        cell = _cell(source[name], cells)
        text = " ".join((text_of(cell) if source[name].form.html else cell).split())
        if text:
            said[name] = _in_column(source[name].column, date, text) if name == "published" else text
    addresses = _addresses(source.get("url"), cells)
    for address in addresses:
        yield {"url": address, **said}
    linked = links_of(_cell(source.get("links"), cells))
    for address, text in linked:
        yield {"url": address, **({"title": text} if text else {}), **said}
    if said and not addresses and not linked:
        yield said


def _addresses(take: Take | None, cells: Cells) -> list[str]:
    words = [word.strip(",;") for word in _cell(take, cells).split()]
    addresses = [address for word in words if (address := address_of(word))]
    if words and not addresses:
        raise BadInput(f"{words[0][:100]!r} is not a web address", (take.column,) if take and take.column else ())
    return addresses


def _note(note: Take | tuple[str, ...] | None, cells: Cells) -> str | None:
    if isinstance(note, Take):
        cell = _cell(note, cells)
        return (text_of(cell) if note.form.html else cell.strip()) or None
    lines = [f"{column}: {text}" for column in note or () if (text := " ".join(cells.get(column, "").split()))]
    return "\n".join(lines) or None


def _cell(take: Take | None, cells: Cells) -> str:
    if take is None:
        return ""
    return take.value if take.value is not None else cells.get(take.column or "", "")


def _in_column(column: str | None, read: Callable[..., T], *given: Any) -> T:
    with under(*((column,) if column else ())):
        return read(*given)
