"""Inserting rows as they are: SQLAlchemy's work for each row of an `executemany` costs more than the insert itself."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

Convert = Callable[[Any], Any]
_AT_ONCE = 10_000


def slices(values: Collection[str]) -> Iterator[list[str]]:
    """As many at a time as a statement can carry: 65,535 on PostgreSQL, 32,766 on some SQLites."""
    listed = list(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, once: bool = False) -> None:
    """Insert rows whose values stand in the order of the table's columns, but for an `id` that the database gives.

    `once`: what is there already stays.
    """
    if rows:
        statement, converted = _prepared(table, connection.dialect)
        if once:
            statement += " ON CONFLICT DO NOTHING"
        for index, convert in converted:
            rows = [(*row[:index], convert(row[index]), *row[index + 1 :]) for row in rows]
        connection.exec_driver_sql(statement, rows)


@lru_cache(maxsize=64)
def _prepared(table: Table, dialect: Dialect) -> tuple[str, list[tuple[int, Convert]]]:
    """The statement, and the columns whose values the driver does not take as they are (a UUID, on SQLite)."""
    quote = dialect.identifier_preparer.quote
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(quote(column.name) for column in columns)})"  # noqa: S608
        f" VALUES ({', '.join(mark for _ in columns)})"
    )
    processors = (column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)
    return statement, [(index, convert) for index, convert in enumerate(processors) if convert is not None]
