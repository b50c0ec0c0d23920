"""Migrations, by Alembic: loaded only where one is missing, since it takes a tenth of a second."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from timeline.database import Backend
from timeline.errors import Unavailable


def upgrade(connection: Connection, backend: Backend, scripts: Path) -> None:
    """Apply the scripts that are missing. UNAVAILABLE if the database has one that is not among them."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["backend"] = backend
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Unavailable(
            f"the database was made by a later version of Timeline: use that one, or a later one ({error})"
        ) from error
