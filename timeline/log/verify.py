"""Proving a log: every record against its commitment and against the record before it, in order of position."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

from timeline.domain.acts import REDACTION
from timeline.domain.records import Basis
from timeline.log import chain

UNTOLD = 0  # an export does not say which record blanked another


class Stored(NamedTuple):
    """A record as it is stored. Nothing of it is taken on trust, not even its types, but for `id`, which is None if it
    is no id.

    `redaction`: the position of the record that had this one blanked, None if there is none. `unread`: why it cannot be
    read, and then nothing else but its position is looked at.
    """

    position: Any
    id: UUID | None
    recorded_at: Any = None
    content: Any = None
    salt: Any = None
    commitment: Any = None
    hash: Any = None
    redaction: int | None = None
    unread: str | None = None


class Fault(NamedTuple):
    """The first thing that is wrong. Position and id are None where it is the head, id where a record is missing."""

    position: int | None
    id: UUID | None
    problem: str


@dataclass(slots=True)
class Proof:
    """How far a log was proven: `hash` stands for all of it up to `position`."""

    position: int = 0
    recorded_at: int | None = None
    hash: bytes = chain.GENESIS
    _blanked: dict[UUID, tuple[int, int]] = field(default_factory=dict)  # whose redaction is still to come

    def of(self, rows: Iterable[Stored], head: Basis | None = None) -> Fault | None:
        """Go through rows in order of position until one is wrong; `head` is what the database says that it ends with.

        What is kept grows with the records that were blanked and not with the log.
        """
        for stored in rows:
            due = self.position + 1
            if stored.position != due:
                return Fault(due, None, f"it is missing: after position {self.position} comes {stored.position}")
            if problem := self._problem(stored):
                return Fault(due, stored.id, problem)
            self.position, self.recorded_at, self.hash = due, stored.recorded_at, stored.hash
        if head is not None and head.position > self.position:
            return Fault(self.position + 1, None, f"it is missing: the head is at position {head.position}")
        for target, (position, _) in self._blanked.items():
            return Fault(position, target, "it was blanked, and no redaction of it is recorded")
        if head is not None and head != Basis(self.position, self.recorded_at, self.hash if self.position else None):
            return Fault(None, None, f"the head is not what the last record, at position {self.position}, says")
        return None

    def _problem(self, stored: Stored) -> str | None:
        if stored.unread is not None:
            return stored.unread
        if stored.id is None:
            return "its id is not one"
        if not isinstance(stored.recorded_at, int) or not -(1 << 63) <= stored.recorded_at < 1 << 63:
            return "the time it was recorded at is not one"
        if not isinstance(stored.commitment, bytes) or not isinstance(stored.hash, bytes):
            return "its commitment or its hash is not bytes"
        if problem := self._redaction(stored) if stored.content is None else self._content(stored):
            return problem
        if chain.link(self.hash, stored.position, stored.id, stored.recorded_at, stored.commitment) != stored.hash:
            return "its hash does not follow from the record before it and its own position, id, time and commitment"
        if self.recorded_at is not None and stored.recorded_at < self.recorded_at:
            return "it was recorded before the record before it"
        return None

    def _redaction(self, stored: Stored) -> str | None:
        if stored.salt is not None:
            return "its content is gone, and its salt is not"
        if stored.redaction is None:
            return "it was blanked, and no redaction of it is recorded"
        assert stored.id is not None
        self._blanked[stored.id] = (stored.position, stored.redaction)
        return None

    def _content(self, stored: Stored) -> str | None:
        if stored.redaction is not None:
            return "it was redacted, and its content is still there"
        if not isinstance(stored.salt, bytes) or len(stored.salt) != chain.SALT_BYTES:
            return f"its salt is not {chain.SALT_BYTES} bytes"
        try:
            text = stored.content.encode()
            if chain.commitment(stored.salt, text) != stored.commitment:
                return "its content and salt are not what it is committed to"
            content = json.loads(text, parse_float=_no_number)
            if chain.canonical(content) != text:
                return "its content is not canonical JSON"
            return (
                self._redeem(stored.position, UUID(content["data"]["target"])) if content["kind"] == REDACTION else None
            )
        except (AttributeError, LookupError, TypeError, ValueError):
            return "its content is not what a record's is"

    def _redeem(self, position: int, target: UUID) -> str | None:
        blanked, by = self._blanked.pop(target, (None, UNTOLD))
        if blanked is None:
            return f"it redacts {target}, and that record was not blanked"
        return None if by in (UNTOLD, position) else f"it redacts {target}, and the database says that {by} does"


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text}: contents have whole numbers only")
