"""TimelineJS's JSON."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from html import escape
from typing import Any

import orjson

from timeline.web.asking import Answer
from timeline.web.wording import Event, span

_PARTS = {"CENTURY": 1, "DECADE": 1, "YEAR": 1, "MONTH": 2, "MINUTE": 5, "SECOND": 6, "MILLISECOND": 6}
_NAMES = ("year", "month", "day", "hour", "minute", "second")
_INSTANT = re.compile(r"([+-]?\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")


async def write(answer: Answer, page: str) -> AsyncIterator[str]:
    title = {"text": _text(answer.title, answer.description or "")}
    yield f'{{"title":{orjson.dumps(title).decode()},"events":['
    comma = ""
    async for event in answer.events:
        if (slide := _slide(event)) is not None:
            yield comma + orjson.dumps(slide).decode()
            comma = ",\n"
    yield "]}\n"


def _slide(event: Event) -> dict[str, Any] | None:
    """None for what cannot be placed: TimelineJS has no dates without a beginning."""
    date = event["occurred"]
    if date is None:
        return None
    first, last = span(date)
    if first is None and last is None:
        return None
    start, end = _date(first or last, date["precision"]), _date(last or first, date["precision"])
    return {
        "start_date": start,
        **({} if end == start else {"end_date": end}),
        "display_date": escape(date["text"]),
        "text": _text(event["headline"], event["note"] or "", event["sources"]),
        "group": event["kind"],
        "unique_id": event["eventId"],
    }


def _date(instant: str | None, precision: str) -> dict[str, int]:
    match = _INSTANT.match(instant or "")
    assert match is not None
    return dict(zip(_NAMES, map(int, match.groups()[: _PARTS.get(precision, 3)]), strict=False))


def _text(headline: str, body: str, sources: Sequence[Mapping[str, Any]] = ()) -> dict[str, str]:
    """TimelineJS reads both as HTML."""
    links = [
        f'<a href="{escape(source["url"])}">{escape(source["publisher"] or source["title"] or source["url"])}</a>'
        for source in sources
        if source["url"]
    ]
    paragraphs = [escape(body)] * bool(body) + [", ".join(links)] * bool(links)
    return {"headline": escape(headline), "text": "".join(f"<p>{each}</p>" for each in paragraphs)}
