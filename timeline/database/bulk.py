"""Inserting rows as they are: SQLAlchemy's work for each row of an `executemany` costs more than the insert itself."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table
from sqlalchemy.engine import Dialect

from timeline.database import backend_of
from timeline.database.arrays import WRITERS, Write, array

Row = tuple[Any, ...]
_AT_ONCE = 10_000
_SEVERAL = 32
_ARRAYS = 1_000  # rows of one statement, which is a gigabyte at most: the content of a record may be of 256 KiB


def slices(values: Collection[str]) -> Iterator[list[str]]:
    """As many at a time as a statement can carry: 65,535 on PostgreSQL, 32,766 on some SQLites."""
    listed = list(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Row], *, shared: Row = (), once: bool = False
) -> None:
    """Insert rows whose values stand in the order of the table's columns, but for an `id` that the database gives.

    `shared`: the values, numbers or texts, of the first columns, which are the same in all rows and are not in them.
    `once`: what is there already stays.
    """
    if rows:
        _insert(table, connection.dialect, len(shared), once).run(connection, tuple(shared), rows)


class _Rows(NamedTuple):
    """`several` inserts `_SEVERAL` at once, and `one` what is over: each statement lets go of Python's lock,
    and has to get it back. `converted`: the columns whose values the driver does not take as they are.
    """

    several: str
    one: str
    converted: Sequence[tuple[int, Callable[[Any], Any]]]

    def run(self, connection: Connection, shared: Row, rows: Sequence[Row]) -> None:
        for index, convert in self.converted:
            rows = [(*row[:index], convert(row[index]), *row[index + 1 :]) for row in rows]
        send, end = backend_of(connection.dialect).send, len(rows) - len(rows) % _SEVERAL
        if end:
            groups = [tuple(chain(shared, *rows[start : start + _SEVERAL])) for start in range(0, end, _SEVERAL)]
            send(connection, self.several, groups)
        if end < len(rows):
            send(connection, self.one, [(*shared, *row) for row in rows[end:]])


class _Arrays(NamedTuple):
    """Together, each column as an array: a server takes a statement as long to begin and to answer as many rows."""

    statement: str
    writers: Sequence[Write]
    alone: _Rows

    def run(self, connection: Connection, shared: Row, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self.alone.run(connection, shared, rows)
            return
        for start in range(0, len(rows), _ARRAYS):
            columns = zip(*rows[start : start + _ARRAYS], strict=True)
            arrays = [array(write, column) for write, column in zip(self.writers, columns, strict=True)]
            backend_of(connection.dialect).send(connection, self.statement, (*shared, *arrays))


@lru_cache(maxsize=64)
def _insert(table: Table, dialect: Dialect, shared: int, once: bool) -> _Rows | _Arrays:
    quote = dialect.identifier_preparer.quote
    columns: list[Column[Any]] = [column for column in table.columns if column is not table.autoincrement_column]
    backend, names = backend_of(dialect), ", ".join(quote(column.name) for column in columns)
    into = f"{backend.INSERT} INTO {quote(table.name)} ({names})"
    end = " ON CONFLICT DO NOTHING" if once else ""
    own = columns[shared:]
    processors = (
        None if _is_bytes(column) else column.type.dialect_impl(dialect).bind_processor(dialect) for column in own
    )
    converted = [(index, convert) for index, convert in enumerate(processors) if convert is not None]
    mark = "%s" if backend.ARRAYS else "?"
    same = [mark if backend.ARRAYS else f"?{number}" for number in range(1, shared + 1)]  # told once for all rows
    row = f"({', '.join([*same, *[mark] * len(own)])})"
    rows = _Rows(f"{into} VALUES {', '.join([row] * _SEVERAL)}{end}", f"{into} VALUES {row}{end}", converted)
    if not backend.ARRAYS:
        return rows
    types = [column.type.compile(dialect).partition(" COLLATE")[0] for column in columns]
    values = [*(f"{mark}::{each}" for each in types[:shared]), "own.*"]
    arrays = ", ".join(f"{mark}::{each}[]" for each in types[shared:])
    statement = f"{into} SELECT {', '.join(values)} FROM unnest({arrays}) AS own{end}"  # noqa: S608
    return _Arrays(statement, [WRITERS[column.type.python_type] for column in own], rows)


def _is_bytes(column: Column[Any]) -> bool:
    """Drivers take them as they are, whatever SQLAlchemy makes of them."""
    return column.type.python_type is bytes
