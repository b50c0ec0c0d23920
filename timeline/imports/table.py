"""A file's rows, whatever its format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`number` is the line, or which event of a JSON document it is, from 1.

    `event` is there where the row says itself which kind it is, in the form that `new_event` reads; `key` where the
    format has ids; `fault` where it cannot be read at all.
    """

    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None
    key: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`unit` is what rows are counted in: `line` or `event`. `mapping` is the format's own, if it has one, in TOML.
    `header`: the columns that the file names, with rows or without.
    """

    unit: str
    rows: Sequence[Row]
    mapping: str | None = None
    header: Sequence[str] = ()

    @property
    def columns(self) -> list[str]:
        """In the order in which they first come."""
        return list(dict.fromkeys([*self.header, *(column for row in self.rows for column in row.cells)]))
