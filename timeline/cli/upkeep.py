"""`timeline migrate`, `timeline rebuild` and `timeline schema`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from timeline.cli.console import Database, Json, Kinds, app, out, progress, settings


@app.command()
def migrate(database: Database = None, as_json: Json = False) -> None:
    """Bring a database to the shape that this version needs. An embedded one gets there by itself."""
    from timeline import main

    given = settings(database=database)
    revision = main.bring_up_to_date(given)
    out.print(json.dumps({"revision": revision}) if as_json else f"The database is at revision {revision}.")


@app.command()
def rebuild(database: Database = None, kinds: Kinds = None, as_json: Json = False) -> None:
    """Derive all states again from the logs: after a change of kinds, or of Timeline. Reads go on meanwhile."""
    from timeline import main

    given = settings(database=database, kinds=kinds)
    counts: dict[str, int] = {}
    with progress() as bar:
        tasks = {}
        for slug, done, total in main.remake(given, main.load_kinds(given)):
            if slug not in tasks:
                tasks[slug] = bar.add_task(f"rebuild {slug}", total=total)
            bar.update(tasks[slug], completed=done)
            counts[slug] = done
    if as_json:
        typer.echo(json.dumps({"records": counts}))
    else:
        out.print(f"Derived again from {sum(counts.values()):,} records of {len(counts):,} timelines.")


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
