"""Nodes that start together on one new database bring it to its shape once."""

import subprocess
import sys

from sqlalchemy import text

from timeline.database import Database
from timeline.database.migrate import require_migrated


def test_several_processes_may_migrate_at_once(address: str) -> None:
    command = [sys.executable, "-m", "timeline", "migrate", "--json", "--database", address]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = []
    for process in started:
        out, err = process.communicate(timeout=60)
        outcomes.append((process.returncode, out, err))
    assert outcomes == [(0, '{"revision": "0002"}\n', "")] * 3
    database = Database.open(address)
    require_migrated(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    database.close()
