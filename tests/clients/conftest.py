"""A server as people run it, and clients as they install them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.npm import installed
from timeline import main, sample
from timeline.cli.console import settings

SCHEMA = Path(__file__).parents[2] / "schema.graphql"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `timeline serve` answers, over the sample."""
    database = f"sqlite:///{tmp_path_factory.mktemp('served') / 'sample.db'}"
    given = settings(database=database)
    timelines = main.open_timelines(given, main.load_kinds(given))
    sample.load(timelines)
    timelines.close()
    command = [sys.executable, "-m", "timeline", "serve", "--database", database, "--port", "0"]
    # One of the questions looks at everything in many ways, which is more than anybody should ask.
    raised = {"TIMELINE_MAX_ALIASES": "200", "TIMELINE_MAX_FIELDS": "5000", "TIMELINE_MAX_COST": "1000000000"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | raised) as process:
        try:
            assert process.stderr is not None
            said = ""
            while not (found := re.search(r"http://\S+/graphql", said)):
                line = process.stderr.readline()
                assert line, said
                said += line
            yield found[0]
        finally:
            process.kill()


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the scripts, their clients and the schema are."""
    folder = installed(Path(__file__).with_name("scripts"), tmp_path_factory.mktemp("clients"))
    shutil.copy(SCHEMA, folder)
    return folder
