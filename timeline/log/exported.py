"""Reading an export as it is, to prove it."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from timeline.domain.acts import REDACTED
from timeline.domain.calendar import format_instant, parse_instant
from timeline.log.chain import canonical
from timeline.log.verify import UNTOLD, Stored


def stored_lines(lines: Iterable[bytes]) -> Iterator[Stored]:
    """The records that an export holds, to be proven."""
    for position, line in enumerate((line for line in lines if line.strip()), 1):
        try:
            yield _stored(json.loads(line, object_pairs_hook=_unique))
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            told = f"line {position} is not one that an export writes: give the file as `timeline export` wrote it"
            yield Stored(position, None, unread=told)


def _stored(line: dict[str, Any]) -> Stored:
    position, salt = line.pop("position"), line.pop("salt", None)
    event_id, recorded_at, commitment, digest = (
        _exactly(line.pop(name), read, write) for name, read, write in _WRITTEN
    )
    if type(position) is not int:
        raise TypeError("a position is a whole number")
    if line == {"kind": REDACTED} and salt is None:
        return Stored(position, event_id, recorded_at, None, None, commitment, digest, UNTOLD)
    if "recordedBy" in line:
        line["by"] = line.pop("recordedBy")
    salt = _exactly(salt, bytes.fromhex, bytes.hex)
    return Stored(position, event_id, recorded_at, canonical(line).decode(), salt, commitment, digest)


_WRITTEN: tuple[tuple[str, Callable[[str], Any], Callable[[Any], str]], ...] = (
    ("id", UUID, str),
    ("recordedAt", parse_instant, format_instant),
    ("commitment", bytes.fromhex, bytes.hex),
    ("hash", bytes.fromhex, bytes.hex),
)


def _exactly(text: str, read: Callable[[str], Any], write: Callable[[Any], str]) -> Any:
    """Another spelling of the same value is not what was exported."""
    value = read(text)
    if write(value) != text:
        raise ValueError(f"{text} is spelt otherwise")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that has a name twice says two things, and who reads it may take either."""
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name comes twice")
    return found
