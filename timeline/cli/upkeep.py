"""`timeline migrate`, `timeline rebuild`, `timeline status` and `timeline schema`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.cli.console import Database, Json, Kinds, Rate, app, err, out, progress, settings

if TYPE_CHECKING:
    from timeline.timelines.status import Status


@app.command()
def migrate(database: Database = None, as_json: Json = False) -> None:
    """Bring a database to the shape that this version needs. SQLite gets there by itself."""
    from timeline import upkeep

    given = settings(database=database)
    revision = upkeep.bring_up_to_date(given)
    out.print(json.dumps({"revision": revision}) if as_json else f"The database is at revision {revision}.")


@app.command()
def rebuild(database: Database = None, kinds: Kinds = None, as_json: Json = False) -> None:
    """Derive all states again from the logs, beside those that answer. Reads and appends go on; what was interrupted
    goes on where it was.
    """
    from timeline import main, upkeep

    given = settings(database=database, kinds=kinds)
    counts: dict[str, int] = {}
    with progress(Rate()) as bar:
        tasks = {}
        for slug, done, total in upkeep.remake(given, main.load_kinds(given)):
            if slug not in tasks:
                tasks[slug] = bar.add_task(f"rebuild {slug}", completed=done, total=total)
            bar.update(tasks[slug], completed=done, total=total)
            counts[slug] = done
        if not bar.console.is_terminal:
            err.print("What was derived before is deleted once nobody can be reading it, in ten seconds.")
        old = bar.add_task("delete the old rows, which may be read for ten seconds more", total=None)
        for rows in upkeep.tidy(given):
            bar.advance(old, rows)
    if as_json:
        typer.echo(json.dumps({"records": counts}))
    else:
        out.print(f"Records derived again: {sum(counts.values()):,}. Timelines: {len(counts):,}.")


@app.command()
def status(database: Database = None, kinds: Kinds = None, as_json: Json = False) -> None:
    """Show how far each log has got, and the generations that are derived from it: by which kinds, and how far."""
    from rich.table import Table

    from timeline import main, upkeep
    from timeline.timelines.generations import fingerprint_of

    given = settings(database=database, kinds=kinds)
    ours = fingerprint_of(main.load_kinds(given))
    found = upkeep.status(given)
    if as_json:
        typer.echo(json.dumps({"fingerprint": ours, "timelines": [_told(each) for each in found]}))
        return
    table = Table("timeline", "head", "generation", "kinds", "state", "checkpoint", "lag", box=None)
    for each in found:
        slug, position = each.slug, f"{each.position:,}"
        for one in each.generations or (None,):
            if one is None:
                table.add_row(slug, position, "none")
                continue
            named = f"{one.fingerprint} (these)" if one.fingerprint == ours else one.fingerprint
            lag = f"{each.position - one.checkpoint:,}"
            table.add_row(slug, position, str(one.generation.number), named, one.state, f"{one.checkpoint:,}", lag)
            slug = position = ""
    out.print(table)


def _told(status: "Status") -> dict[str, object]:
    from timeline.domain.calendar import format_instant

    return {
        "timeline": status.slug,
        "head": status.position,
        "generations": [
            {
                "generation": each.generation.number,
                "fingerprint": each.fingerprint,
                "state": each.state,
                "checkpoint": each.checkpoint,
                "lag": status.position - each.checkpoint,
                "movedAt": format_instant(each.moved_at),
            }
            for each in status.generations
        ],
    }


@app.command()
def schema(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; standard output if nothing is said.")] = None,
    kinds: Kinds = None,
) -> None:
    """Print the GraphQL schema, sorted."""
    from timeline import main
    from timeline.api.schema import export, schema_for

    text = export(schema_for(main.load_kinds(settings(kinds=kinds))))
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
