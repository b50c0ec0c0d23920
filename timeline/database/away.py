"""A database that is away: the log says so in a line, and in another one when it answers again."""

import logging
import threading
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from timeline.database.plainly import plainly

logger = logging.getLogger(__name__)
_OUTAGES = "outages"  # in a connection's info: how many there had been when it was made


def is_away(error: BaseException) -> bool:
    """Whether there was no connection to be had, or it was lost on the way."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (isinstance(error, OperationalError) and error.statement is None)
    return isinstance(error, PoolTimeout)


def log(logger: logging.Logger, level: int, what: str, error: BaseException) -> None:
    """`what` failed, because of `error`: with its traceback, unless the database is away. `Presence` says that, once
    for all whom it concerns.
    """
    if isinstance(error, PoolTimeout):
        logger.log(level, "%s: all connections to the database are busy", what)
    elif not is_away(error):
        logger.log(level, what, exc_info=error)


class Presence:
    """Watches what the engines of a database meet. One that has never answered is for whoever opens it to tell."""

    def __init__(self, *engines: Engine) -> None:
        self._lock = threading.Lock()
        self._outages = 0
        self._answers: bool | None = None
        for engine in engines:
            event.listen(engine, "connect", self._connected)
            event.listen(engine, "handle_error", self._failed)

    def _connected(self, _: Any, record: Any) -> None:
        with self._lock:
            record.info[_OUTAGES] = self._outages
            again, self._answers = self._answers is False, True
        if again:
            logger.warning("the database answers again")

    def _failed(self, context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        lost = context.is_disconnect or context.connection is None  # or there was none to be had
        if error is None or context.is_pre_ping or not lost:
            return
        with self._lock:
            # A connection that was lost in an outage may be noticed only after it.
            known = self._answers is not True or (
                context.connection is not None and context.connection.info.get(_OUTAGES) != self._outages
            )
            if not known:
                self._outages += 1
                self._answers = False
        if not known:
            logger.warning("the database does not answer: %s", plainly(error))
