"""A table for people, and JSON for what comes after."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from rich.table import Table

from benchmarks.places import Place
from benchmarks.rounds import Sample, compared, facts, rates, ratios

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("sqlalchemy", "psycopg", "eventsourcing", "strawberry-graphql", "uvicorn")


def rates_table(places: Sequence[Place], names: Sequence[str], samples: Sequence[Sample]) -> Table:
    """Medians over the rounds, with the least and the most."""
    table = Table(title="Events a second: median (least – most)")
    table.add_column("")
    for place in places:
        table.add_column(place.version, justify="right")
    for name in names:
        cells = []
        for place in places:
            found = rates(samples, place.name, name)
            cells.append(f"[bold]{statistics.median(found):,.0f}[/] ({min(found):,.0f} – {max(found):,.0f})")
        table.add_row(name, *cells)
    return table


def ratios_table(places: Sequence[Place], cases: set[str], samples: Sequence[Sample]) -> Table:
    """Medians of each round's own ratio, so that a slow minute slows both sides of it."""
    table = Table(title="One rate over another: median of the rounds' ratios (least – most)")
    for heading in ("", "over", "goal"):
        table.add_column(heading)
    for place in places:
        table.add_column(place.version, justify="right")
    for ratio in compared(cases):
        cells = []
        for place in places:
            found = ratios(samples, place.name, ratio)
            median = statistics.median(found)
            style = "bold" if ratio.goal is None else "bold green" if median >= ratio.goal else "bold red"
            cells.append(f"[{style}]{median:.2f}[/] ({min(found):.2f} – {max(found):.2f})")
        table.add_row(ratio.name, ratio.over, "" if ratio.goal is None else f"≥ {ratio.goal:g}", *cells)
    return table


def client_lines(places: Sequence[Place], samples: Sequence[Sample]) -> list[str]:
    """What the HTTP client saw and cost."""
    return [
        f"HTTP on {place.version}: answers after {seen['latency_p50_ms']:.1f} ms (median),"
        f" {seen['latency_p99_ms']:.1f} ms (99 %). The client used {seen['client_processor_us']:.0f} µs of processor a"
        f" request, {seen['client_share']:.0%} of one core."
        for place in places
        if (seen := facts(samples, place.name, "timeline http"))
    ]


def write_json(places: Sequence[Place], cases: set[str], samples: Sequence[Sample]) -> Path:
    """Every sample, and what the tables say; to a new file."""
    now = datetime.now(UTC)
    said: dict[str, Any] = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "databases": {place.name: place.version for place in places},
        "packages": {name: version(name) for name in _PACKAGES},
        "ratios": [
            {**asdict(ratio), "database": place.name, "median": statistics.median(found), "rounds": found}
            for ratio in compared(cases)
            for place in places
            if (found := ratios(samples, place.name, ratio))
        ],
        "samples": [{**asdict(sample), "rate": sample.rate} for sample in samples],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y-%m-%dT%H-%M-%SZ}.json"
    path.write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))
    return path
