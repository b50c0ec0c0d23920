"""What has to hold before a time counts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text

from timeline.timelines import Timelines

Acknowledged = Mapping[str, int]  # an event's id to the position that was answered


class WrongResult(Exception):
    """What is stored is not what was appended or acknowledged: the time of this run means nothing."""


def check_log(timelines: Timelines, lines: Collection[Mapping[str, Any]], acknowledged: Acknowledged) -> None:
    """Every event acknowledged, and in the log exactly once, where it was said to be, saying what was sent."""
    with timelines.reading() as connection:
        rows = connection.execute(text("SELECT position, event_id, content FROM record ORDER BY position")).all()
    expect("positions", [row.position for row in rows], list(range(1, len(lines) + 1)))
    stored = {_id(row.event_id): row.position for row in rows}
    expect("acknowledged events", stored, dict(acknowledged))
    content = {_id(row.event_id): orjson.loads(row.content) for row in rows}
    expect("contents", content, {line["id"]: {k: v for k, v in line.items() if k != "id"} for line in lines})


def expect(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise WrongResult(f"{what} differ: {_short(found)} instead of {_short(wanted)}")


def counts(connection: Any, tables: Sequence[str]) -> dict[str, int]:
    """Rows in each table."""
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def _id(stored: object) -> str:
    """PostgreSQL has a type for it, SQLite keeps its 32 digits."""
    digits = str(stored).replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) < 200 else f"{said[:200]}…"
