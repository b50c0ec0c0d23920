"""`timeline import`: files of other programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.cli.console import Database, Json, Kinds, app, counted, err, opened, out, progress, settings
from timeline.cli.data import Timeline
from timeline.errors import NotFound

if TYPE_CHECKING:
    from timeline.domain.kinds import Kinds as Registry
    from timeline.imports.guessing import Guess
    from timeline.imports.importing import Append
    from timeline.imports.report import Report
    from timeline.settings import Settings
    from timeline.timelines import Timelines

SOME_REJECTED = 3  # exit status: 1 is for what could not be done, 2 for what could not be understood
SHOWN = 20  # rejected rows that people are shown; programs get all

Mapping = Annotated[
    Path | None, typer.Option("--map", help="A TOML file that says which columns become what. See the README.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether the guessed mapping is right.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check everything, append nothing.")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, TimelineJS (CSV or JSON) or CloudEvents (lines of JSON).")],
    timeline: Timeline,
    create: Annotated[str | None, typer.Option(metavar="TITLE", help="Make the timeline if there is none yet.")] = None,
    mapping: Mapping = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    database: Database = None,
    kinds: Kinds = None,
    as_json: Json = False,
) -> None:
    """Import a file of another program. What cannot be read is reported, the rest is appended, and only once."""
    from timeline import main
    from timeline.imports.formats import read_table
    from timeline.imports.importing import import_table
    from timeline.imports.planning import plans_for

    given = settings(database=database, kinds=kinds)
    known = main.load_kinds(given)
    table = read_table(file, () if mapping else known.events)
    plans, guess = plans_for(known, table, mapping)
    if guess:
        _show(guess, yes or dry_run)
    with _appending(given, known, timeline, create, dry_run) as append, progress() as bar:
        task = bar.add_task(f"import into {timeline}", total=len(table.rows))
        for report in import_table(known, table, plans, append):
            bar.update(task, completed=report.rows)
    if as_json:
        left_out = {"notUsed": guess.not_used} if guess else {}
        typer.echo(json.dumps({"dryRun": dry_run, **left_out, **report.to_json()}, ensure_ascii=False))
    else:
        _tell(report, dry_run)
    if report.rejected:
        raise typer.Exit(SOME_REJECTED)


def _show(guess: "Guess", agreed: bool) -> None:
    err.print("This mapping is guessed; in a file of your own, a row can become several events:\n", style="bold")
    err.print(guess.mapping, markup=False, soft_wrap=True)
    if guess.not_used:
        err.print(f"not used: {', '.join(guess.not_used)}\n", markup=False, soft_wrap=True)
    if not agreed:
        if not sys.stdin.isatty():
            raise ValueError("say --yes if the mapping is right; else put it into a file, mend it there, and say --map")
        typer.confirm("Import with this mapping?", abort=True, err=True)


@contextmanager
def _appending(
    given: "Settings", kinds: "Registry", slug: str, create: str | None, dry_run: bool
) -> "Iterator[Append | None]":
    """None in a dry run for a timeline that would be made: that makes not even the database."""
    from timeline import database
    from timeline.imports.importing import into

    if dry_run and create is not None and not database.Database.is_there(given.database):
        yield None
        return
    with opened(given, kinds, create=create is not None) as timelines:
        if dry_run and create is not None and not _is_there(timelines, slug):
            yield None
            return
        if create is None or dry_run:
            timelines.find(slug)
        else:
            timelines.create(slug, create)
        yield into(timelines, slug, validate_only=dry_run)


def _is_there(timelines: "Timelines", slug: str) -> bool:
    try:
        timelines.find(slug)
    except NotFound:
        return False
    return True


def _tell(report: "Report", dry_run: bool) -> None:
    for each in report.rejected[:SHOWN]:
        about = f"{report.unit} {each.number:,}{f', {each.kind}' if each.kind else ''}"
        err.print(f"{about}: {each.reason}", markup=False, soft_wrap=True)
    if len(report.rejected) > SHOWN:
        err.print(f"… and {len(report.rejected) - SHOWN:,} more; --json names them all.")
    for warning in report.warnings:
        err.print(f"[yellow]warning:[/] {warning}", soft_wrap=True)
    would = "would be " if dry_run else ""
    passed_over = f"; {counted(report.passed_over, 'row')} without an event" if report.passed_over else ""
    out.print(
        f"{counted(report.appended, 'event')} {would}appended, {report.duplicates:,} already there,"
        f" {len(report.rejected):,} rejected{passed_over}.",
        soft_wrap=True,
    )
