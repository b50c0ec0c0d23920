"""How far timelines are, asked for by many requests at once."""

import asyncio
from collections.abc import Mapping

from timeline.timelines import Timelines
from timeline.timelines.marks import Mark

Slugs = frozenset[str] | None  # None: all that there are


class Looks:
    """What a look sees was committed before it began: so one look is for all who asked before that."""

    def __init__(self, timelines: Timelines) -> None:
        self._marks = timelines.marks
        self._inline = timelines.database.backend.INLINE
        self._turn = asyncio.Lock()
        self._next = _Look()

    async def at(self, slugs: Slugs) -> Mapping[str, Mark] | None:
        """Of those of them that there are. None if the database does not say."""
        if slugs is not None and not slugs:
            return {}
        if self._inline:
            return await self._seen(slugs)
        look = self._next
        look.join(slugs)
        async with self._turn:
            if not look.is_done:
                self._next = _Look()  # whoever asks from here on has to have a later one
                look.seen = await self._seen(look.slugs)
                look.is_done = True
        if look.seen is None or slugs is None:
            return look.seen
        return {slug: look.seen[slug] for slug in slugs if slug in look.seen}

    async def _seen(self, slugs: Slugs) -> Mapping[str, Mark] | None:
        try:
            return self._marks.of(slugs) if self._inline else await self._marks.seen(slugs)
        except Exception:  # noqa: BLE001  to execute the query says so, too
            return None


class _Look:
    def __init__(self) -> None:
        self.slugs: Slugs = frozenset()
        self.seen: Mapping[str, Mark] | None = None
        self.is_done = False

    def join(self, slugs: Slugs) -> None:
        self.slugs = None if self.slugs is None or slugs is None else self.slugs | slugs
