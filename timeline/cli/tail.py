"""`timeline tail`: a timeline in the terminal, as it grows."""

from typing import Annotated

import typer

from timeline.cli.console import Database, Json, Kinds, app, opened, settings
from timeline.cli.data import Timeline

LAST = 10  # records that are shown first if nothing is said


@app.command()
def tail(
    timeline: Timeline,
    after: Annotated[
        str | None,
        typer.Option(metavar="PLACE", help=f"A position, or a cursor: go on after it. (default: the last {LAST})"),
    ] = None,
    database: Database = None,
    kinds: Kinds = None,
    as_json: Json = False,
) -> None:
    """Follow a timeline: what was recorded last, then whatever is. Each line of JSON has the cursor to go on from."""
    import asyncio

    from timeline.cli import following

    with opened(settings(database=database, kinds=kinds), create=False) as timelines:
        place = following.place(timelines, timeline, after, LAST)
        asyncio.run(following.follow(timelines, timeline, place, as_json=as_json))
