"""What a client may keep of an answer, and how it is told that nothing has changed."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from timeline.api.operations import Operation
from timeline.api.reach import Reach, reach_of
from timeline.execution import Plan
from timeline.timelines import Timelines
from timeline.timelines.marks import Mark

_VARY = {"Vary": "Accept"}
NOT_KEPT = {**_VARY, "Cache-Control": "no-store"}
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Caching:
    """`code` is a mark of all that answers depend on but the timelines; `pinned_for` is in seconds."""

    timelines: Timelines
    code: str
    pinned_for: int

    async def of(self, operation: Operation, media_type: str) -> "Kept | None":
        """None if the database does not say how far its timelines are."""
        assert isinstance(operation.plan, Plan)
        reach = reach_of(operation.plan)
        slugs = reach.timelines(operation.variables)
        marks = await self.marks(slugs)
        if marks is None:
            return None
        asked = [self.code, media_type, operation.query, operation.name, operation.variables]
        digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS))
        for slug, mark in sorted(marks.items()):
            digest.update(orjson.dumps(slug) + mark.digest)
        return Kept(self, reach, operation.variables, slugs, marks, f'"{digest.hexdigest()[:40]}"')

    async def marks(self, slugs: frozenset[str] | None) -> Mapping[str, Mark] | None:
        if slugs == frozenset():
            return {}
        look = partial(self.timelines.marks.of, slugs)
        try:
            return look() if self.timelines.database.dialect.INLINE else await asyncio.to_thread(look)
        except Exception:  # noqa: BLE001  to execute the query says so, too
            return None


@dataclass(frozen=True)
class Kept:
    """A query's answer as it would be now."""

    caching: Caching
    reach: Reach
    variables: Mapping[str, Any]
    slugs: frozenset[str] | None
    marks: Mapping[str, Mark]
    tag: str

    def is_same(self, if_none_match: str) -> bool:
        """Whether a client that says this has it already."""
        return any(each.strip().removeprefix("W/") == self.tag for each in if_none_match.split(","))

    async def headers(self, *, failed: bool) -> Mapping[str, str]:
        """Of the answer, once it was worked out.

        It has a tag only if nothing was recorded meanwhile: else it may be of another basis than the tag says.
        """
        if failed or self.reach.waits(self.variables):
            return NOT_KEPT
        if await self.caching.marks(self.slugs) != self.marks:
            return {**_VARY, "Cache-Control": _ASK_AGAIN}
        return self.tagged()

    def tagged(self) -> Mapping[str, str]:
        return {**_VARY, "ETag": self.tag, "Cache-Control": self._control()}

    def _control(self) -> str:
        head = min((mark.position for mark in self.marks.values()), default=0)
        if not self.caching.pinned_for or self.slugs is None or self.slugs != self.marks.keys():
            return _ASK_AGAIN
        is_pinned = self.reach.is_pinned(self.variables, head)
        return f"public, max-age={self.caching.pinned_for}" if is_pinned else _ASK_AGAIN
