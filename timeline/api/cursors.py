"""Cursors: a place in one order of one filtered question, bound to the history of the log that it was made in."""

import base64
import binascii
import hashlib
from typing import Any

import orjson

from timeline.domain.records import Basis
from timeline.errors import BadCursor, CursorAhead, HistoryDiverged


def question(*parts: object) -> str:
    """A digest of what a cursor belongs to: a field, its order and its filter."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def encode(asked: str, key: tuple[int | str, ...], position: int = 0, record_hash: bytes = b"") -> str:
    """`position` and `record_hash` are of the record that the cursor points at, if it points at one."""
    return base64.urlsafe_b64encode(orjson.dumps([asked, position, record_hash[:6].hex(), *key])).rstrip(b"=").decode()


def decode(cursor: str, asked: str, shape: tuple[type, ...]) -> tuple[tuple[Any, ...], int, str]:
    """(key, position, hash); BAD_CURSOR if it is garbage or belongs to another question."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        match parts:
            case [str(made_for), int(position), str(record_hash), *key] if 0 <= position < 2**63:
                if made_for != asked:
                    raise BadCursor("the cursor was made for another question: its order or filter was different")
                if tuple(map(type, key)) == shape and all(map(_is_askable, key)):
                    return tuple(key), position, record_hash
    except (ValueError, TypeError, binascii.Error):
        pass
    raise BadCursor("the cursor is not one that this API gave")


def _is_askable(part: int | str) -> bool:
    """Whether a database can be asked for it, which nothing but a forged cursor puts to the test."""
    return -(2**63) <= part < 2**63 if isinstance(part, int) else "\x00" not in part


def check_history(found: Basis | None, position: int, record_hash: str) -> None:
    """Refuse a cursor whose record is not, or not that, in this log: after a fail-over positions may be used again.

    `found` is what the log has at the cursor's position.
    """
    if found is None:
        raise CursorAhead(f"the cursor points at position {position}, beyond the head of this log")
    if (found.hash or b"")[:6].hex() != record_hash:
        raise HistoryDiverged(f"the record at position {position} is not the one that the cursor was made for")
