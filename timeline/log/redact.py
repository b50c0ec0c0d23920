"""Blanking a record: its content and salt go, its commitment stays, so that the chain still verifies."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, insert, select, update

from timeline.database import tables

_record = tables.record.c
_BLANK = (
    update(tables.record)
    .where(_record.timeline_id == bindparam("timeline"), _record.position == bindparam("target"))
    .values(content=None, salt=None)
)
_redaction = tables.redaction.c
_REDACTIONS = select(_redaction.position, _redaction.redaction).where(
    _redaction.timeline_id == bindparam("timeline"), _redaction.position.in_(bindparam("positions", expanding=True))
)


def blank(connection: Connection, timeline_id: int, target: int, redaction: int) -> None:
    """Blank the record at `target` by order of the one at `redaction`, inside the transaction that records that one.

    The database refuses to blank a record that no row of `redaction` names.
    """
    connection.execute(
        insert(tables.redaction), {"timeline_id": timeline_id, "position": target, "redaction": redaction}
    )
    connection.execute(_BLANK, {"timeline": timeline_id, "target": target})


def redactions(connection: Connection, timeline_id: int, positions: Collection[int]) -> dict[int, int]:
    """The position of the record that ordered it, for each of `positions` that was blanked."""
    rows = connection.execute(_REDACTIONS, {"timeline": timeline_id, "positions": list(positions)})
    return {row.position: row.redaction for row in rows}
