"""`timeline append` and `timeline export`: events as lines of JSON, in and out."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from timeline.cli.console import Database, Json, Kinds, app, counted, err, opened, out, progress, settings
from timeline.errors import BadInput, Conflict, NotFound

Timeline = Annotated[str, typer.Option(help="The timeline's slug.")]


@app.command()
def append(
    file: Annotated[Path, typer.Argument(help="Lines of JSON, one event each; - is standard input.")],
    timeline: Timeline,
    create: Annotated[str | None, typer.Option(metavar="TITLE", help="Make the timeline if there is none yet.")] = None,
    database: Database = None,
    kinds: Kinds = None,
    as_json: Json = False,
) -> None:
    """Append events from a file. Run it again if it was stopped: what is there already is skipped."""
    from timeline import main
    from timeline.exchange import Progress, append_lines, check_first

    lines = sys.stdin.buffer.readlines() if str(file) == "-" else _lines(file)
    given = settings(database=database, kinds=kinds)
    known = main.load_kinds(given)
    with _naming(file):
        check_first(known, lines)  # before anything is made
    with opened(given, known, create=create is not None) as timelines, progress() as bar, _naming(file):
        if create is not None:
            timelines.create(timeline, create)
        task = bar.add_task(f"append to {timeline}", total=len(lines))
        done = Progress(0, 0, 0)
        for done in append_lines(timelines, timeline, lines):
            bar.update(task, completed=done.read)
    if not (events := sum(1 for line in lines if line.strip())):
        err.print(f"{_name(file)} is empty: is it the file that you meant?", markup=False, soft_wrap=True)
    appended = events - done.duplicates - done.left_out
    if as_json:
        told = {"appended": appended, "duplicates": done.duplicates, "leftOut": done.left_out}
        typer.echo(json.dumps(told))
    else:
        out.print(f"{counted(appended, 'event')} appended, {done.duplicates:,} already there.")
        if done.left_out:
            out.print(f"{done.left_out:,} left out: lines of redacted events, and of what was said about them.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write lines of JSON; - is standard output.")],
    timeline: Timeline,
    database: Database = None,
    kinds: Kinds = None,
) -> None:
    """Write every record of a timeline, with what proves it, as lines that `timeline append` reads."""
    from timeline.exchange import export_lines

    with opened(settings(database=database, kinds=kinds), create=False) as timelines, progress() as bar:
        task = bar.add_task(f"export {timeline}", total=None)
        lines = export_lines(timelines, timeline)
        if str(file) == "-":
            for _, line in lines:
                sys.stdout.buffer.write(line)
            return
        # Beside the target and then in its place, so that an export that was stopped is never taken for a whole one.
        # What is no ordinary file (a device, a pipe) is written to: in its place would be instead of it.
        ordinary = file.is_file() or not file.exists()
        part = file.with_name(f"{file.name}.part") if ordinary else file
        count = 0
        try:
            with part.open("wb") as target:
                for count, (total, line) in enumerate(lines, 1):
                    target.write(line)
                    if count % 1_000 == 0 or count == total:
                        bar.update(task, total=total, completed=count)
            if ordinary:
                part.replace(file)
        finally:
            if ordinary:
                part.unlink(missing_ok=True)
    err.print(f"{counted(count, 'record')} written to {file}", markup=False)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """What is wrong with a line, which has no path, is told with the file that it stands in."""
    try:
        yield
    except (BadInput, Conflict, NotFound) as refused:
        if not refused.path:
            refused.message = f"{_name(file)}, {refused.message}"
        raise


def _name(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines()
    except OSError as error:
        raise ValueError(f"cannot read {file}: {error.strerror}") from None
