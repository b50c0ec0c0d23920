"""What resolvers pass to each other: timelines, events and entities, each under the view in which it was asked for."""

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from timeline.domain.acts import DISPUTE, REDACTED, REDACTION, RETRACTION
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Event
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, Record, TimelineInfo
from timeline.domain.refs import Ref
from timeline.projection.generation import Generation
from timeline.projection.states import When
from timeline.timelines.generations import required
from timeline.timelines.memory import Reading

N = TypeVar("N")
T = TypeVar("T")


class Certainty(enum.Enum):
    """DEFINITE: what has certainly begun by then. POSSIBLE: also what may have."""

    DEFINITE = "DEFINITE"
    POSSIBLE = "POSSIBLE"


@dataclass(frozen=True, slots=True)
class View:
    """A timeline as one part of a question looks at it.

    `basis` is what is known, and `derived` what was derived from that much, if it was; `known_at` repeats its position
    only where the question asked for one. `at` and `certainty` are None where the question says nothing.
    """

    timeline: TimelineInfo
    basis: Basis
    derived: Generation | None
    known_at: int | None = None
    at: FuzzyDate | None = None
    certainty: Certainty | None = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = self.timeline.id, self.basis.position, self.known_at, self.at and self.at.edtf, self.certainty
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        """Made once: what is read is gathered by views, and all nodes of a page have the same one."""
        return self._hash

    @property
    def graphql_type(self) -> str:
        return "Timeline"

    @property
    def generation(self) -> Generation:
        """BEHIND if this server is still deriving it."""
        return required(self.derived)

    @property
    def until(self) -> int | None:
        """Entities are as they are at this moment in ms; None: at last."""
        return None if self.at is None else self.at.start_hi

    @property
    def when(self) -> When:
        return When(self.basis.position, self.until, self.certainty is Certainty.POSSIBLE)

    def without_date(self) -> "View":
        return replace(self, at=None, certainty=None)

    def looking_at(self, at: FuzzyDate | None) -> "View":
        return replace(self, at=at)

    def pinned(self, basis: Basis) -> "View":
        return replace(self, basis=basis, known_at=basis.position)


_TYPES = {RETRACTION: "Retraction", DISPUTE: "Dispute", REDACTION: "Redaction", REDACTED: "RedactedEvent"}


class EventNode:
    """A record under a view."""

    __slots__ = ("reading", "record", "view")

    def __init__(self, view: View, reading: Reading) -> None:
        self.view = view
        self.reading = reading
        self.record = reading.record

    @classmethod
    def of(cls, view: View, record: Record, kinds: Kinds) -> "EventNode":
        return cls(view, Reading(record, kinds))

    @property
    def event(self) -> Event | None:
        """None for a kind that this server does not know."""
        return self.reading.event

    @property
    def graphql_type(self) -> str:
        if (name := _TYPES.get(self.record.kind)) is not None:
            return name
        event = self.reading.event
        return "UnknownEvent" if event is None else event.declared.graphql

    def other(self, reading: Reading) -> "EventNode":
        """Another record, under the same view."""
        return EventNode(self.view, reading)

    def under(self, view: View) -> "EventNode":
        """The same record, under another view."""
        return EventNode(view, self.reading)

    @property
    def roles(self) -> tuple[tuple[str, Ref[Any]], ...]:
        """(field, entity) for every entity that it names."""
        return self.reading.roles

    def field(self, name: str) -> Any:
        return getattr(self.reading.event, name)


class FollowedNode(EventNode):
    """A record as it was known at its own position: each has a view of its own, made when it is needed."""

    __slots__ = ("_head", "_own")

    def __init__(self, head: View, reading: Reading) -> None:
        self._head = head
        self._own: View | None = None
        self.reading = reading
        self.record = reading.record

    @property
    def view(self) -> View:  # type: ignore[override]
        if self._own is None:
            self._own = replace(self._head, basis=self.record.basis)
        return self._own


@dataclass(frozen=True, slots=True)
class EntityNode:
    view: View
    ref: Ref[Any]
    graphql_type: str


@dataclass(frozen=True, slots=True)
class Page(Generic[N]):
    """One page of a connection. `count` takes a connection and counts all there are, when somebody asks."""

    nodes: Sequence[N]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    basis: Basis | None
    count: Callable[[Any], int]


def by_view(asked: Iterable[tuple[View, T]]) -> dict[View, dict[T, None]]:
    """What is asked under each view, each once, in order."""
    found: dict[View, dict[T, None]] = {}
    last: View | None = None
    for view, each in asked:
        if view is not last:  # mostly it is the one before
            last, several = view, found.setdefault(view, {})
        several[each] = None
    return found


def refs_in(value: Any) -> tuple[Ref[Any], ...]:
    """The entities that a value names: itself, or its members."""
    return tuple(each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Ref))
