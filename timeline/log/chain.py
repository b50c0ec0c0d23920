"""What makes the log provable: canonical content, salted commitments, and a chain of hashes over them.

    commitment = SHA-256(salt ‖ canonical content)
    hash       = SHA-256(previous hash ‖ position ‖ id ‖ recorded at ‖ commitment)

Position and time are signed 64-bit big-endian, the id its 16 bytes, the first previous hash 32 zero bytes. The chain
holds commitments, not content, so that content can be redacted and every link still proven.
"""

import hashlib
import os
import struct
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

GENESIS = bytes(32)
SALT_BYTES = 16
_LINK = struct.Struct(">q16sq")


def canonical(content: Mapping[str, Any]) -> bytes:
    """RFC 8785 for what contents are made of: text, whole numbers, booleans, lists, and objects with ASCII keys."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def commitment(salt: bytes, content: bytes) -> bytes:
    return hashlib.sha256(salt + content).digest()


def link(previous: bytes, position: int, event_id: UUID, recorded_at: int, committed: bytes) -> bytes:
    return hashlib.sha256(previous + _LINK.pack(position, event_id.bytes, recorded_at) + committed).digest()
