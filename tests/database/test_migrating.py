"""A database is brought to its shape once, however many start together, and never back from a later one."""

import subprocess
import sys

import pytest
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from timeline.database import Database
from timeline.database.migrate import migrate, newest, require_migrated
from timeline.errors import Unavailable


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


def test_the_newest_revision_is_where_alembic_ends(sqlite_address: str) -> None:
    database = Database.open(sqlite_address)
    assert migrate(database) == newest()
    with database.reading() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest()
    database.close()


def test_a_database_of_a_later_version_is_left_alone(address: str) -> None:
    database = Database.open(address)
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="made by a later version"):
        migrate(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    database.close()
