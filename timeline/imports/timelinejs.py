"""TimelineJS: its spreadsheets, and its JSON brought to the columns of the spreadsheet."""

from collections.abc import Iterator, Mapping
from typing import Any

from timeline.domain.texts import kind_of
from timeline.errors import BadInput
from timeline.imports.table import Row

MAPPING = """\
[[event]]
kind = "news.reported"
note = ["Display Date", "Time", "End Time", "Group"]

[[event.sources]]
links = "Headline"

[[event.sources]]
links = "Text"

[[event.sources]]
links = "Media"
title = { column = "Media Caption", html = true }
publisher = { column = "Media Credit", html = true }

[event.occurred]
year = "Year"
month = "Month"
day = "Day"
end = { year = "End Year", month = "End Month", day = "End Day" }

[event.fields]
title = { column = "Headline", html = true }
text = { column = "Text", html = true }
"""
_COLUMNS = {
    "text.headline": "Headline",
    "text.text": "Text",
    "media.url": "Media",
    "media.credit": "Media Credit",
    "media.caption": "Media Caption",
    "media.thumbnail": "Media Thumbnail",
    "display_date": "Display Date",
    "group": "Group",
    **{f"start_date.{part}": part.capitalize() for part in ("year", "month", "day")},
    **{f"end_date.{part}": f"End {part.capitalize()}" for part in ("year", "month", "day")},
}
COLUMNS = (*_COLUMNS.values(), "Time", "End Time")


def is_spreadsheet(columns: Mapping[str, str] | list[str]) -> bool:
    return {"Year", "Month", "Day", "Headline", "Text"} <= set(columns)


def spreadsheet(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that are events: not the title slide, and not eras."""
    for row in rows:
        if row.cells.get("Type", "").strip().lower() not in ("title", "era"):
            yield Row(number=row.number, cells=dict.fromkeys(COLUMNS, "") | dict(row.cells), fault=row.fault)


def document(data: object) -> Iterator[Row]:
    """The events of a document of version 3, each under the spreadsheet's columns, and all else as `a.b`."""
    if isinstance(data, dict) and isinstance(data.get("timeline"), dict):
        raise BadInput("that is TimelineJS of version 1 or 2: save it in the format of version 3")
    if not isinstance(data, dict) or not isinstance(data.get("events"), list):
        raise BadInput("not a document of TimelineJS: an object with a list of events is needed")
    for number, event in enumerate(data["events"], 1):
        if not isinstance(event, dict):
            yield Row(number=number, fault=f"an event is an object, not {kind_of(event)}")
            continue
        flat = flattened(event)
        cells = dict.fromkeys(COLUMNS, "") | {_COLUMNS.get(name, name): value for name, value in flat.items()}
        cells["Time"], cells["End Time"] = _clock(flat, "start_date"), _clock(flat, "end_date")
        yield Row(number=number, cells=cells)


def flattened(data: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """Every text, number and truth value in an object, by its path."""
    flat: dict[str, str] = {}
    for name, value in data.items():
        match value:
            case dict():
                flat |= flattened(value, f"{under}{name}.")
            case bool():
                flat[under + name] = "true" if value else "false"
            case str() | int() | float():
                flat[under + name] = str(value)
    return flat


def _clock(flat: Mapping[str, str], date: str) -> str:
    """The time of day as it stands there, without the offset that it would need to be part of a date."""
    hour, minute, second = (flat.get(f"{date}.{part}", "").strip() for part in ("hour", "minute", "second"))
    return ":".join(part.zfill(2) for part in (hour, minute or "0", second) if part) if hour else ""
