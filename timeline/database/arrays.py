"""PostgreSQL's arrays as texts: the driver takes longer to write one of a list than the server to read it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

Write = Callable[[Any], str]


def array(write: Write, values: Sequence[Any]) -> str:
    """`write` makes a text of each value that is not None."""
    if None in values:
        return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"
    if write is _text:
        joined = '","'.join(values)
        if "\\" not in joined and joined.count('"') == 2 * (len(values) - 1):  # nothing in them is to be escaped
            return f'{{"{joined}"}}'
    return "{" + ",".join(map(write, values)) + "}"


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


WRITERS: Mapping[type, Write] = {int: str, str: _text, bytes: _bytes, UUID: str}  # by the Python type of a column


def array_of(values: Sequence[Any]) -> str:
    """Of values that are all of one type, one of `WRITERS`, and none of them None."""
    return array(WRITERS[type(values[0])], values) if values else "{}"
