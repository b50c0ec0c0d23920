"""What of an error may be told to those who call: nothing of what is internal."""

import logging
from typing import Any
from uuid import uuid4

from graphql import GraphQLError

from timeline.database import away
from timeline.errors import TimelineError, TooCostly, Unavailable

logger = logging.getLogger(__name__)


def told(error: GraphQLError) -> GraphQLError:
    """The error as callers may see it: a code of the tree in `timeline.errors`, or INTERNAL, an id and no detail."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, TimelineError):
        extensions: dict[str, Any] = {"code": cause.code}
        if cause.path:
            extensions["path"] = list(cause.path)
        if isinstance(cause, TooCostly) and cause.cost is not None:
            extensions |= {"cost": cause.cost, "limit": cause.limit}
        return _retold(error, error.message, extensions)
    if cause is not None and away.is_away(cause):
        away.log(logger, logging.ERROR, "a request could not be answered", cause)
        return _retold(error, "The database does not answer: try again", {"code": Unavailable.code})
    if cause is None:
        return _retold(error, error.message, {"code": "BAD_INPUT"})
    incident = str(uuid4())
    logger.error("internal error %s", incident, exc_info=cause)
    return _retold(error, "Something went wrong on the server", {"code": "INTERNAL", "id": incident})


def _retold(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, None, extensions)
