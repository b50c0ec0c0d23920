"""CSV (RFC 4180): a row for each event."""

import csv
import io
from collections.abc import AsyncIterator

from timeline.web.asking import Answer
from timeline.web.wording import Event, sources_of

COLUMNS = (
    "position", "event_id", "kind", "occurred", "occurred_text", "start_earliest", "start_latest", "end_earliest",
    "end_latest", "headline", "note", "entities", "sources", "recorded_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def write(answer: Answer, page: str) -> AsyncIterator[str]:
    yield _line(COLUMNS)
    async for event in answer.events:
        yield _line(_row(event))


def _row(event: Event) -> tuple[object, ...]:
    date = event["occurred"] or {"edtf": "", "text": "", "start": {}, "end": None}
    end = date["end"] or {}
    return (
        event["position"],
        event["eventId"],
        event["kind"],
        date["edtf"],
        date["text"],
        *(date["start"].get(bound) for bound in ("earliest", "latest")),
        *(end.get(bound) for bound in ("earliest", "latest")),
        _harmless(event["headline"]),
        _harmless(event["note"] or ""),
        " ".join(dict.fromkeys(role["entity"]["ref"] for role in event["entities"])),
        _harmless("\n".join(sources_of(event))),
        event["recordedAt"],
    )


def _harmless(text: str) -> str:
    """Spreadsheets would run what begins like a formula; after an apostrophe they show it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: tuple[object, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
