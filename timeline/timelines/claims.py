"""What may be done to the records that appends are about, as the appends admitted so far leave them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from timeline.database.columns import NEVER
from timeline.domain.acts import CORRECTION, DISPUTE, REDACTED, REDACTION, RETRACTION
from timeline.domain.records import Record
from timeline.errors import BadInput, Conflict, IdReused, NotFound, Unavailable
from timeline.log.read import records_at
from timeline.projection.generation import Generation
from timeline.projection.standing import About, Standing, last_versions, standings

_DONE = {CORRECTION: "corrected", RETRACTION: "withdrawn", DISPUTE: "disputed", REDACTION: "redacted"}


@dataclass(slots=True)
class Claims:
    """The standing of each target, by position; `latest` has the id of the last version of each claim that has moved
    on, by the position of its first.
    """

    standings: dict[int, Standing] = field(default_factory=dict)
    latest: dict[int, UUID] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, generation: Generation, targets: Iterable[Record]) -> "Claims":
        """One statement if there are targets, and two more if somebody looked at a version that is not current."""
        positions = [record.position for record in targets]
        if not positions:
            return cls()
        found = standings(connection, generation, positions)
        moved = {each.claim for each in found.values() if each.corrected_at != NEVER}
        if not moved:
            return cls(found)
        last = last_versions(connection, generation, moved)
        records = records_at(connection, generation.timeline_id, last.values())
        return cls(found, {claim: records[position].id for claim, position in last.items()})

    def copy(self) -> "Claims":
        return Claims({position: replace(each) for position, each in self.standings.items()}, dict(self.latest))

    def admit(self, record: Record, target: Record | None) -> tuple[Record, About]:
        """Let a numbered record do to its target, which there must be, what it says. NOT_FOUND, BAD_INPUT, or CONFLICT,
        naming the version that is current by now.
        """
        kind = CORRECTION if "corrects" in record.content else record.kind
        path = ("corrects",) if kind == CORRECTION else ("data", "target")
        if target is None:
            raise NotFound(f"there is no event {record.target} in this timeline", path)
        standing = self.standings.setdefault(
            target.position, Standing(target.position, target.position, is_dispute=target.kind == DISPUTE)
        )
        was = DISPUTE if standing.is_dispute else target.kind
        if was in (RETRACTION, REDACTION) or (was == DISPUTE and kind not in (RETRACTION, REDACTION)):
            raise BadInput(f"a {was} cannot be {_DONE[kind]}", path)
        if problem := self.conflict(kind, record.content, target, standing):
            raise Conflict(problem, path)
        if kind == CORRECTION:
            standing.corrected_at = record.position
            self.standings[record.position] = Standing(record.position, standing.claim)
            self.latest[standing.claim] = record.id
        elif kind == RETRACTION:
            standing.retracted_at = record.position
        elif kind == REDACTION:
            self._check_shape(record, target)
            standing.redacted = True
        return target, About(kind, target.position, standing.claim)

    def _check_shape(self, record: Record, target: Record) -> None:
        """What a redaction says of its target was read before the lock was taken, when that may not have been there."""
        if target.target is not None and "was" not in record.content["data"]:
            raise Unavailable(f"the event {target.id} was appended only just now: try again, that is safe")

    def conflict(self, kind: str, content: Mapping[str, Any], target: Record, standing: Standing) -> str | None:
        if kind == REDACTION:
            return f"the event {target.id} is redacted already" if standing.redacted else None
        if standing.corrected_at != NEVER:
            return (
                f"the event {target.id} was corrected at position {standing.corrected_at};"
                f" the last version is {self.latest[standing.claim]}"
            )
        if kind == CORRECTION:
            missing = _kept(content) if standing.redacted else []
            return f"the event {target.id} was redacted: give its {' and its '.join(missing)}" if missing else None
        if standing.redacted:
            return f"the event {target.id} was redacted: nothing is left to be {_DONE[kind]}"
        if standing.retracted_at != NEVER:
            return f"the event {target.id} was withdrawn at position {standing.retracted_at}"
        return None


def conflict_of_correction(
    connection: Connection, generation: Generation, target: Record, changed: Sequence[str]
) -> str | None:
    """What an append would answer to a correction of `target` that gives `changed` and keeps the rest. BAD_INPUT if it
    was a dispute.
    """
    claims = Claims.of(connection, generation, [target])
    if claims.standings[target.position].is_dispute:
        raise BadInput(f"a {DISPUTE} cannot be corrected", ("event",))
    return claims.conflict(CORRECTION, {"changed": changed}, target, claims.standings[target.position])


def stands(connection: Connection, generation: Generation, record: Record) -> bool:
    """Whether it is the current version of a claim that was not withdrawn."""
    standing = Claims.of(connection, generation, [record]).standings[record.position]
    return standing.corrected_at == standing.retracted_at == NEVER


def reused(record: Record) -> IdReused:
    """Why what was sent with the id of `record` is no retry of it."""
    whose = "a redacted" if record.kind == REDACTED else "another"
    return IdReused(f"the id {record.id} is that of {whose} event, at position {record.position}", ("id",))


def _kept(content: Mapping[str, Any]) -> list[str]:
    """What a correction takes over from the version that it corrects."""
    needed = ["occurred", "data", *(name for name in ("sources", "note") if name in content)]
    return [name for name in needed if name not in content["changed"]]
