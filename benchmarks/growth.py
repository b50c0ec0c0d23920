"""`python -m benchmarks.growth`: what the same questions cost on timelines of more and more records.

Each size has a database of its own, all are open at once and asked in turns, so that a slow minute slows them all.
"""

import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, nullcontext
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.checks import expect
from benchmarks.events import SLUG
from benchmarks.places import Place, opened, places
from timeline import kinds as shipped
from timeline.api.request import Request
from timeline.api.schema import Schema, schema_for
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines
from timeline.timelines.memory import Memory
from timeline.timelines.status import statuses

EACH, CHARTS, BATCH = 50, 20, 1_000  # an app has as many events on any timeline: more records are about more apps
WORDS = tuple(a + b + c for a in ("ba", "do", "ki", "lu") for b in "mnprst" for c in ("a", "en", "is", "or", "um"))
WARM = 5  # rounds that are not counted

APP = "name developer { name } model { name } launched { text } ranks { nodes { rank } } bestRank(chart: $chart)"
EVENT = "nodes { headline occurred { text } }"
QUESTIONS: Mapping[str, str] = {
    "the state of an entity": f"app(slug: $app, at: $at, knownAt: $known) {{ {APP} }}",
    "a page of 50 entities, six attributes": f"apps(at: $at, knownAt: $known) {{ nodes {{ {APP} }} }}",
    **{
        f"a page of events, {order}": f"events(orderBy: {order}, knownAt: $known) {{ {EVENT} }}"
        for order in ("OCCURRED_ASC", "OCCURRED_DESC", "RECORDED_ASC", "RECORDED_DESC")
    },
    "the events of an entity": f"app(slug: $app, knownAt: $known) {{ events {{ {EVENT} }} }}",
    "a search for a rare word": f"events(filter: {{search: $rare}}, knownAt: $known) {{ {EVENT} }}",
    "a search for what is everywhere": f'events(filter: {{search: "seen"}}, knownAt: $known) {{ {EVENT} }}',
    "a search for what begins like it": f'events(filter: {{search: "b"}}, knownAt: $known) {{ {EVENT} }}',
    "a search for a name": f"events(filter: {{search: $called}}, knownAt: $known) {{ {EVENT} }}",
}
TYPES = {"at": "EDTF", "known": "KnownAt", "app": "ID!", "chart": "ID!", "rare": "String!", "called": "String!"}


class Grown(NamedTuple):
    """A timeline of so many records, and how it is asked."""

    size: int
    timelines: Timelines
    bytes: float  # on disk, for each record
    memory: float  # MiB that this process had at most when all were appended


def run(
    size: Annotated[list[int] | None, typer.Option(help="Records of a timeline. Can be repeated.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each question is asked; the medians count.")] = 40,
    on: Annotated[list[str] | None, typer.Option(help="sqlite or postgres. Can be repeated.")] = None,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the databases in the folder, and go on with those there.")] = False,
) -> None:
    """Measure the same questions on timelines of 10 thousand, 100 thousand and 1 million records."""
    if keep and folder is None:
        raise typer.BadParameter("--keep needs a --folder to keep them in")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    out, kinds, sizes = Console(highlight=False), Kinds.of(shipped), sorted(size or (10_000, 100_000, 1_000_000))
    schema = schema_for(kinds)
    with (
        nullcontext(folder) if keep else tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work,
        places(Path(work), set(on or ("sqlite", "postgres"))) as found,
    ):
        for place in found:
            with ExitStack() as stack:
                grown = [_grown(stack, place, kinds, size, keep=keep) for size in sizes]
                for past in (False, True):
                    out.print(asyncio.run(_table(place, schema, grown, rounds, past=past)))
                out.print("Bytes on disk for each record: ", *(f"{each.size:,}: {each.bytes:,.0f}." for each in grown))
                had = (f"{each.memory:,.0f} MiB after {each.size:,} records, " for each in grown)
                out.print("Memory of this process: ", *had, f"{_memory():,.0f} MiB after all questions.")


