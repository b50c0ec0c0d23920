"""PostgreSQL's arrays as texts: the driver takes longer to write one of a list than the server to read it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

Write = Callable[[Any], str]


def array(write: Write, values: Sequence[Any]) -> str:
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


WRITERS: Mapping[type, Write] = {int: str, str: _text, bytes: _bytes, UUID: str}  # by the Python type of a column
