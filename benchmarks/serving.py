"""Servers that are measured, each in a process of its own and on a free port of this machine."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

PATIENCE = 60  # seconds for a server to start
_ADDRESS = re.compile(r"http://[\w.]+:(\d+)/graphql")


def timeline(address: str) -> list[str]:
    """The command that serves a database."""
    return [sys.executable, "-m", "timeline", "serve", "--database", address, "--port", "0"]


@contextmanager
def serving(command: Sequence[str], **options: Any) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, and the port that it says it listens on; it listens before it says so. Options as for `Popen`.

    RuntimeError, with what it said, if it does not start.
    """
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, **options) as server,
    ):
        try:
            yield server, _port(server, said)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _port(server: subprocess.Popen[bytes], said: IO[str]) -> int:
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        said.seek(0)
        if found := _ADDRESS.search(said.read()):
            return int(found[1])
        time.sleep(0.05)
    said.seek(0)
    raise RuntimeError(f"{server.args!r} did not start: {said.read()}")
