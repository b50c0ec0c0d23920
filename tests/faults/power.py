"""A power cut for SQLite: a VFS that writes down what is written and what is synced, and files as a cut may leave them.

apsw has no DB-API, so our engine cannot run on this VFS. What runs on it is every statement and pragma that our engine
sent, in the same order, as SQLite itself traced them. One thing differs: apsw's VFS has no shared memory, so the index
of the WAL is in the process (`locking_mode=EXCLUSIVE`), and that index is lost in a cut anyway.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the files: `what` is write, truncate, sync, delete or commit (of a transaction)."""

    what: str
    file: str = ""
    offset: int = 0
    data: bytes = b""


class _Files(apsw.VFS):
    def __init__(self, name: str, steps: list[Step]) -> None:
        self._steps = steps
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "_File":  # noqa: N802 SQLite's names
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return _File(path, flags, self._steps)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self._steps.append(Step("delete", Path(filename).name))


class _File(apsw.VFSFile):
    def __init__(self, path: str | None, flags: list[int], steps: list[Step]) -> None:
        super().__init__("", path, flags)
        self._name, self._steps = Path(path or uuid4().hex).name, steps

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._steps.append(Step("write", self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self._steps.append(Step("truncate", self._name, size))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._steps.append(Step("sync", self._name))


def replay(statements: Sequence[str], file: Path) -> list[Step]:
    """Run statements on a new file; returns all that happened to it and its WAL, with each commit once it returned."""
    steps: list[Step] = []
    name = f"recording-{uuid4().hex}"
    vfs = _Files(name, steps)
    connection = apsw.Connection(str(file), vfs=name)
    try:
        for statement in ("PRAGMA locking_mode=EXCLUSIVE", *statements):
            for _ in connection.execute(statement):
                pass  # a statement runs as its rows are fetched
            if statement.strip().upper().startswith("COMMIT"):
                steps.append(Step("commit"))
    finally:
        before_closing = len(steps)  # a cut leaves nobody to close the file
        connection.close()
        vfs.unregister()
    return steps[:before_closing]


@dataclass
class Disk:
    """What is on the disk for certain, and what was written since and may be there, or not, or torn."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        if step.what == "delete":
            self.synced.pop(step.file, None)
            self.pending.pop(step.file, None)
        elif step.what == "sync":
            content = self.synced.setdefault(step.file, bytearray())
            for each in self.pending.pop(step.file, []):
                _apply(content, each)
        elif step.what != "commit":
            self.pending.setdefault(step.file, []).append(step)

    def cut(self, rng: Random) -> Iterator[tuple[str, bytes]]:
        """Each file as a cut may leave it."""
        kept, torn = rng.choice([(0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.9, 0.1)])
        for name in self.synced.keys() | self.pending.keys():
            content = bytearray(self.synced.get(name, b""))
            for step in self.pending.get(name, []):
                if rng.random() < kept:
                    _apply(content, _torn(step, rng) if rng.random() < torn else step)
            yield name, bytes(content)


def _torn(step: Step, rng: Random) -> Step:
    """Some sectors of a write, from its beginning or to its end."""
    if step.what != "write" or len(step.data) <= 1:
        return step
    at = rng.randrange(0, len(step.data), SECTOR) or rng.randrange(1, len(step.data))
    if rng.random() < 0.5:
        return Step("write", step.file, step.offset, step.data[:at])
    return Step("write", step.file, step.offset + at, step.data[at:])


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.offset :]
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : step.offset + len(step.data)] = step.data
