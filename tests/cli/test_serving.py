"""`timeline demo`, `serve` and `schema`, as processes that people start and stop."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.serving import running
from timeline.sample import QUERY


def test_the_demo_answers_its_own_query_and_leaves_nothing(tmp_path: Path) -> None:
    with running("demo", "--port", "0", TMPDIR=str(tmp_path)) as (process, address):
        answer = httpx.post(f"{address}/graphql", json={"query": QUERY}).json()
        nodes = answer["data"]["timeline"]["events"]["nodes"]
        assert any(node["rank"] == 2 and node["sources"] for node in nodes)
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 128 + signal.SIGINT
    assert not list(tmp_path.iterdir())


def test_serve_takes_its_settings_from_the_environment(tmp_path: Path) -> None:
    environment = {"TIMELINE_DATABASE": f"sqlite:///{tmp_path / 'own.db'}", "TIMELINE_PORT": "0"}
    with running("serve", **environment) as (process, address):
        assert httpx.get(f"{address}/readyz").json() == {"ready": True}
        process.terminate()
        process.wait(20)
    assert (tmp_path / "own.db").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_that_others_reach_is_refused(host: str, tmp_path: Path) -> None:
    done = run("serve", "--host", host, "--database", f"sqlite:///{tmp_path / 'own.db'}")
    assert (done.returncode, "--allow-anyone" in done.stderr) == (1, True)
    assert not (tmp_path / "own.db").exists()


def test_with_the_flag_it_is_not_refused() -> None:
    with running("demo", "--host", "0.0.0.0", "--allow-anyone", "--port", "0") as (_, address):
        assert httpx.get(f"{address.replace('0.0.0.0', '127.0.0.1')}/livez").json() == {"alive": True}


def test_a_port_that_is_taken_is_said_before_a_database_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in (["demo"], ["serve", "--database", f"sqlite:///{tmp_path / 'own.db'}"]):
            done = run(*command, "--port", port)
            assert (done.returncode, "cannot listen" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert not list(tmp_path.iterdir())


def test_a_bad_setting_is_named() -> None:
    done = run("serve", TIMELINE_PORT="many")
    assert (done.returncode, "TIMELINE_PORT" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_schema_is_printed_and_written(tmp_path: Path) -> None:
    printed = run("schema").stdout
    run("schema", str(tmp_path / "schema.graphql"))
    assert printed == (tmp_path / "schema.graphql").read_text(encoding="utf-8")
    assert "type ChartMilestone implements Event & Node" in printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module", "no_such_module"),
        ("1 / 0", "ZeroDivisionError"),
        (
            'from timeline.domain.declare import Entity\nclass App(Entity, kind="app"):\n    """Another."""\n',
            "timeline.kinds.apps.App",
        ),
    ],
)
def test_kinds_that_cannot_be_loaded_are_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.py").write_text(text, encoding="utf-8")
    done = run("schema", "--kinds", str(tmp_path / "own.py"))
    assert (done.returncode, message in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
    )
