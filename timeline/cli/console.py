"""What commands share: the application, the two consoles, flags, and how an error is told.

The modules of commands import what they need when they run: to import the database and the schema takes most of the
time of a short command, and help needs neither.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from timeline.domain.kinds import Kinds as Registry
    from timeline.settings import Settings
    from timeline.timelines import Timelines

app = typer.Typer(
    name="timeline",
    help="What happened, when, who says so, and what was true then.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
SHOWN = 20  # timelines that are named where one is missed
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

# How many objects are made until Python looks through them for garbage. Those of a batch of records, and of what is
# derived from them, are more than its 700 and live for a while: to look through them took a fifth of an append.
SELDOM = 50_000, 10, 20

Database = Annotated[
    str | None,
    typer.Option(
        help="sqlite:///FILE or postgresql://USER@HOST/NAME. (default: TIMELINE_DATABASE, or sqlite:///timeline.db)"
    ),
]
Kinds = Annotated[
    str | None, typer.Option(help="More kinds: modules or files, separated by commas. (default: TIMELINE_KINDS)")
]
Host = Annotated[str | None, typer.Option(help="The address to listen on. (default: TIMELINE_HOST, or 127.0.0.1)")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one. (default: TIMELINE_PORT, or 8000)")
]
Origins = Annotated[
    str | None,
    typer.Option(help="Other origins whose pages may ask: http://localhost:5173,… (default: TIMELINE_ORIGINS)"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def settings(**flags: Any) -> "Settings":
    """The environment's settings, with the flags that were given before them. ValueError for what they cannot be."""
    from pydantic import ValidationError

    from timeline.settings import Settings

    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(
            f"TIMELINE_{str(first['loc'][0]).upper()}: {str(first['msg']).removeprefix('Value error, ')}"
        ) from None


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("timeline"))
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """What goes before a command."""
    gc.set_threshold(*SELDOM)


@contextmanager
def opened(
    given: "Settings", kinds: "Registry | None" = None, *, serving: bool = False, create: bool = True
) -> "Iterator[Timelines]":
    """NOT_FOUND says in which database there is no such timeline, which ones there are, and how one is made.

    `kinds`: if they are loaded already. `create`: whether the command makes what is not there yet.
    """
    from timeline import main
    from timeline.database.plainly import named
    from timeline.errors import NotFound

    timelines = main.open_timelines(given, kinds or main.load_kinds(given), serving=serving, create=create)
    try:
        yield timelines
    except NotFound as error:
        if error.path != ("timeline",):
            raise
        where = f"in {named(given.database)}: {_there(timelines)}; `append --create TITLE` makes one"
        raise NotFound(f"{error.message} {where}, --database names another database", error.path) from None
    finally:
        timelines.close()


def _there(timelines: "Timelines") -> str:
    from timeline.log.timelines import page

    with timelines.reading() as connection:
        found = [repr(each.slug) for each in page(connection, None, SHOWN + 1, backwards=False)]
    if not found:
        return "there is none"
    return f"there are {', '.join(found[:SHOWN])}{' and more' if len(found) > SHOWN else ''}"


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


def progress(*more: ProgressColumn) -> Progress:
    """A progress bar on standard error; nothing where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *more,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )


def counted(count: int, what: str) -> str:
    """`1 event`, `2,000 events`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def fail(message: str) -> NoReturn:
    err.print("[red]error:[/] ", end="")
    err.print(message, markup=False, soft_wrap=True)
    sys.exit(1)
