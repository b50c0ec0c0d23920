"""Records about records: what becomes of a claim after it was first recorded.

A claim is a first record and its corrections. A correction supersedes the current version, a retraction withdraws the
whole claim, a dispute marks one version and leaves it standing, a redaction blanks one record and keeps its proof.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from timeline.domain import texts
from timeline.domain.acts import DISPUTE, REDACTION
from timeline.domain.records import NewEvent, Source
from timeline.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeta:
    """What a caller wants recorded about the record `target`: a retraction, a dispute or a redaction."""

    kind: str
    target: UUID
    reason: str | None = None
    note: str | None = None
    sources: tuple[Source, ...] = ()
    id: UUID | None = None

    @property
    def act(self) -> str:
        return self.kind


New = NewEvent | NewMeta


def meta_content(new: NewMeta) -> dict[str, Any]:
    """What is recorded of it; BAD_INPUT if it says too little or too much."""
    if new.kind == DISPUTE and new.reason is not None:
        raise BadInput("a dispute says why in its note", ("reason",))
    if new.kind != DISPUTE and new.reason is None:
        raise BadInput(f"a {new.kind} needs a reason", ("reason",))
    if new.kind == REDACTION and (new.sources or new.note):
        raise BadInput("a redaction has a reason and nothing else", ("sources" if new.sources else "note",))
    content: dict[str, Any] = {"kind": new.kind, "version": 1, "data": {"target": str(new.target)}}
    if new.reason is not None:
        content["reason"] = texts.line(new.reason)
    if new.note is not None:
        content["note"] = new.note
    if new.sources:
        content["sources"] = [source.to_json() for source in new.sources]
    return content
