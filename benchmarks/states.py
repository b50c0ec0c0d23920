"""`python -m benchmarks.states`: what hot states cost beside ordinary ones, and what it costs to project them."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.checks import expect
from benchmarks.collector import quiet
from benchmarks.events import SLUG, Workload
from benchmarks.places import Place, opened, places
from timeline import kinds as shipped
from timeline.api.request import Request
from timeline.api.schema import Schema, schema_for
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines, admission

MANY, USUAL = 10_000, 50
GOAL = 3  # at most so many times as long
STATE = "name facts { nodes { text since { text } until { text } event { headline } } }"


class Question(NamedTuple):
    """The same question of something ordinary and of something hot."""

    name: str
    selection: str
    ordinary: str
    hot: str


QUESTIONS = (
    Question("a slot corrected 10,000 times", f"app(slug: $slug) {{ {STATE} }}", "app-7", "corrected"),
    Question(
        "an entity named by 20,000 events",
        "organisation(slug: $slug) { name events { nodes { headline } } uncertain { nodes { headline } } }",
        "seldom",
        "always",
    ),
    Question(
        "the standings of a chart with 10,000 apps",
        "chart(slug: $slug) { name standings { nodes { rank app { name } } } }",
        "few",
        "many",
    ),
    Question("one app of such a chart", f"app(slug: $slug) {{ {STATE} }}", "few-7", "app-8"),
    Question("a count of 20,000 items", "control(slug: $slug) { name reactions }", "seldom", "always"),
)


def run(
    rounds: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 100,
    on: Annotated[list[str] | None, typer.Option(help="sqlite or postgres. Can be repeated.")] = None,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure states that much was said of beside ordinary ones, and appends with and without projection."""
    out, kinds = Console(highlight=False), Kinds.of(shipped)
    schema, events = schema_for(kinds), list(history(kinds))
    with (
        tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work,
        places(Path(work), set(on or ("sqlite", "postgres"))) as found,
    ):
        for place in found:
            out.print(_questions(place, kinds, schema, events, rounds))
            out.print(_appends(place))


def history(kinds: Kinds) -> Iterator[New]:
    """Apps on a chart of many and on one of few; a rank corrected again and again; reactions to one control."""

    def line(kind: str, data: dict[str, Any], **more: Any) -> New:
        return new_event(kinds, {"kind": kind, "occurred": "2025-01-10", "data": data, **more})

    for number in range(MANY):
        yield line("chart.milestone", {"app": f"app-{number}", "chart": "many", "rank": number + 1})
    for number in range(USUAL):
        yield line("chart.milestone", {"app": f"few-{number}", "chart": "few", "rank": number + 1})
        yield _reaction(line, "seldom", number)
    for number in range(2 * MANY):
        yield _reaction(line, "always", number)
    for number in range(MANY + 1):
        data = {"app": "corrected", "chart": "many", "rank": MANY + 1 + number % 7}
        again = {"corrects": str(UUID(int=number)), "reason": "counted again"} if number else {}
        yield line("chart.milestone", data, id=str(UUID(int=number + 1)), **again)


def _reaction(line: Any, whom: str, number: int) -> New:
    data = {"summary": f"Reaction {number}", "subjects": [f"organisation:{whom}"], "control": whom}
    event: New = line("market.reaction", data)
    return event


def _questions(place: Place, kinds: Kinds, schema: Schema, events: Sequence[New], rounds: int) -> Table:
    table = Table(title=f"Milliseconds on {place.version}: medians")
    for heading in ("", "ordinary", "hot", "ratio", "goal"):
        table.add_column(heading, justify="right" if heading else "left")
    with place.fresh() as address, opened(address, kinds) as timelines:
        append(timelines, events)
        for question in QUESTIONS:
            ordinary, hot = asyncio.run(_asked(schema, timelines, question, rounds))
            table.add_row(question.name, f"{ordinary:.1f}", f"{hot:.1f}", f"{hot / ordinary:.2f}", f"< {GOAL}")
    return table


async def _asked(schema: Schema, timelines: Timelines, question: Question, rounds: int) -> tuple[float, float]:
    """Medians, in milliseconds; the two are asked in turns."""
    query = f'query ($slug: ID!) {{ timeline(slug: "{SLUG}") {{ {question.selection} }} }}'
    times: dict[str, list[float]] = {question.ordinary: [], question.hot: []}
    for _ in range(rounds + 5):
        for slug, several in times.items():
            started = time.perf_counter()
            result = await schema.execute(query, variable_values={"slug": slug}, context_value=Request(timelines))
            several.append(time.perf_counter() - started)
            expect("errors", result.errors, None)
            expect("nothing found", None in (result.data or {})["timeline"].values(), False)
    ordinary, hot = (statistics.median(several[5:]) * 1e3 for several in times.values())
    return ordinary, hot


def append(timelines: Timelines, events: Sequence[New], batch: int = 1_000) -> float:
    """Events a second."""
    started = time.perf_counter()
    for start in range(0, len(events), batch):
        timelines.append(SLUG, events[start : start + batch])
    return len(events) / (time.perf_counter() - started)


def _appends(place: Place) -> Table:
    """Rates, each on a new database; the medians of three rounds, in turns."""
    workload = Workload.of(MANY)
    forwards = sorted(workload.events, key=lambda event: event.occurred.start_hi)
    rates: dict[str, list[float]] = {"with": [], "without": [], "backwards": []}
    quiet()
    for _ in range(3):
        for name, several in rates.items():
            with place.fresh() as address, opened(address, workload.kinds) as timelines:
                if name == "without":
                    with unprojected():
                        several.append(append(timelines, forwards))
                else:
                    several.append(append(timelines, forwards if name == "with" else forwards[::-1]))
    median = {name: statistics.median(several) for name, several in rates.items()}
    table = Table(title=f"Events a second on {place.version}, in batches of 1,000")
    for heading in ("", "rate", "over", "rate", "ratio", "goal"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, over, goal in (("with", "without", 0.4), ("backwards", "with", 0.5)):
        table.add_row(
            {"with": "in order, with projection", "backwards": "newest first"}[name],
            f"{median[name]:,.0f}",
            {"without": "without projection", "with": "oldest first"}[over],
            f"{median[over]:,.0f}",
            f"{median[name] / median[over]:.2f}",
            f"≥ {goal}",
        )
    return table


@contextmanager
def unprojected() -> Iterator[None]:
    """Appends that only write the log: no timeline ever works like that."""
    project = admission.project  # type: ignore[attr-defined]
    admission.project = lambda *_: None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        admission.project = project  # type: ignore[attr-defined]


if __name__ == "__main__":
    typer.run(run)
