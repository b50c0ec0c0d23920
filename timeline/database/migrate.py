"""Bring a database to the shape that this version needs: migrations for what is precious, DDL for the rest."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table
from sqlmodel import SQLModel

from timeline.database import Database
from timeline.database.tables import DISPOSABLE
from timeline.errors import Unavailable

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> str:
    """Apply what is missing, in one transaction, and return the revision; nothing happens if nothing is missing."""
    with database.writing() as connection:
        database.backend.alone(connection)
        if _revision(connection) != newest():
            from timeline.database.upgrading import upgrade  # noqa: PLC0415

            upgrade(connection, database.backend, _SCRIPTS)
        if _other_shape(connection):  # what was derived by another version is made again, not migrated
            SQLModel.metadata.drop_all(connection, tables=list(DISPOSABLE))
        SQLModel.metadata.create_all(connection, tables=list(DISPOSABLE))
        return newest()


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
        found = _revision(connection)
    if found != newest():
        raise Unavailable(
            f"the database is at {f'revision {found}' if found else 'no revision'}, this version needs {newest()}:"
            " run `timeline migrate`"
        )


def make_ready(database: Database) -> None:
    """Once it is open: bring it to its shape, or see that it has been brought there (`require_migrated`)."""
    if database.backend.MIGRATED_WHEN_OPENED:
        migrate(database)
        database.scrub()  # a process that was killed after a redaction may have left something
    else:
        require_migrated(database)


def newest() -> str:
    """The revision of the last script, by its name."""
    return max(path.name for path in (_SCRIPTS / "versions").glob("*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    """Where Alembic says that the database is."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
