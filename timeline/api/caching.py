"""What a client may keep of an answer, and how it is told that nothing has changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from timeline.api.asked import Asked
from timeline.timelines.marks import Mark

_VARY = {"Vary": "Accept"}
NOT_KEPT = {**_VARY, "Cache-Control": "no-store"}
ASK_AGAIN = {**_VARY, "Cache-Control": "no-cache"}


@dataclass(frozen=True)
class Caching:
    """`code` is a mark of all that answers depend on but the timelines; `pinned_for` is in seconds."""

    code: str
    pinned_for: int

    def tagged(self, asked: Asked, marks: Mapping[str, Mark]) -> Mapping[str, str]:
        """The headers of an answer that was made while the timelines stood at these marks."""
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


def is_same(headers: Mapping[str, str], if_none_match: str) -> bool:
    """Whether a client that says this has the answer with these headers already."""
    return any(each.strip().removeprefix("W/") == headers["ETag"] for each in if_none_match.split(","))
