"""Blanking a record: its content and salt go, its commitment stays, so that the chain still verifies."""

from sqlalchemy import Connection, bindparam, insert, update

from timeline.database import tables

_record = tables.record.c
_BLANK = (
    update(tables.record)
    .where(_record.timeline_id == bindparam("timeline"), _record.position == bindparam("target"))
    .values(content=None, salt=None)
)


def blank(connection: Connection, timeline_id: int, target: int, redaction: int) -> None:
    """Blank the record at `target` by order of the one at `redaction`, inside the transaction that records that one.

    The database refuses to blank a record that no row of `redaction` names.
    """
    connection.execute(
        insert(tables.redaction), {"timeline_id": timeline_id, "position": target, "redaction": redaction}
    )
    connection.execute(_BLANK, {"timeline": timeline_id, "target": target})
