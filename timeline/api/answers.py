"""Answers that are given again, as they are, while the timelines that they were made from stand where they stood."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from starlette.responses import Response

from timeline.api.asked import Asked, Key
from timeline.api.looks import Slugs
from timeline.timelines.marks import Mark

# Of a request in bytes: longer ones are not kept. And what one takes, apart from its bytes and its answer's.
REQUEST, OVERHEAD = 16_384, 4_096
_SHARE = 8  # an answer that is larger than this part of everything is not kept

Marks = Mapping[str, Mark]


class Made(NamedTuple):
    """`stands`: whether it is what anybody else would be told at the same marks."""

    response: Response
    stands: bool


class Answers:
    """The requests asked last, with what was answered: at most `most` bytes; 0: none. For one event loop.

    Marks never come back, as long as the connection lasts over which they are read. So an answer that was begun after
    its marks were seen, and is found when they are seen again, was made while they stood.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.bytes = 0
        self._asked: OrderedDict[Key, Asked] = OrderedDict()
        self._shelves: dict[Slugs, _Shelf] = {}

    def asked(self, key: Key) -> Asked | None:
        """The same request, if it was asked before."""
        if (asked := self._asked.get(key)) is not None:
            self._asked.move_to_end(key)
        return asked

    def keep(self, asked: Asked) -> None:
        """A request, for whoever asks the same."""
        if len(asked.key.sent) <= REQUEST and self.most:
            self._asked[asked.key] = asked
            self._add(_size(asked))

    async def response(self, asked: Asked, marks: Marks, make: Callable[[], Awaitable[Made]]) -> Response:
        """What was answered at these marks, which were seen just now, or what `make` makes: once for all who wait."""
        if self._asked.get(asked.key) is not asked:
            return (await make()).response
        shelf = self._shelf(asked.slugs, marks)
        if (response := shelf.responses.get(asked.key)) is not None:
            return response
        task = shelf.making.get(asked.key)
        if task is None:
            task = shelf.making[asked.key] = asyncio.create_task(self._made(asked, shelf, make))
        return await asyncio.shield(task)  # that one of those who wait leaves is nothing to the others

    def forget(self) -> None:
        """All answers: it is not known where the timelines stand."""
        for slugs in list(self._shelves):
            self._drop(slugs)

    async def _made(self, asked: Asked, shelf: "_Shelf", make: Callable[[], Awaitable[Made]]) -> Response:
        try:
            made = await make()
            size = len(made.response.body)
            is_there = self._shelves.get(asked.slugs) is shelf and self._asked.get(asked.key) is asked
            if made.stands and is_there and size * _SHARE <= self.most:
                shelf.responses[asked.key] = made.response
                self._add(size)
            return made.response
        finally:
            del shelf.making[asked.key]
            self._tidy(asked.slugs)

    def _shelf(self, slugs: Slugs, marks: Marks) -> "_Shelf":
        """Where answers at these marks are. All that were made of anything that has changed since are forgotten."""
        shelf = self._shelves.get(slugs)
        if shelf is None or shelf.marks != marks:
            for others, other in list(self._shelves.items()):
                if not _agree(others, other.marks, slugs, marks):
                    self._drop(others)
            shelf = self._shelves[slugs] = _Shelf(marks)
        return shelf

    def _add(self, size: int) -> None:
        self.bytes += size
        while self.bytes > self.most and self._asked:
            _, oldest = self._asked.popitem(last=False)
            self.bytes -= _size(oldest)
            if (shelf := self._shelves.get(oldest.slugs)) is not None and oldest.key in shelf.responses:
                self.bytes -= len(shelf.responses.pop(oldest.key).body)
                self._tidy(oldest.slugs)

    def _tidy(self, slugs: Slugs) -> None:
        shelf = self._shelves.get(slugs)
        if shelf is not None and not shelf.responses and not shelf.making:
            del self._shelves[slugs]

    def _drop(self, slugs: Slugs) -> None:
        self.bytes -= sum(len(each.body) for each in self._shelves.pop(slugs).responses.values())


class _Shelf:
    """Answers made from the same timelines, at the same marks: those that are there, and those that are being made."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.responses: dict[Key, Response] = {}
        self.making: dict[Key, asyncio.Task[Response]] = {}


def _size(asked: Asked) -> int:
    return len(asked.key.sent) + OVERHEAD


def _agree(some: Slugs, seen: Marks, others: Slugs, seen_now: Marks) -> bool:
    """Whether what was seen of some timelines, and what was seen of others, are the same where they overlap."""
    if some is None and others is None:
        return seen == seen_now
    both = others if some is None else some if others is None else some & others
    return both is not None and all(seen.get(slug) == seen_now.get(slug) for slug in both)
