"""How an operation ends before its time: by no fault of its client, who is told nothing of what is internal."""

import logging

from timeline.database import away

logger = logging.getLogger(__name__)


class ComeBack(Exception):
    """The server cannot go on: the client is to connect again, here or elsewhere, and resume from its cursor."""


class Fault(Exception):
    """Something went wrong that nobody foresaw. It has been logged."""


def ended_by(error: Exception) -> ComeBack | Fault:
    """What an error is to those who wait for answers, who may be many: what nobody foresaw is logged, once for all."""
    if isinstance(error, ComeBack | Fault):
        return error
    away.log(logger, logging.ERROR, "an operation was broken off", error)
    return Fault()
