"""A server as a process of its own, for tests that need what a client on the other side of a socket sees."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that has said where it listens; it is ended at the end."""
    command = [sys.executable, "-m", "timeline", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        try:
            assert process.stderr is not None
            said = ""
            while not (found := re.search(r"(http://\S+)/graphql", said)):
                line = process.stderr.readline()
                assert line, said
                said += line
            yield process, found[1]
        finally:
            process.kill()
