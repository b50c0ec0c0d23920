"""Many small questions as one statement."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, literal_column, select, union_all

BRANCHES = 200  # as many as a page has nodes; SQLite takes 500 terms in a compound SELECT


def united(statements: Sequence[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    """One statement with the rows of up to 200 that have the same columns, in no order.

    A row has its statement's number in a last column, `ask`.
    """
    numbered = [
        statement.add_columns(literal_column(str(number)).label("ask")) for number, statement in enumerate(statements)
    ]
    if not numbered[1:]:
        return numbered[0]
    # A limit inside a union needs a query of its own around it.
    return union_all(*(select(one.subquery(f"part_{number}")) for number, one in enumerate(numbered)))


def apart(count: int, rows: Iterable[Any]) -> list[list[Any]]:
    """The rows of each of so many statements."""
    if count == 1:
        return [list(rows)]
    found: list[list[Any]] = [[] for _ in range(count)]
    for row in rows:
        found[row.ask].append(row)
    return found


def ask_all(connection: Connection, statements: Sequence[Select[Any]]) -> list[list[Any]]:
    """The rows of each statement, in no order; one statement for up to 200 of them."""
    found: list[list[Any]] = []
    for start in range(0, len(statements), BRANCHES):
        some = statements[start : start + BRANCHES]
        found += apart(len(some), connection.execute(united(some)))
    return found
