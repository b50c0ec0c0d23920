"""`timeline serve` and `timeline demo`."""

import ipaddress
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.cli.console import Database, Host, Kinds, Port, app, err, opened, settings

if TYPE_CHECKING:
    from timeline.settings import Settings
    from timeline.timelines import Timelines

GRACE = 10  # seconds that requests under way have to finish when the server is told to stop
BACKLOG = 2_048

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
    allow_anyone: AllowAnyone = False,
) -> None:
    """Serve timelines over GraphQL."""
    given = settings(database=database, host=host, port=port, kinds=kinds)
    _refuse_strangers(given.host, allow_anyone)
    with opened(given, strict=True) as timelines:
        _serve(given, timelines, "")


@app.command()
def demo(host: Host = None, port: Port = None, kinds: Kinds = None, allow_anyone: AllowAnyone = False) -> None:
    """Serve the sample timeline from a temporary database: one app overtakes another, January 2025."""
    from timeline import sample

    with tempfile.TemporaryDirectory(prefix="timeline-") as folder:
        given = settings(database=f"sqlite:///{Path(folder) / 'demo.db'}", host=host, port=port, kinds=kinds)
        _refuse_strangers(given.host, allow_anyone)
        with opened(given, strict=True) as timelines:
            count = sample.load(timelines)
            _serve(
                given,
                timelines,
                f"The timeline {sample.SLUG!r} has {count} events. Try this query:\n\n{sample.QUERY}\n",
            )


def _serve(given: "Settings", timelines: "Timelines", about: str) -> None:
    import uvicorn

    from timeline import main

    listening = _listen(given.host, given.port)
    address = f"http://{_host_in_url(given.host)}:{listening.getsockname()[1]}"
    err.print(about, markup=False, soft_wrap=True, end="\n" if about else "")
    err.print(f"GraphQL and GraphiQL: [bold]{address}/graphql[/]   (stop with Ctrl+C)")
    config = uvicorn.Config(
        main.build_application(given, timelines),
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)  # before the address is printed: whoever reads it may connect at once
    except OSError as error:
        listening.close()
        raise ValueError(f"cannot listen on {host} port {port}: {error.strerror}; another one: --port 0") from None
    return listening


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
