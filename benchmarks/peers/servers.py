"""The commands of contenders that are in Python, and the process that asks them all."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from benchmarks.serving import timeline


def ours(address: str, *, keeps: bool = True) -> list[str]:
    """`keeps`: whether answers are kept for whoever asks the same again, as by default."""
    settings = [] if keeps else ["env", "TIMELINE_MAX_KEPT=0"]
    return [*settings, *timeline(address)]


def afternoon(address: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.peers.afternoon.server", address]


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
