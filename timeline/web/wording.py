"""What several feeds say in the same words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from timeline.domain.calendar import format_instant, parse_instant

Event = Mapping[str, Any]
EPOCH = "1970-01-01T00:00:00.000Z"


def page_of(page: str, event: Event) -> str:
    """The address at which the timeline's page shows the event."""
    return f"{page}?event={quote(event['eventId'])}"


def sources_of(event: Event) -> list[str]:
    """One line for each source."""
    return [", ".join(filter(None, map(source.get, ("title", "publisher", "url")))) for source in event["sources"]]


def summary(event: Event) -> str:
    """When, the note, and who says so; a line each."""
    date = [] if event["occurred"] is None else [event["occurred"]["text"]]
    note = [event["note"]] if event["note"] else []
    return "\n".join([*date, *note, *(f"Source: {source}" for source in sources_of(event) if source)])


def span(date: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The first and the last millisecond at which it may go on; None where that is open."""
    latest = (date["end"] or date["start"])["latest"]
    return date["start"]["earliest"], latest and format_instant(parse_instant(latest) - 1)
