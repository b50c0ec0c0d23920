"""Upkeep of the database that the settings name: its shape, and what is derived in it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from timeline.database import Database
from timeline.database.migrate import make_ready, migrate, require_migrated
from timeline.database.plainly import named, plainly
from timeline.domain.kinds import Kinds
from timeline.settings import Settings
from timeline.timelines import Timelines, wall_clock
from timeline.timelines.generations import State
from timeline.timelines.rebuild import GRACE, derive, rebuild, retire_unused, retired, sweep
from timeline.timelines.status import Status, statuses, unknown_kinds

logger = logging.getLogger(__name__)


@contextmanager
def opening(settings: Settings) -> Iterator[None]:
    """ValueError, saying why, if the database cannot be opened."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ValueError(f"{error}; for PostgreSQL, install the extra: timeline[postgres]") from error
    except (SQLAlchemyError, RuntimeError) as error:
        raise ValueError(f"{named(settings.database)} cannot be opened: {plainly(error)}") from error


def ready_database(settings: Settings, pool_size: int, *, create: bool = True) -> Database:
    database = Database.open(settings.database, pool_size, create=create)
    try:
        make_ready(database)
    except BaseException:
        database.close()
        raise
    return database


def derive_missing(timelines: Timelines) -> None:
    for each in statuses(timelines.database):
        if each.position and not any(one.state is State.LIVE for one in each.generations):
            logger.warning("deriving the states of %s from its %d records", each.slug, each.position)
            for _ in derive(timelines.database, timelines.kinds, each.timeline_id, wall_clock):
                pass


def remake(settings: Settings, kinds: Kinds) -> Iterator[tuple[str, int, int]]:
    """Derive everything anew, beside what answers: (timeline, records done, records in all) as it goes on.

    ValueError, and nothing happens, if a log holds kinds that are not known here.
    """
    with opening(settings):
        database = ready_database(settings, 1, create=False)
        try:
            everything = statuses(database)
            if strangers := sorted({kind for each in everything for kind in unknown_kinds(database, kinds, each)}):
                raise ValueError(
                    f"there are events of kinds that are not known here ({', '.join(strangers)}):"
                    " name their modules or files with --kinds"
                )
            for each in everything:
                for done, total in rebuild(database, kinds, each.timeline_id, wall_clock):
                    yield each.slug, done, total
            retire_unused(database, kinds, wall_clock)
        finally:
            database.close()


def tidy(settings: Settings) -> Iterator[int]:
    """Delete what was retired, once nobody reads it any more: numbers of rows as it goes on."""
    with opening(settings):
        database = Database.open(settings.database, 1)
        try:
            for each in retired(database):
                time.sleep(max(0, each.moved_at + GRACE - wall_clock()) / 1000)
                yield from sweep(database, each.generation)
        finally:
            database.close()


def status(settings: Settings) -> list[Status]:
    """Each timeline, and what is derived from it."""
    with opening(settings):
        database = Database.open(settings.database, 1, create=False)
        try:
            require_migrated(database)
            return statuses(database)
        finally:
            database.close()


def bring_up_to_date(settings: Settings) -> str:
    """Migrate the database; returns its revision."""
    with opening(settings):
        database = Database.open(settings.database)
        try:
            return migrate(database)
        finally:
            database.close()
