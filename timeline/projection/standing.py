"""What became of records: which are superseded, withdrawn, disputed or blanked, from which position on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from timeline.database import tables
from timeline.database.columns import NEVER
from timeline.domain.acts import REDACTED, RETRACTION, Status
from timeline.projection.generation import Generation, in_generation, together

_occurrence, _revision, _dispute, _mention = (
    tables.occurrence.c,
    tables.revision.c,
    tables.dispute.c,
    tables.mention.c,
)


@dataclass(slots=True)
class Standing:
    """What became of the record at `position`; `claim` is the position of its claim's first version.

    `is_dispute` is known of a redacted record too: an event may be corrected after that, a dispute never.
    """

    position: int
    claim: int
    corrected_at: int = NEVER
    retracted_at: int = NEVER
    redacted: bool = False
    is_dispute: bool = False

    def status(self, basis: int) -> Status:
        """What was redacted is so at every basis: nothing is left to tell what it was before."""
        if self.redacted:
            return Status.REDACTED
        if self.corrected_at <= basis:
            return Status.CORRECTED
        return Status.RETRACTED if self.retracted_at <= basis else Status.CURRENT


class About(NamedTuple):
    """What a record does to the one at `target`: `kind` is CORRECTION, or that of the record about a record.

    `entities`: which ones the target names; `names`: what it calls them, where it does.
    """

    kind: str
    target: int
    claim: int
    entities: tuple[str, ...] = ()
    names: Mapping[str, str] = {}


_STANDINGS = (
    select(
        _occurrence.position,
        _occurrence.kind,
        _occurrence.corrected_at,
        _occurrence.retracted_at,
        _revision.claim,
        _dispute.target.label("disputed"),
    )
    .select_from(
        tables.occurrence.outerjoin(
            tables.revision,
            together(_revision, _occurrence) & (_revision.position == _occurrence.position),
        ).outerjoin(
            tables.dispute,
            together(_dispute, _occurrence) & (_dispute.position == _occurrence.position),
        )
    )
    .where(
        in_generation(_occurrence),
        _occurrence.position.in_(bindparam("positions", expanding=True)),
    )
)
_IN_CLAIMS = (
    select(
        _revision.claim,
        _revision.position,
        func.row_number().over(partition_by=_revision.claim, order_by=_revision.position).label("number"),
    )
    .where(
        in_generation(_revision),
        _revision.claim.in_(bindparam("claims", expanding=True)),
        _revision.position <= bindparam("basis"),
    )
    .subquery()
)
_FIRST_IN_CLAIMS = (
    select(_IN_CLAIMS.c.claim, _IN_CLAIMS.c.position)
    .where(_IN_CLAIMS.c.number <= bindparam("first"))
    .order_by(_IN_CLAIMS.c.claim, _IN_CLAIMS.c.position)
)
_LAST_VERSIONS = (
    select(_revision.claim, func.max(_revision.position))
    .join_from(
        tables.revision,
        tables.occurrence,
        together(_occurrence, _revision) & (_occurrence.position == _revision.position),
    )
    .where(
        in_generation(_revision),
        _revision.claim.in_(bindparam("claims", expanding=True)),
        _revision.position <= bindparam("basis"),
        _occurrence.kind != RETRACTION,
    )
    .group_by(_revision.claim)
)
_DISPUTES = (
    select(_dispute.target, _dispute.position)
    .where(
        in_generation(_dispute),
        _dispute.target.in_(bindparam("positions", expanding=True)),
        _dispute.position <= bindparam("basis"),
        _dispute.until > bindparam("basis"),
    )
    .order_by(_dispute.target, _dispute.position)
)
_TOUCHED = (
    select(_mention.entity, func.max(_revision.position).label("last"))
    .join_from(
        tables.revision,
        tables.mention,
        together(_mention, _revision) & (_mention.position == _revision.target),
    )
    .where(
        in_generation(_revision),
        _revision.position > bindparam("since"),
        _mention.entity.in_(bindparam("entities", expanding=True)),
    )
    .group_by(_mention.entity)
)


def standings(connection: Connection, generation: Generation, positions: Collection[int]) -> dict[int, Standing]:
    rows = connection.execute(_STANDINGS, {**generation.given, "positions": list(positions)})
    return {
        row.position: Standing(
            row.position,
            row.position if row.claim is None else row.claim,
            row.corrected_at,
            row.retracted_at,
            row.kind == REDACTED,
            row.disputed is not None,
        )
        for row in rows
    }


def revisions(
    connection: Connection, generation: Generation, claims: Collection[int], basis: int, first: int
) -> dict[int, list[int]]:
    """The first few corrections and retractions of each claim known at `basis`; nothing for those without."""
    found: dict[int, list[int]] = {}
    given = {**generation.given, "claims": list(claims), "basis": basis, "first": first}
    for claim, position in connection.execute(_FIRST_IN_CLAIMS, given):
        found.setdefault(claim, []).append(position)
    return found


def last_versions(
    connection: Connection, generation: Generation, claims: Collection[int], basis: int = NEVER
) -> dict[int, int]:
    """The last correction of each claim known at `basis`; nothing for those without."""
    given = {**generation.given, "claims": list(claims), "basis": basis}
    return {claim: position for claim, position in connection.execute(_LAST_VERSIONS, given)}  # noqa: C416


def disputes(
    connection: Connection, generation: Generation, positions: Collection[int], basis: int
) -> dict[int, list[int]]:
    """The disputes that stand at `basis`, by the position of what they dispute."""
    found: dict[int, list[int]] = {}
    given = {**generation.given, "positions": list(positions), "basis": basis}
    for target, position in connection.execute(_DISPUTES, given):
        found.setdefault(target, []).append(position)
    return found


def last_touched(
    connection: Connection, generation: Generation, entities: Collection[str], since: int
) -> dict[str, int]:
    """The last record after `since` that corrects or withdraws one that names each of `entities`."""
    given = {**generation.given, "entities": list(entities), "since": since}
    return {row.entity: row.last for row in connection.execute(_TOUCHED, given)}
