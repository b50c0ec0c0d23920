"""Each contender as it is served: in a process of its own, on a free port of this machine."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

PATIENCE = 60  # seconds for a server to start
_ADDRESS = re.compile(r"http://[\w.]+:(\d+)/graphql")


def ours(address: str, *, keeps: bool = True) -> list[str]:
    """`keeps`: whether answers are kept for who asks the same again, as by default."""
    settings = [] if keeps else ["env", "TIMELINE_MAX_KEPT=0"]
    return [*settings, sys.executable, "-m", "timeline", "serve", "--database", address, "--port", "0"]


def afternoon(address: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.peers.afternoon.server", address]


@contextmanager
def serving(command: Sequence[str], folder: Path | None = None) -> Iterator[int]:
    """The port that it says it listens on."""
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=folder) as server,
    ):
        try:
            yield _port(server, said)
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
    raise RuntimeError(f"a server did not start: {said.read()}")


class Load:
    """The process that asks."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __call__(self, port: int, requests: Sequence[str], connections: int, seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = {"port": port, "requests": requests, "connections": connections, "seconds": seconds}
        self._process.stdin.write(orjson.dumps(given) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the client failed")
        answer: dict[str, Any] = orjson.loads(line)
        return answer


@contextmanager
def loading() -> Iterator[Load]:
    command = [sys.executable, "-m", "benchmarks.peers.load"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Load(process)
        finally:
            process.kill()
