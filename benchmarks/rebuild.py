"""`python -m benchmarks.rebuild`: how fast states are derived again, beside the bare INSERT of the same rows."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table as Printed
from sqlalchemy import Table, select

from benchmarks.checks import expect
from benchmarks.collector import quiet
from benchmarks.events import SLUG, Workload
from benchmarks.places import Place, opened, places
from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.projection.generation import Generation
from timeline.timelines import Timelines, wall_clock
from timeline.timelines.generations import BATCH
from timeline.timelines.rebuild import rebuild, retired, sweep
from timeline.timelines.status import statuses

GOAL = 0.5
_NOBODYS = 30_000  # the number of the generation that the bare INSERT writes


class Rates(NamedTuple):
    """Rows of facts a second."""

    rebuild: float
    facts: float
    everything: float
    records: float  # a second, of the rebuild


def run(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; the medians count.")] = 3,
    events: Annotated[int, typer.Option(min=BATCH, help="How many events the log has.")] = 20_000,
    on: Annotated[list[str] | None, typer.Option(help="sqlite or postgres. Can be repeated.")] = None,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure a rebuild beside the bare INSERT of the facts that it writes, and of all rows that it writes."""
    out, workload = Console(highlight=False), Workload.of(events)
    with (
        tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work,
        places(Path(work), set(on or ("sqlite", "postgres"))) as found,
    ):
        for place in found:
            out.print(_table(place, [_round(place, workload) for _ in range(rounds)]))


def _round(place: Place, workload: Workload) -> Rates:
    with place.fresh() as address, opened(address, workload.kinds) as timelines:
        for start in range(0, len(workload.events), BATCH):
            timelines.append(SLUG, workload.events[start : start + BATCH])
        (status,) = statuses(timelines.database)
        live = status.generations[0].generation
        rows = {table: _rows(timelines, table, live) for table in tables.DERIVED}
        quiet()
        started = time.perf_counter()
        commits = sum(1 for _ in rebuild(timelines.database, timelines.kinds, live.timeline_id, wall_clock))
        seconds = time.perf_counter() - started
        facts = _inserted(timelines, live, {tables.fact: rows[tables.fact]}, commits)
        everything = _inserted(timelines, live, rows, commits)
        (old,) = retired(timelines.database)
        expect("the generation that was retired", old.generation, live)
        count = len(rows[tables.fact])
        return Rates(count / seconds, count / facts, count / everything, status.position / seconds)


def _rows(timelines: Timelines, table: Table, generation: Generation) -> list[tuple[Any, ...]]:
    """What there is of a generation, as rows of another one, in the order of the log as far as a table tells it.

    In the order of an index, as the database may give them, their insertion would be cheaper than anybody's who writes
    what comes.
    """
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    at = columns.index(table.c.generation)
    with timelines.reading() as connection:
        statement = select(*columns).where(generation.holds(table.c))
        found = connection.execute(statement.order_by(table.c.position) if "position" in table.c else statement)
        return [(*row[:at], _NOBODYS, *row[at + 1 :]) for row in found]


def _inserted(timelines: Timelines, live: Generation, rows: dict[Table, list[tuple[Any, ...]]], commits: int) -> float:
    """Seconds for these rows, in so many commits; they are deleted again."""
    started = time.perf_counter()
    for number in range(commits):
        with timelines.database.writing() as connection:
            for table, several in rows.items():
                share = -(-len(several) // commits)
                insert_rows(connection, table, several[number * share : (number + 1) * share])
    seconds = time.perf_counter() - started
    for _ in sweep(timelines.database, Generation(live.timeline_id, _NOBODYS)):
        pass
    return seconds


def _table(place: Place, rounds: Sequence[Rates]) -> Printed:
    printed = Printed(title=f"Facts a second on {place.version}: medians of {len(rounds)} rounds")
    for heading in ("", "rate", "the rebuild's over it (least – most)", "goal"):
        printed.add_column(heading, justify="right" if heading else "left")
    rebuilt, facts, everything, records = (statistics.median(each) for each in zip(*rounds, strict=True))
    printed.add_row("rebuild", f"{rebuilt:,.0f}", f"{records:,.0f} records a second", "")
    for name, rate, ratios, goal in (
        ("bare INSERT of its facts", facts, [each.rebuild / each.facts for each in rounds], f"≥ {GOAL}"),
        ("bare INSERT of all its rows", everything, [each.rebuild / each.everything for each in rounds], ""),
    ):
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f})"
        printed.add_row(name, f"{rate:,.0f}", spread, goal)
    return printed


if __name__ == "__main__":
    typer.run(run)
