"""`timeline verify`: is the log what was once recorded?"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.cli.console import Database, Json, app, counted, opened, out, settings

if TYPE_CHECKING:
    from timeline.cli.proving_files import Verdict


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export to prove, without a database; - is standard input.")
    ] = None,
    timeline: Annotated[str | None, typer.Option(help="The timeline's slug. (default: every timeline)")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Prove that each record is what was recorded. If not: exit status 1, and the first one that is not."""
    if file is None:
        from timeline.cli.proving import in_database

        with opened(settings(database=database), create=False) as timelines:
            verdicts = in_database(timelines, timeline)
    elif timeline is not None or database is not None:
        raise ValueError("a file is proven without a database: leave --timeline and --database out")
    else:
        from timeline.cli.proving_files import in_file

        verdicts = [in_file(file)]
    if as_json:
        typer.echo(json.dumps([_json(verdict) for verdict in verdicts]))
    else:
        for verdict in verdicts:
            out.print(_told(verdict), markup=False, soft_wrap=True)
    if any(fault for _, _, fault in verdicts):
        sys.exit(1)


def _told(verdict: "Verdict") -> str:
    name, proof, fault = verdict
    if fault is None:
        return f"{name}: {counted(proof.position, 'record')} as recorded. The last hash is {proof.hash.hex()}."
    where = [] if fault.position is None else [f"position {fault.position}"]
    who = [] if fault.id is None else [f"id {fault.id}"]
    return f"{', '.join([name, *where, *who])}: {fault.problem}"


def _json(verdict: "Verdict") -> dict[str, object]:
    name, proof, fault = verdict
    return {
        "name": name,
        "records": proof.position,
        "hash": proof.hash.hex(),
        "fault": fault
        and {"position": fault.position, "id": None if fault.id is None else str(fault.id), "problem": fault.problem},
    }
