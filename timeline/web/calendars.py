"""iCalendar (RFC 5545). What is no exact day or time says so in its title, and does not fill the calendar."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from timeline.domain.calendar import format_instant, parse_instant
from timeline.web.asking import Answer
from timeline.web.wording import Event, page_of, span, summary

_DAY = 86_400_000
_LONGEST = 62 * _DAY  # what may lie within more days than this is shown on the first or last of them
_EXACT = ("MINUTE", "SECOND", "MILLISECOND")
_WRITABLE = re.compile(r"\d{4}-")  # iCalendar has years of four digits
_OCTETS = 75


async def write(answer: Answer, page: str) -> AsyncIterator[str]:
    yield _lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Timeline//Timeline//EN", "CALSCALE:GREGORIAN")
    yield _lines(f"NAME:{_text(answer.title)}", f"X-WR-CALNAME:{_text(answer.title)}")
    async for event in answer.events:
        yield _lines(*_event(event, page))
    yield _lines("END:VCALENDAR")


def _event(event: Event, page: str) -> Iterator[str]:
    """Nothing for what has no place in a calendar."""
    date = event["occurred"]
    if date is None or not (when := _when(date)):
        return
    exact = date["precision"] in ("DAY", *_EXACT) and not (date["end"] or date["approximate"] or date["uncertain"])
    title = event["headline"] if exact else f"{event['headline']} ({date['text']})"
    yield "BEGIN:VEVENT"
    yield f"UID:{event['claimId']}"  # so that a correction replaces what it corrects
    yield f"SEQUENCE:{min(event['position'], 2**31 - 1)}"
    yield f"DTSTAMP:{_instant(event['recordedAt'])}"
    yield from when
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(summary(event))}"
    yield f"URL:{page_of(page, event)}"
    yield f"CATEGORIES:{_text(event['kind'])}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy because of it
    yield "END:VEVENT"


def _when(date: dict[str, Any]) -> list[str]:
    first, last = span(date)
    bounds = [bound for bound in (first, last) if bound]
    if not bounds or not all(map(_WRITABLE.match, bounds)):
        return []
    if date["precision"] in _EXACT and not date["end"]:
        return [f"DTSTART:{_instant(bounds[0])}"]
    days = [parse_instant(bound) // _DAY for bound in bounds]
    short = len(days) == 2 and (days[1] - days[0]) * _DAY <= _LONGEST
    end = (days[-1] if short else days[0]) + 1
    return [f"DTSTART;VALUE=DATE:{_day(days[0])}", f"DTEND;VALUE=DATE:{_day(end)}"]


def _day(day: int) -> str:
    return format_instant(day * _DAY)[:10].replace("-", "")


def _instant(instant: str) -> str:
    return re.sub(r"[-:]|\.\d+", "", instant)


def _text(text: str) -> str:
    escaped = re.sub(r"([\\;,])", r"\\\1", text)
    return re.sub(r"\r\n|[\r\n]", r"\\n", escaped).translate(_NO_CONTROL)


_NO_CONTROL = dict.fromkeys([*range(0x09), *range(0x0A, 0x20), 0x7F])


def _lines(*lines: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """Lines have at most 75 octets; what follows goes on after a blank. No character is cut."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _OCTETS:
            pieces.append(piece)
            piece, size = "", 1  # the blank
        piece += character
        size += width
    return "\r\n ".join([*pieces, piece])
