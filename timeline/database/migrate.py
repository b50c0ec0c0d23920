"""Bring a database to the shape that this version needs: migrations for what is precious, DDL for the rest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

from timeline.database import Database
from timeline.database.tables import DISPOSABLE
from timeline.errors import Unavailable

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> str:
    """Apply what is missing, in one transaction, and return the revision; nothing happens if nothing is missing."""
    with database.writing() as connection:
        database.backend.alone(connection)
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["backend"] = database.backend
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Unavailable(
                f"the database was made by a later version of Timeline: use that one, or a later one ({error})"
            ) from error
        if _other_shape(connection):  # what was derived by another version is made again, not migrated
            SQLModel.metadata.drop_all(connection, tables=list(DISPOSABLE))
        SQLModel.metadata.create_all(connection, tables=list(DISPOSABLE))
        return str(MigrationContext.configure(connection).get_current_revision())


def _other_shape(connection: Connection) -> bool:
    """Whether the tables of what is derived are not those of this version."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    return any(
        table.name not in there
        or {column["name"] for column in inspector.get_columns(table.name)} != {column.name for column in table.columns}
        or {index["name"] for index in inspector.get_indexes(table.name)} != {index.name for index in table.indexes}
        for table in DISPOSABLE
    )


def require_migrated(database: Database) -> None:
    """UNAVAILABLE, saying what to do, unless the database has the shape that this version needs."""
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise Unavailable(
            f"the database is at {f'revision {found}' if found else 'no revision'}, this version needs {wanted}:"
            " run `timeline migrate`"
        )


def make_ready(database: Database) -> None:
    """Once it is open: bring it to its shape, or see that it has been brought there (`require_migrated`)."""
    if database.backend.MIGRATED_WHEN_OPENED:
        migrate(database)
        database.scrub()  # a process that was killed after a redaction may have left something
    else:
        require_migrated(database)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
