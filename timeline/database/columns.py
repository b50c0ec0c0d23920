"""Kinds of columns and of tables, the same on SQLite and on PostgreSQL."""

from typing import Any

from sqlalchemy import BigInteger, Integer, Text

# Text that is compared and ordered: by code point on both, whatever the locale of the server.
Key: Any = Text().with_variant(Text(collation="C"), "postgresql")

# A number that the database gives; SQLite only numbers rows in a column that is called INTEGER.
RowId: Any = BigInteger().with_variant(Integer(), "sqlite")

FIXED: dict[str, Any] = {"autoincrement": False}  # a position is counted under the head's lock, never by the database
NEVER = (1 << 63) - 1  # a position that no log reaches
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
