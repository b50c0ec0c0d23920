"""A query as it came over HTTP, and all that can be told of it before it is executed."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson
from starlette.responses import Response

from timeline.api.looks import Slugs
from timeline.api.operations import Operation
from timeline.api.reach import reach_of
from timeline.execution import Plan
from timeline.timelines.marks import Mark


class Key(NamedTuple):
    """What is the same for the same request: `sent` is its body, or with GET its query string."""

    method: str
    media_type: str  # of the answer
    sent: bytes


class Tagged(NamedTuple):
    """The headers of an answer while the timelines stand at these marks, and what a client gets who has it already."""

    marks: Mapping[str, Mark]
    headers: Mapping[str, str]
    unchanged: Response


class Asked:
    """Small: it does not hold the plan, which takes a hundred times what the text of a query does.

    `pinned_at`: the position of the heads from which on the answer is the same for good; None if there is none.
    `tagged`: as it was last.
    """

    def __init__(self, key: Key, operation: Operation) -> None:
        assert isinstance(operation.plan, Plan)
        reach, variables = reach_of(operation.plan), operation.variables
        parts = [key.media_type, operation.query, operation.name, variables]
        self.key = key
        self.digest = hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()
        self.slugs: Slugs = reach.timelines(variables)
        self.waits = reach.waits(variables)
        self.pinned_at = reach.pinned_at(variables)
        self.tagged: Tagged | None = None