def history(kinds: Kinds, size: int) -> Iterator[New]:
    """Apps that are launched one after the other, and milestones of all that were, in no order of the world."""
    chance = random.Random(size)
    for number in range(size):
        app, day = number // EACH, f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        if number % EACH == 0:
            kind, data = "app.launched", {"developer": f"developer-{app % 100}", "model": f"model-{app % 10}"}
        else:
            app = chance.randrange(app + 1)
            kind, data = "chart.milestone", {"chart": f"chart-{app % CHARTS}", "rank": chance.randint(1, 200)}
        yield new_event(
            kinds,
            {
                "id": str(UUID(bytes=chance.randbytes(16), version=4)),
                "kind": kind,
                "occurred": day,
                "data": {"app": f"app-{app}", **data},
                "note": f"seen {rare(app)} {' '.join(chance.choices(WORDS, k=6))}",
                "sources": [{"url": f"https://www.charts{app % 10}.example.com/{day}?app={app}", "published": day}],
            },
        )


def rare(app: int) -> str:
    """A word that the notes about one app have."""
    return f"{WORDS[app % len(WORDS)]}{app}"


def _grown(stack: ExitStack, place: Place, kinds: Kinds, size: int, *, keep: bool) -> Grown:
    address = place.kept(f"growth_{size}") if keep else stack.enter_context(place.fresh())
    timelines = stack.enter_context(opened(address, kinds))
    done = sum(status.position for status in statuses(timelines.database))
    with place.fresh() as other, opened(other, kinds):
        empty = place.size(other)
    events = islice(history(kinds, size), done, None)
    with Progress(transient=True) as progress:
        for _ in progress.track(range(done, size, BATCH), description=f"{size:,} records on {place.version}"):
            timelines.append(SLUG, list(islice(events, BATCH)))
    return Grown(size, timelines, (place.size(address) - empty) / size, _memory())


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


async def _table(place: Place, schema: Schema, grown: list[Grown], rounds: int, *, past: bool) -> Table:
    """Medians in milliseconds, and over that of the smallest timeline."""
    table = Table(title=f"Milliseconds on {place.version}{', as known half-way' if past else ''}: medians")
    table.add_column("")
    for each in grown:
        table.add_column(f"{each.size:,}", justify="right")
    for name, selection in QUESTIONS.items():
        times = await _asked(schema, grown, selection, rounds, past=past)
        cells = [f"{times[each.size]:.2f} ({times[each.size] / times[grown[0].size]:.2f} ×)" for each in grown]
        table.add_row(name, *cells)
    return table


async def _asked(schema: Schema, grown: list[Grown], selection: str, rounds: int, *, past: bool) -> dict[int, float]:
    """Medians in milliseconds. Apps are drawn anew each time, and the process has forgotten what it read: it remembers
    4,000 records, which of the smallest timeline are nearly half, and of the largest hardly any.
    """
    used = [name for name in TYPES if f"${name}" in selection]
    declared = ", ".join(f"${name}: {TYPES[name]}" for name in used)
    query = f'query ({declared}) {{ timeline(slug: "{SLUG}") {{ {selection} }} }}'
    chance = random.Random(1)
    times: dict[int, list[float]] = {each.size: [] for each in grown}
    for _ in range(rounds + WARM):
        for each in grown:
            given = _given(chance.randrange(each.size // EACH // 2), each.size // 2 if past else None)
            each.timelines.memory = Memory()
            request = Request(each.timelines)
            variables = {name: given[name] for name in used}
            started = time.perf_counter()
            result = await schema.execute(query, variable_values=variables, context_value=request)
            times[each.size].append(time.perf_counter() - started)
            expect("errors", result.errors, None)
            (found,) = (result.data or {})["timeline"].values()
            expect("nothing found", found is None or found.get("nodes") == [], False)
    return {size: statistics.median(several[WARM:]) * 1e3 for size, several in times.items()}


def _given(app: int, known: int | None) -> dict[str, Any]:
    return {
        "at": "2025-07-01",
        "known": None if known is None else {"position": known},
        "app": f"app-{app}",
        "chart": f"chart-{app % CHARTS}",
        "rare": rare(app),
        "called": f'"app-{app}"',
    }


if __name__ == "__main__":
    typer.run(run)
