"""What npm installs for tests, in a folder of its own."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def installed(scripts: Path, folder: Path) -> Path:
    """`folder` with a copy of `scripts` and what its package.json asks for; skips where Node is not, or npm cannot."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("JavaScript clients need node and npm")
    shutil.copytree(scripts, folder, dirs_exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install the JavaScript clients here: {(done.stderr or done.stdout)[-300:]}")
    return folder


def told(folder: Path, script: str, *arguments: str) -> Any:
    """What a script prints, which is one value of JSON; fails with what it said when it ends in an error."""
    command = ["node", script, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
