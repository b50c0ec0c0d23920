"""What must become of claims, as a plain model: every record in a list, and every answer computed from all of them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

NEVER = 1 << 62
META = ("retraction", "dispute", "redaction")


@dataclass
class Said:
    """A record. `act` is what it does to the record at `target`; `append` of one that is about no other."""

    position: int
    id: UUID
    act: str
    toy: str
    name: str | None
    target: int | None = None
    claim: int = 0
    corrected_at: int = NEVER
    retracted_at: int = NEVER
    redacted: bool = False

    @property
    def kind(self) -> str:
        if self.redacted:
            return "redacted"
        return self.act if self.act in META else "toy.moved"

    def status(self, basis: int) -> str:
        if self.redacted:
            return "REDACTED"
        if self.corrected_at <= basis:
            return "CORRECTED"
        return "RETRACTED" if self.retracted_at <= basis else "CURRENT"


@dataclass
class Model:
    said: list[Said] = field(default_factory=list)

    def by_id(self, wanted: UUID) -> Said | None:
        return next((each for each in self.said if each.id == wanted), None)

    def refusal(self, act: str, target: Said | None, *, whole: bool = True) -> str | None:
        """The code with which an act is refused. `whole`: a correction gives all that there is to give."""
        if act == "append":
            return None
        if target is None:
            return "NOT_FOUND"
        if target.act in ("retraction", "redaction") or (target.act == "dispute" and act in ("correction", "dispute")):
            return "BAD_INPUT"
        if act == "redaction":
            return "CONFLICT" if target.redacted else None
        if target.corrected_at != NEVER or (target.redacted and not (act == "correction" and whole)):
            return "CONFLICT"
        return "CONFLICT" if act != "correction" and target.retracted_at != NEVER else None

    def do(self, own: UUID, act: str, target: Said | None, toy: str, name: str | None) -> int:
        new = Said(len(self.said) + 1, own, act, toy, name, None if target is None else target.position)
        new.claim = target.claim if target and act in ("correction", "retraction") else new.position
        self.said.append(new)
        if target and act == "correction":
            target.corrected_at = new.position
        if target and act == "retraction":
            target.retracted_at = new.position
        if target and act == "redaction":
            target.redacted = True
        return new.position

    def events(self, basis: int, statuses: list[str] | None, disputed: bool | None) -> list[int]:
        """The positions of the events that are not about others, in the order of the log."""
        return [
            each.position
            for each in self.said[:basis]
            if each.kind not in META
            and each.status(basis) in (statuses if statuses is not None else ["CURRENT"])
            and disputed in (None, bool(self.disputes(each, basis)))
        ]

    def disputes(self, of: Said, basis: int) -> list[int]:
        return [
            each.position
            for each in self.said[:basis]
            if each.act == "dispute" and each.target == of.position and each.status(basis) == "CURRENT"
        ]

    def versions(self, of: Said, basis: int) -> list[int]:
        return [
            each.position
            for each in self.said[:basis]
            if each.claim == of.claim and (each.position == of.claim or each.act in ("correction", "retraction"))
        ]

    def current(self, of: Said, basis: int) -> int | None:
        last = [at for at in self.versions(of, basis) if self.said[at - 1].act != "retraction"][-1]
        return None if self.said[last - 1].retracted_at <= basis else last

    def names(self, toy: str, basis: int) -> list[str]:
        """What versions that stand call it, the first claim's name first; else what stood last, else its slug."""
        giving = [
            each
            for each in self.said[:basis]
            if each.act in ("append", "correction") and each.toy == toy and each.name and not each.redacted
        ]
        stands = [each for each in giving if each.status(basis) == "CURRENT"]
        if stands:
            return list(dict.fromkeys(str(each.name) for each in sorted(stands, key=lambda each: each.claim)))
        ended = sorted(giving, key=lambda each: min(each.corrected_at, each.retracted_at))
        return [str(ended[-1].name)] if ended else [toy]


def told(node: dict[str, Any]) -> dict[str, Any]:
    """A node with positions in the place of other nodes, and without its id."""
    flat = {
        key: each["position"] if isinstance(each, dict) and "position" in each else each for key, each in node.items()
    }
    flat["disputes"] = [each["position"] for each in node["disputes"]]
    flat["versions"] = [(each["position"], each["status"]) for each in node["versions"]]
    if "toy" in node:
        flat["toy"] = [node["toy"]["name"], *node["toy"]["aliases"]]
    del flat["id"]
    return flat


TYPES = {"toy.moved": "Moved", "redacted": "RedactedEvent", **{kind: kind.capitalize() for kind in META}}


def expected(model: Model, of: Said, basis: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "__typename": TYPES[of.kind],
        "position": of.position,
        "kind": of.kind,
        "status": of.status(basis),
        "claimId": str(model.said[of.claim - 1].id),
        "disputes": model.disputes(of, basis),
        "versions": [(at, model.said[at - 1].status(basis)) for at in model.versions(of, basis)],
        "current": model.current(of, basis),
        "supersededBy": of.corrected_at if of.corrected_at <= basis else None,
    }
    if of.kind in META:
        answer["target"] = of.target
    if of.kind == "redacted":
        answer["redaction"] = next(
            each.position for each in model.said if each.act == "redaction" and each.target == of.position
        )
    if of.kind == "toy.moved":
        answer["toy"] = model.names(of.toy, basis)
    return answer
