"""What was read of a timeline before and cannot have changed since.

Records never change, but that they may be blanked. What a generation says of a timeline stands while the head does.
"""

import threading
from collections.abc import Collection, Iterable
from types import EllipsisType
from typing import Any

import orjson
from sqlalchemy import Connection

from timeline.domain.contents import event_of
from timeline.domain.declare import Event
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, Record, TimelineInfo
from timeline.domain.refs import Ref
from timeline.log.read import basis_at, records_at
from timeline.projection.generation import Generation
from timeline.projection.names import Identity
from timeline.timelines.generations import Head

# At most so many are kept: timelines; records of each; bytes of a record as JSON; views of its names; names in each.
TIMELINES, RECORDS, RECORD, VIEWS, NAMES = 8, 4_000, 4_096, 50, 20_000

# What is known, as a position, and at which moment in ms (None: at last).
ViewOfNames = tuple[Generation, int, int | None]


class Reading:
    """A record as these kinds read it, worked out when it is first needed."""

    # Not `cached_property`, which until Python 3.12 takes a lock to work a value out, and a dictionary for each record.
    __slots__ = ("_event", "_headline", "_named", "_roles", "kinds", "record")

    def __init__(self, record: Record, kinds: Kinds) -> None:
        self.record = record
        self.kinds = kinds
        self._event: Event | EllipsisType | None = ...  # until it is read
        self._roles: tuple[tuple[str, Ref[Any]], ...] | None = None
        self._named: tuple[str, ...] | None = None
        self._headline: tuple[tuple[str | None, ...], str] | None = None

    @property
    def event(self) -> Event | None:
        """None for a kind that this server does not know, and for records about records."""
        if self._event is ...:
            self._event = event_of(self.kinds, self.record.content)
        return self._event

    @property
    def roles(self) -> tuple[tuple[str, Ref[Any]], ...]:
        """(field, entity) for every entity that it names."""
        if self._roles is None:
            event = self.event
            self._roles = () if event is None else tuple(self.kinds.kind_of(event).refs(event))
        return self._roles

    @property
    def named(self) -> tuple[str, ...]:
        """`kind:slug` of each of these entities."""
        if self._named is None:
            self._named = tuple([ref.key for _, ref in self.roles])
        return self._named

    def headline(self, names: tuple[str | None, ...]) -> str:
        """The kind's sentence, with the entities of `named` called like this. Raises what the kind raises."""
        last = self._headline  # looked at once: another thread may put other names there
        if last is None or last[0] != names:
            assert self.event is not None
            called = dict(zip(self.named, names, strict=True))
            event: Any = self.kinds.kind_of(self.event).named(self.event, called.get)
            last = self._headline = names, str(event.headline())
        return last[1]


class Remembered:
    """What is remembered of one timeline while its head is `head`; None: for one request only.

    Several threads may fill it.
    """

    def __init__(
        self,
        head: Head | None = None,
        readings: dict[int, Reading] | None = None,
        bases: dict[int, Basis] | None = None,
    ) -> None:
        self.head = head
        self.merged_from: dict[Generation, int] = {}  # the position of the first merge, once it was asked for
        self._readings = {} if readings is None else readings
        self._bases = {} if bases is None else bases
        self._names: dict[ViewOfNames, dict[str, Identity]] = {}

    def readings(
        self, connection: Connection, kinds: Kinds, timeline_id: int, positions: Collection[int]
    ) -> dict[int, Reading]:
        """The records at these positions: one statement, and none if all were read before."""
        known = self._readings
        found = {at: one for at in positions if (one := known.get(at)) is not None}
        if len(found) < len(positions) and (missing := [each for each in positions if each not in found]):
            read = records_at(connection, timeline_id, missing)
            new = {position: Reading(record, kinds) for position, record in read.items()}
            known.update({at: one for at, one in new.items() if self._stands(at) and _is_short(one)})
            found.update(new)
            _forget_first(known, RECORDS)
        return found

    def basis_at(self, connection: Connection, timeline_id: int, position: int) -> Basis | None:
        """What the head was at this position; None if there is no record."""
        if (one := self._readings.get(position)) is not None:
            return one.record.basis
        found = self._bases.get(position) or basis_at(connection, timeline_id, position)
        if found is not None and self._stands(position):
            self._bases[position] = found
            _forget_first(self._bases, RECORDS)
        return found

    def names(self, view: ViewOfNames) -> dict[str, Identity]:
        """Who entities are in that view: to be read, and to be filled."""
        if not self._stands(view[1]):
            return {}
        found = self._names.get(view)
        if found is None or len(found) > NAMES:
            found = self._names[view] = {}
            _forget_first(self._names, VIEWS)
        return found

    def grown(self, head: Head) -> "Remembered":
        """What is left of it at a later head by which nothing was blanked."""
        return Remembered(head, self._readings, self._bases)

    def _stands(self, position: int) -> bool:
        """Beyond the head other things may come to be: of those nothing is told to others."""
        return self.head is None or position <= self.head.basis.position


class Memory:
    """Of several timelines, and what they are called. Safe to use from several threads."""

    def __init__(self) -> None:
        self.timelines: dict[str, TimelineInfo] = {}  # by slug
        self._lock = threading.Lock()
        self._remembered: dict[int, Remembered] = {}

    def of(self, connection: Connection, timeline_id: int, head: Head) -> Remembered:
        """What is remembered under a head, which was just read together with the last order to blank a record.

        Nothing of what others remember where that order was not looked at.
        """
        if head.blanked is None:
            return Remembered()
        before = self._remembered.get(timeline_id)
        if before is not None and before.head == head:
            return before
        found = Remembered(head)
        last = None if before is None else before.head
        # After a fail-over the log may have another history, and what was read of it may not be in it.
        if last is not None and basis_at(connection, timeline_id, last.basis.position) == last.basis:
            if head.basis.position < last.basis.position:
                return found  # another request looked at the log after this one did
            if before is not None and last.blanked == head.blanked:
                found = before.grown(head)
        with self._lock:
            self._remembered.pop(timeline_id, None)
            self._remembered[timeline_id] = found
            _forget_first(self._remembered, TIMELINES)
        return found


def _is_short(reading: Reading) -> bool:
    return len(orjson.dumps(reading.record.content)) <= RECORD


def _forget_first(kept: dict[Any, Any], most: int) -> None:
    """A tenth of what was put in first goes at once, so that it does not have to be done each time."""
    if len(kept) > most:
        drop: Iterable[Any] = list(kept)[: len(kept) - most + most // 10]
        for key in drop:
            kept.pop(key, None)
