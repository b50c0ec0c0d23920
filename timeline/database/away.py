"""A database that is away: a log says so in a line, without a traceback, which would tell nothing more."""

import logging

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def is_away(error: BaseException) -> bool:
    """Whether there was no connection to be had, or it was lost on the way."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (isinstance(error, OperationalError) and error.statement is None)
    return isinstance(error, PoolTimeout)


def log(logger: logging.Logger, level: int, what: str, error: BaseException) -> None:
    """`what` failed, because of `error`: with its traceback, unless the database is away."""
    if is_away(error):
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        first = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        logger.log(level, "%s: the database does not answer (%s)", what, first)
    else:
        logger.log(level, what, exc_info=error)
