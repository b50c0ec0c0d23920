"""`python -m benchmarks.catching_up`: how fast one subscriber gets what it has missed, over one socket.

Beside it, a bare loop that reads the same rows in the same batches, and encodes the position and the kind of each.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from benchmarks.events import SLUG, Workload
from benchmarks.fanout import crowd, server
from benchmarks.places import opened, places
from timeline.log.read import rows_after
from timeline.timelines import Timelines

COUNT, BATCH = 10_000, 200
SELECTIONS = ("position kind", "position kind headline", "position kind headline entities { role entity { name } }")


def bare(timelines: Timelines) -> float:
    """Events a second."""
    begun, after, encoded = time.perf_counter(), 0, 0
    timeline_id = timelines.find(SLUG).id
    with timelines.reading() as connection:
        while rows := rows_after(connection, timeline_id, after, COUNT, BATCH):
            found = [{"position": row.position, "kind": orjson.loads(row.content)["kind"]} for row in rows]
            encoded += len(orjson.dumps(found)) and len(rows)
            after = rows[-1].position
    return encoded / (time.perf_counter() - begun)


def subscribed(ask: Any, selection: str) -> float:
    query = f'subscription {{ events(timeline: "{SLUG}", batch: {BATCH}) {{ events {{ {selection} }} cursor }} }}'
    begun = time.perf_counter()
    ask(connect=1, payload={"query": query}, first=COUNT // BATCH)
    return COUNT / (time.perf_counter() - begun)


def run(
    rounds: Annotated[int, typer.Option(min=1, help="How often; the medians count.")] = 5,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure catching up, beside a bare loop over the same rows."""
    out, workload = Console(highlight=False), Workload.of(COUNT)
    with (
        tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work,
        places(Path(work), {"sqlite", "postgres"}) as found,
    ):
        for place in found:
            with place.fresh() as address, opened(address, workload.kinds) as timelines:
                for start in range(0, COUNT, 1_000):
                    timelines.append(SLUG, workload.events[start : start + 1_000])
                with server("timeline", address, workload) as one, crowd(one.port) as ask:
                    samples = [
                        (bare(timelines), *(subscribed(ask, selection) for selection in SELECTIONS))
                        for _ in range(rounds)
                    ]
            floor = statistics.median(sample[0] for sample in samples)
            out.print(f"{place.name}: bare {floor:,.0f} events a second")
            for index, selection in enumerate(SELECTIONS, 1):
                rate = statistics.median(sample[index] for sample in samples)
                ratio = statistics.median(sample[index] / sample[0] for sample in samples)
                out.print(f"  {{ {selection} }}: {rate:,.0f} events a second, {ratio:.2f} ×")


if __name__ == "__main__":
    typer.run(run)
