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


def log(logger: logging.Logger, level: int, what: str, error: BaseException) -> bool:
    """`what` failed, because of `error`: with its traceback, unless the database is away. `watch` says that, once for
    all whom it concerns. Whether anything was logged.
    """
    if isinstance(error, PoolTimeout):
        logger.log(level, "%s: all connections to the database are busy", what)
        return True
    if is_away(error):
        return False
    logger.log(level, what, exc_info=error)
    return True


def watch(*engines: Engine) -> None:
    """Log it when the database goes away, and when it answers again."""
    presence = _Presence()
    for engine in engines:
        event.listen(engine, "connect", presence.connected)
        event.listen(engine, "handle_error", presence.failed)


class _Presence:
    """One that has never answered is for whoever opens it to tell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outages = 0
        self._answers: bool | None = None

    def connected(self, _: Any, record: Any) -> None:
        with self._lock:
            record.info[_OUTAGES] = self._outages
            again, self._answers = self._answers is False, True
            if again:
                logger.warning("the database answers again")

    def failed(self, context: ExceptionContext) -> None:
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
                logger.warning("the database does not answer: %s", plainly(error))
