"""What an append asks for and what comes of it."""

import enum
from concurrent.futures import Future
from dataclasses import dataclass, field

from timeline.domain.records import Basis, Record
from timeline.log.append import Entry
from timeline.projection.generation import Generation


class NewEntities(enum.Enum):
    """Whether an append may name entities that nothing named before."""

    ALLOW = "ALLOW"
    REFUSE = "REFUSE"


@dataclass(frozen=True, slots=True)
class EntitiesUnchanged:
    """Expect that no record after position `since` names one of these (`kind:slug`)."""

    refs: tuple[str, ...]
    since: int


@dataclass(frozen=True, slots=True)
class Appended:
    """`records` in the order given, those that were there already included (`duplicates` of them).

    `records` is empty when the append was only validated. `generation` is what was derived up to `basis`.
    """

    records: tuple[Record, ...]
    duplicates: int
    basis: Basis
    generation: Generation


@dataclass(frozen=True, slots=True, eq=False)
class Append:
    """One caller's append, made ready before the lock is taken; `future` is answered once it is durable or refused.

    `expect` is the head's position, or entities that are unchanged.
    """

    timeline_id: int
    entries: tuple[Entry, ...]
    expect: int | EntitiesUnchanged | None
    new_entities: NewEntities
    validate_only: bool
    future: Future[Appended] = field(default_factory=Future)

    @property
    def entities(self) -> set[str]:
        return {entity for entry in self.entries for entity in entry.said.entities}
