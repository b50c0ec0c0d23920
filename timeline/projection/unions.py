"""Many small questions as one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, literal_column, select, union_all

_BRANCHES = 200  # as many as a page has nodes; SQLite takes 500 terms in a compound SELECT


def ask_all(connection: Connection, statements: Sequence[Select[Any]]) -> list[list[Any]]:
    """The rows of each statement, in no order; one statement for up to 200 of them.

    All must have the same columns. A row has its statement's number in a last column, `ask`.
    """
    found: list[list[Any]] = [[] for _ in statements]
    for start in range(0, len(statements), _BRANCHES):
        some = [
            statement.add_columns(literal_column(str(start + index)).label("ask"))
            for index, statement in enumerate(statements[start : start + _BRANCHES])
        ]
        # A limit inside a union needs a query of its own around it.
        parts = (select(one.subquery(f"part_{index}")) for index, one in enumerate(some))
        for row in connection.execute(union_all(*parts) if some[1:] else some[0]):
            found[row.ask].append(row)
    return found
