"""Which records a question is about, as SQL."""

from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from timeline.database import tables
from timeline.domain.acts import META, REDACTED, Status
from timeline.domain.dates import FuzzyDate
from timeline.projection.generation import Generation
from timeline.projection.terms import Found, holds

occurrence, mention, citation = tables.occurrence.c, tables.mention.c, tables.citation.c
dispute, revision = tables.dispute.c, tables.revision.c


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Each condition that is given narrows; None and nothing are different: `kinds=()` admits no event.

    `search` is what people typed; `found`, where that is to be known in SQL, what `terms.found` says of it.
    `about` is a second condition on entities. `uncertain_at`, in ms: it may have begun by then, and may not.
    Without `status` only what is current is admitted, and without `kinds` no records about records.
    """

    kinds: tuple[str, ...] | None = None
    entities: tuple[str, ...] | None = None
    occurred: FuzzyDate | None = None
    recorded_after: int | None = None
    source_host: str | None = None
    status: tuple[str, ...] | None = None
    disputed: bool | None = None
    search: str | None = None
    found: tuple[Found, ...] = ()
    about: tuple[str, ...] | None = None
    uncertain_at: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Only the conditions that are given, as JSON: a filter stays the same when others learn to say more."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.edtf if isinstance(value, FuzzyDate) else value
            for name, value in said.items()
            if value is not None and name != "found"
        }


EVERY = EventFilter()


def about(wanted: EventFilter, entity: str) -> EventFilter:
    """The same conditions, and that the events name this entity."""
    return replace(wanted, about=(entity,))


def of_one_entity(wanted: EventFilter) -> tuple[str | None, EventFilter]:
    """The entity, if what is wanted is about one alone, and what else is wanted."""
    if wanted.about is not None and len(wanted.about) == 1:
        return wanted.about[0], replace(wanted, about=None)
    if wanted.entities is not None and len(wanted.entities) == 1:
        return wanted.entities[0], replace(wanted, entities=None)
    return None, wanted


def conditions(
    wanted: EventFilter, generation: Generation, basis: int, position: ColumnElement[int] = occurrence.position
) -> list[ColumnElement[bool]]:
    """What the rows of `occurrence` must satisfy to be known at `basis` and admitted by the filter."""
    found: list[ColumnElement[bool]] = [generation.holds(occurrence), position <= basis]
    found.append(occurrence.kind.not_in(META) if wanted.kinds is None else occurrence.kind.in_(wanted.kinds))
    found.append(_has_status((Status.CURRENT.name,) if wanted.status is None else wanted.status, basis))
    if wanted.disputed is not None:
        standing = (
            select(dispute.position)
            .where(generation.holds(dispute), dispute.target == occurrence.position)
            .where(dispute.position <= basis, dispute.until > basis)
            .exists()
        )
        found.append(standing if wanted.disputed else ~standing)
    return found + lasting(wanted, generation, occurrence)


def lasting(wanted: EventFilter, generation: Generation, row: Any) -> list[ColumnElement[bool]]:
    """What the filter says, apart from kinds, that no later record changes; `row` has the columns of `occurrence`."""
    found: list[ColumnElement[bool]] = []
    for entities in (wanted.entities, wanted.about):
        if entities is not None:
            named = select(mention.position).where(generation.holds(mention), mention.entity.in_(entities))
            found.append(row.position.in_(named))
    if wanted.uncertain_at is not None:
        found += uncertain(row, wanted.uncertain_at)
    if wanted.occurred is not None:
        # What may overlap: the event's possible extent against the filter's, both half-open.
        found += [row.start_lo < wanted.occurred.reach, row.reach > wanted.occurred.start_lo]
    if wanted.recorded_after is not None:
        found.append(row.position > wanted.recorded_after)
    if wanted.source_host is not None:
        cited = select(citation.position).where(generation.holds(citation), citation.host == wanted.source_host)
        found.append(row.position.in_(cited))
    return found + [holds(each, generation, row) for each in wanted.found]


def is_in_mentions(wanted: EventFilter) -> bool:
    """Whether the mentions of an entity, and the revisions, say which of its events are wanted."""
    return replace(wanted, uncertain_at=None) == EVERY


def unrevised(generation: Generation, basis: int) -> ColumnElement[bool]:
    """That the record of a row of `mention` is current. Only events name entities; what was redacted names none."""
    # OFFSET keeps PostgreSQL from reading all revisions to join them, where a page looks up those of its own records.
    revised = select(revision.position).where(
        generation.holds(revision), revision.target == mention.position, revision.position <= basis
    )
    return ~revised.offset(0).exists()


def uncertain(row: Any, at: int) -> list[ColumnElement[bool]]:
    """It may have begun by then, and may not."""
    return [row.start_lo < at, row.start_hi > at]


def _has_status(admitted: tuple[str, ...], basis: int) -> ColumnElement[bool]:
    readable = occurrence.kind != REDACTED
    corrected, retracted = occurrence.corrected_at <= basis, occurrence.retracted_at <= basis
    conditions = {
        Status.CURRENT.name: readable & ~corrected & ~retracted,
        Status.CORRECTED.name: readable & corrected,
        Status.RETRACTED.name: readable & ~corrected & retracted,
        Status.REDACTED.name: ~readable,
    }
    return or_(false(), *(conditions[name] for name in admitted))
