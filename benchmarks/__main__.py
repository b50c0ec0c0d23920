"""`python -m benchmarks`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks import report
from benchmarks.cases import CASES, needed
from benchmarks.places import places
from benchmarks.rounds import measure

DATABASES = ("sqlite", "postgres")


def run(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; the medians count.")] = 5,
    only: Annotated[list[str] | None, typer.Option(help=f"A case: {', '.join(CASES)}. Can be repeated.")] = None,
    on: Annotated[list[str] | None, typer.Option(help=f"A database: {', '.join(DATABASES)}. Can be repeated.")] = None,
    seconds: Annotated[float, typer.Option(help="No round begins after so many seconds.")] = 900,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure how fast events are appended, beside the bare INSERT and the eventsourcing library."""
    cases, databases = _among("--only", only, CASES), _among("--on", on, DATABASES)
    out, err = Console(highlight=False), Console(stderr=True)
    names = needed(cases)
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with (
        tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work,
        places(Path(work), databases) as found,
        Progress(TextColumn("{task.description}"), *columns, console=err) as progress,
    ):
        task = progress.add_task("the same rows, read back", total=rounds * len(names) * len(found))
        samples = measure(
            found, names, rounds, seconds, lambda what: progress.update(task, advance=1, description=what)
        )
    out.print(report.rates_table(found, names, samples))
    out.print(report.ratios_table(found, cases, samples))
    for line in report.client_lines(found, samples):
        out.print(line)
    out.print(f"All samples: {report.write_json(found, cases, samples)}")


def _among(option: str, given: list[str] | None, known: tuple[str, ...]) -> set[str]:
    if unknown := set(given or ()) - set(known):
        raise typer.BadParameter(f"{min(unknown)!r} is none of {', '.join(known)}", param_hint=option)
    return set(given or known)


if __name__ == "__main__":
    typer.run(run)
