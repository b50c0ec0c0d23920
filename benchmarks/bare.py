"""The bare INSERT: the rows that an append writes, written again by the driver alone into the same tables."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlmodel import SQLModel

from benchmarks.checks import counts, expect
from benchmarks.events import SLUG, Workload
from benchmarks.places import Place, opened

_MADE_ONCE = ("timeline", "head", "generation", "redaction", "called")
# A slot's row is offered with each of its facts, and kept once.
_SLOT = ("timeline_id", "generation", "entity", "attribute", "key")


@dataclass(frozen=True)
class Rows:
    """Per event, by position: the rows of each table, as the driver reads and writes them; and the head after it."""

    inserts: dict[str, str]  # a table's statement
    events: Sequence[dict[str, list[tuple[Any, ...]]]]
    heads: Sequence[tuple[Any, ...]]
    advance: str


def capture(place: Place, workload: Workload, batch: int = 1_000) -> Rows:
    """Append the events to a scratch database, and read back what that has written everywhere."""
    with place.fresh() as address:
        with opened(address, workload.kinds) as timelines:
            for start in range(0, len(workload.events), batch):
                timelines.append(SLUG, workload.events[start : start + batch])
        with place.driver(address) as connection:
            return _read_back(place, connection, len(workload.events))


def _read_back(place: Place, connection: Any, count: int) -> Rows:
    by_position: dict[int, dict[str, list[tuple[Any, ...]]]] = defaultdict(dict)
    inserts = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in (*_MADE_ONCE, "slot"):
            continue
        cursor = connection.execute(f"SELECT * FROM {table.name}")
        columns = [column[0] for column in cursor.description]
        inserts[table.name] = (
            f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([place.mark] * len(columns))})"
        )
        position = columns.index("position")
        for row in cursor.fetchall():
            by_position[row[position]].setdefault(table.name, []).append(tuple(row))
            if table.name == "fact":
                slot = tuple(row[columns.index(name)] for name in _SLOT)
                by_position[row[position]].setdefault("slot", []).append(slot)
    inserts["slot"] = (
        f"INSERT INTO slot ({', '.join(_SLOT)}) VALUES ({', '.join([place.mark] * len(_SLOT))}) ON CONFLICT DO NOTHING"
    )
    heads = connection.execute("SELECT position, recorded_at, hash, timeline_id FROM record ORDER BY position")
    m = place.mark
    return Rows(
        inserts,
        [by_position[position] for position in range(1, count + 1)],
        heads.fetchall(),
        f"UPDATE head SET position = {m}, recorded_at = {m}, hash = {m} WHERE timeline_id = {m}",
    )


def insert(place: Place, workload: Workload, rows: Rows, warm: int, count: int, batch: int) -> float:
    """Seconds for `count` events in commits of `batch`, after `warm` events that are not timed."""
    with place.fresh() as address:
        with opened(address, workload.kinds):
            pass
        with place.driver(address) as connection:
            _write(place, connection, rows, range(warm))
            commits = [range(start, start + batch) for start in range(warm, warm + count, batch)]
            prepared = [(commit, _together(rows, commit)) for commit in commits]
            started = time.perf_counter()
            for commit, tables in prepared:
                _commit(place, connection, rows, tables, commit[-1])
            seconds = time.perf_counter() - started
            written = {
                table: [row for event in rows.events[: warm + count] for row in event.get(table, ())]
                for table in rows.inserts
            }
            wanted = {table: len(set(several)) for table, several in written.items()}
            expect("rows", counts(connection, list(rows.inserts)), wanted)
    return seconds


def _write(place: Place, connection: Any, rows: Rows, indexes: range) -> None:
    _commit(place, connection, rows, _together(rows, indexes), indexes[-1])


def _together(rows: Rows, indexes: Iterable[int]) -> dict[str, list[tuple[Any, ...]]]:
    events = [rows.events[index] for index in indexes]
    tables = {table: list(chain.from_iterable(event.get(table, ()) for event in events)) for table in rows.inserts}
    return {table: several for table, several in tables.items() if several}


def _commit(place: Place, connection: Any, rows: Rows, tables: dict[str, list[tuple[Any, ...]]], last: int) -> None:
    cursor = connection.cursor()
    if place.begin:
        cursor.execute(place.begin)
    for table, several in tables.items():
        if len(several) == 1:
            cursor.execute(rows.inserts[table], several[0])
        else:
            cursor.executemany(rows.inserts[table], several)
    cursor.execute(rows.advance, rows.heads[last])
    connection.commit()
