"""What a client may keep of an answer, and how it is told that nothing has changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.responses import Response

from timeline.api.asked import Asked, Tagged
from timeline.timelines.marks import Mark

_FEW = 8  # timelines: the tag of an answer that depends on more is made anew each time
_VARY = {"Vary": "Accept"}
NOT_KEPT = {**_VARY, "Cache-Control": "no-store"}
ASK_AGAIN = {**_VARY, "Cache-Control": "no-cache"}


@dataclass(frozen=True)
class Caching:
    """`code` is a mark of all that answers depend on but the timelines; `pinned_for` is in seconds."""

    code: str
    pinned_for: int

    def tagged(self, asked: Asked, marks: Mapping[str, Mark]) -> Tagged:
        """What an answer is tagged with that was made while the timelines stood at these marks."""
        tagged = asked.tagged
        if tagged is None or tagged.marks != marks:
            headers = self._headers(asked, marks)
            tagged = Tagged(marks, headers, Response(status_code=304, headers=headers))
            if len(marks) <= _FEW:
                asked.tagged = tagged
        return tagged

    def _headers(self, asked: Asked, marks: Mapping[str, Mark]) -> Mapping[str, str]:
        digest = hashlib.sha256(orjson.dumps(self.code) + asked.digest)
        for slug, mark in sorted(marks.items()):
            digest.update(orjson.dumps(slug) + mark.digest)
        tag = f'"{digest.hexdigest()[:40]}"'
        return {**_VARY, "ETag": tag, "Cache-Control": self._control(asked, marks)}

    def _control(self, asked: Asked, marks: Mapping[str, Mark]) -> str:
        head = min((mark.position for mark in marks.values()), default=0)
        is_pinned = (
            self.pinned_for
            and asked.slugs is not None
            and asked.slugs == frozenset(marks)
            and asked.pinned_at is not None
            and asked.pinned_at <= head
        )
        return f"public, max-age={self.pinned_for}" if is_pinned else ASK_AGAIN["Cache-Control"]


def is_same(tagged: Tagged, if_none_match: str) -> bool:
    """Whether a client that says this has the answer already."""
    return any(each.strip().removeprefix("W/") == tagged.headers["ETag"] for each in if_none_match.split(","))
