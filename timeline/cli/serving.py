"""`timeline serve` and `timeline demo`."""

import ipaddress
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.cli.console import Database, Host, Kinds, Origins, Port, app, err, opened, settings

if TYPE_CHECKING:
    from timeline.settings import Settings

Workers = Annotated[
    int | None, typer.Option(min=1, max=256, help="Processes that serve. (default: TIMELINE_WORKERS, or 1)")
]
Documents = Annotated[str | None, typer.Option(help="A file of trusted documents. (default: TIMELINE_DOCUMENTS)")]
TrustedOnly = Annotated[
    bool | None,
    typer.Option("--trusted-only", help="Answer nothing but these. (default: TIMELINE_TRUSTED_ONLY)"),
]
AllowAnyone = Annotated[
    bool,
    typer.Option("--allow-anyone", help="Listen on an address that others can reach. There are no access rights yet."),
]


@app.command()
def serve(
    database: Database = None,
    host: Host = None,
    port: Port = None,
    kinds: Kinds = None,
    origins: Origins = None,
    workers: Workers = None,
    documents: Documents = None,
    trusted_only: TrustedOnly = None,
    allow_anyone: AllowAnyone = False,
) -> None:
    """Serve timelines over GraphQL."""
    from timeline import main
    from timeline.cli import server

    given = settings(
        database=database,
        host=host,
        port=port,
        kinds=kinds,
        origins=origins,
        workers=workers,
        documents=documents,
        trusted_only=trusted_only,
    )
    _refuse_strangers(given.host, allow_anyone)
    with server.bind(given) as bound:  # before a database is made
        with opened(given, serving=True) as timelines:
            application = main.build_application(given, timelines)  # with several: to see that each will be able to
            if given.workers == 1:
                _announce(given, bound, "")
                server.run(given, application, bound)
                return
        about = f"{given.workers} processes are starting; who asks before the first is ready waits for it."
        _announce(given, bound, about)
        server.run_workers(given, bound)


@app.command()
def demo(
    host: Host = None,
    port: Port = None,
    kinds: Kinds = None,
    origins: Origins = None,
    allow_anyone: AllowAnyone = False,
) -> None:
    """Serve the sample timeline from a temporary database: one app overtakes another, January 2025."""
    from timeline import main, sample
    from timeline.cli import server

    # uvicorn raises the signal again once it has stopped, and the folder goes only if that does not end the process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="timeline-") as folder:
        database = f"sqlite:///{Path(folder) / 'demo.db'}"
        given = settings(database=database, host=host, port=port, kinds=kinds, origins=origins)
        _refuse_strangers(given.host, allow_anyone)
        with server.bind(given) as bound, opened(given, serving=True) as timelines:
            count = sample.load(timelines)
            about = f"The timeline {sample.SLUG!r} has {count} events. Try this query:\n\n{sample.QUERY}\n"
            application = main.build_application(given, timelines)
            _announce(given, bound, about)
            server.run(given, application, bound)


def _announce(given: "Settings", bound: socket.socket, about: str) -> None:
    """Listen, and tell people where."""
    from timeline.cli import server

    bound.listen(server.BACKLOG)  # before the address is printed: whoever reads it may connect at once
    address = f"http://{_host_in_url(given.host)}:{bound.getsockname()[1]}"
    err.print(about, markup=False, soft_wrap=True, end="\n" if about else "")
    err.print(f"Timelines to look at: [bold]{address}/[/]")
    what = "GraphQL and GraphiQL" if given.ide else "GraphQL"
    err.print(f"{what}: [bold]{address}/graphql[/]   (stop with Ctrl+C)")
    if given.origins:
        err.print(f"Pages of {', '.join(given.allowed_origins)} may ask it, others only its own.", markup=False)


def _refuse_strangers(host: str, allow_anyone: bool) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback and not allow_anyone:
        raise ValueError(
            f"others can reach {host}, and there are no access rights yet: whoever reaches it may read and write"
            " everything. If that is what you want, say --allow-anyone"
        )


def _host_in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
