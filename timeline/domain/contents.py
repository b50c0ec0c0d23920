"""The content of a record: made from what a caller wants recorded, and read again."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from timeline.domain import texts
from timeline.domain.acts import META
from timeline.domain.claims import New, NewMeta, meta_content
from timeline.domain.declare import Event
from timeline.domain.effects import Effect, effects_of
from timeline.domain.fields import Shape
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent, Record, read_sources
from timeline.domain.values import read_date
from timeline.domain.wording import Wording
from timeline.errors import BadInput, under

logger = logging.getLogger(__name__)

_FIELDS = frozenset(
    {"id", "kind", "version", "data", "occurred", "names", "sources", "note", "corrects", "changed", "reason"}
)
CHANGEABLE = ("occurred", "data", "sources", "note")  # what a correction keeps, or gives
_OURS = frozenset({"position", "recordedAt", "recordedBy", "salt", "commitment", "hash"})  # what an export adds


class Said(NamedTuple):
    """What a record says: its event, `kind:slug` of each entity that this names, what it does to their attributes, and
    its words, if they are made already. `event` is None in a record about another one, and where the registry cannot
    read it.
    """

    event: Event | None
    entities: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    wording: Wording | None = None


class Content(NamedTuple):
    """What is recorded of an event (equal events give equal content), and what it says."""

    recorded: dict[str, Any]
    said: Said


def content_of(kinds: Kinds, new: New) -> Content:
    """BAD_INPUT, with the path, if the event is not valid."""
    if isinstance(new, NewMeta):
        return Content(meta_content(new), Said(None))
    kind = kinds.kind_of(new.event)
    data = kind.encode(new.event)
    entities: dict[str, None] = {}
    names: dict[str, str] = {}
    for field, ref in kind.refs(new.event):
        key = ref.key
        if ref.kind not in kinds.entities:
            raise BadInput(f"there is no entity kind {ref.kind!r}", ("data", field))
        if ref.name is not None and names.setdefault(key, ref.name) != ref.name:
            raise BadInput(f"{key} is given two names", ("data", field))
        entities[key] = None
    try:
        effects = tuple(effects_of(kinds.attributes, kind.changes(new.event, new.occurred)))
        new.event.headline()
        if strangers := _entities_in(kinds, effects) - entities.keys():
            raise ValueError(f"it says something of {min(strangers)}, which it does not name")
    except Exception as error:
        if not isinstance(error, ValueError):  # a mistake in the declaration: its author is told, the caller is not
            logger.exception("%s cannot be applied", kind.name)
        why = f": {error}" if isinstance(error, ValueError) else ""
        raise BadInput(f"{kind.name} cannot be applied{why}", ("data",)) from error
    content: dict[str, Any] = {
        "kind": kind.name,
        "version": kind.declared.version,
        "occurred": new.occurred.edtf,
        "data": data,
    }
    if names:
        content["names"] = names
    if new.sources:
        content["sources"] = [source.to_json() for source in new.sources]
    if new.note is not None:
        content["note"] = new.note
    if new.corrects is not None:
        if new.reason is None:
            raise BadInput("a correction needs a reason", ("reason",))
        content |= {"corrects": str(new.corrects), "changed": list(new.changed), "reason": texts.line(new.reason)}
    return Content(content, Said(new.event, tuple(entities), effects))


def _entities_in(kinds: Kinds, effects: Iterable[Effect]) -> set[str]:
    found = {effect.entity for effect in effects} | {effect.refers for effect in effects if effect.refers}
    for effect in effects:
        per = kinds.attributes[effect.attribute].per
        if per is not None and per.shape is Shape.REF:
            found.add(effect.key)
    return found


def new_event(kinds: Kinds, data: object) -> New:
    """One line of an import or export: `{"kind", "occurred", "data", "id", "version", "names", "sources", "note"}`.

    A correction has also `corrects`, `changed` and `reason`; a record about another one has `{"target": id}` for data,
    and no date. What an export adds (positions, times, hashes) is left aside: the timeline that it is appended to gives
    its own.
    """
    if not isinstance(data, dict):
        raise BadInput(f"an event is an object, not {texts.kind_of(data)}")
    if "specversion" in data:
        raise BadInput("it is a CloudEvent, which `timeline import` reads")
    if unknown := data.keys() - _FIELDS - _OURS:
        raise BadInput(f"an event has no field {min(map(str, unknown))[:100]!r}")
    if data.get("kind") in META:
        return _new_meta(data)
    kind = _under("kind", kinds.event, data.get("kind"))
    version = data.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadInput("a version is a whole number", ("version",))
    event = _under("data", kind.decode, data.get("data"), version)
    if data.get("names") is not None:
        names = {ref.key: ref.name for _, ref in kind.refs(event) if ref.name} | _under("names", _names, data["names"])
        if strangers := names.keys() - {ref.key for _, ref in kind.refs(event)}:
            raise BadInput("the event does not name this entity", ("names", min(strangers)))
        event = kind.named(event, names.get)
    return NewEvent(
        event=event,
        occurred=_under("occurred", read_date, data.get("occurred")),
        sources=() if data.get("sources") is None else _under("sources", read_sources, data["sources"]),
        note=None if data.get("note") is None else _under("note", texts.text, data["note"]),
        id=None if data.get("id") is None else _under("id", read_id, data["id"]),
        **_correction(data),
    )


def _correction(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("corrects") is None:
        for name in ("changed", "reason"):
            if data.get(name) is not None:
                raise BadInput(f"only a correction has {name}", (name,))
        return {}
    changed = data.get("changed", list(CHANGEABLE))
    if not isinstance(changed, list) or any(name not in CHANGEABLE for name in changed):
        raise BadInput(f"what a correction changes is a list of {', '.join(CHANGEABLE)}", ("changed",))
    return {
        "corrects": _under("corrects", read_id, data["corrects"]),
        "changed": tuple(name for name in CHANGEABLE if name in changed),
        "reason": _under("reason", texts.line, data.get("reason")),
    }


def _new_meta(data: dict[str, Any]) -> NewMeta:
    for name in ("occurred", "names", "corrects", "changed"):
        if data.get(name) is not None:
            raise BadInput(f"a {data['kind']} has no {name}", (name,))
    if not isinstance(about := data.get("data"), dict):
        raise BadInput(f"the record that the {data['kind']} is about is needed, as an object with target", ("data",))
    if unknown := about.keys() - {"target", "was"}:
        raise BadInput(f"a {data['kind']} has no field {min(map(str, unknown))[:100]!r}", ("data",))
    with under("data", "target"):
        target = read_id(about.get("target"))
    return NewMeta(
        kind=data["kind"],
        target=target,
        reason=None if data.get("reason") is None else _under("reason", texts.line, data["reason"]),
        note=None if data.get("note") is None else _under("note", texts.text, data["note"]),
        sources=() if data.get("sources") is None else _under("sources", read_sources, data["sources"]),
        id=None if data.get("id") is None else _under("id", read_id, data["id"]),
    )


def event_of(kinds: Kinds, content: Mapping[str, Any]) -> Event | None:
    """The event in a record's content; None if this registry cannot read it: its kind is unknown, or another now."""
    kind = kinds.events.get(content["kind"])
    if kind is None:
        return None  # also of what was redacted, and of records about records
    try:
        event = kind.decode(content["data"], content["version"])
    except BadInput:
        return None
    known = kind.admits is not None and kind.admits <= kinds.entities.keys()
    return event if known or all(ref.kind in kinds.entities for _, ref in kind.refs(event)) else None


def entities_of(kinds: Kinds, event: Event | None) -> tuple[str, ...]:
    """Which ones an event names (`kind:slug`), each once, in the order of its fields."""
    return () if event is None else tuple(dict.fromkeys(ref.key for _, ref in kinds.kind_of(event).refs(event)))


def same_content(kinds: Kinds, record: Record, content: Mapping[str, Any]) -> bool:
    """Whether a retry says what was recorded, whoever sends it, compared as the kinds read it today."""
    recorded, retried = _wanted(record.content), _wanted(content)
    if recorded == retried:
        return True
    event = event_of(kinds, record.content)
    if event is None or "data" not in recorded or recorded["kind"] != retried.get("kind"):
        return False
    return {**recorded, "data": kinds.kind_of(event).encode(event), "version": retried["version"]} == retried


def _wanted(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller wanted: of a correction only what it changes, of a record about another one not what that was."""
    left_out = {"by"}
    if "corrects" in content:
        left_out |= set(CHANGEABLE) - set(content["changed"])
        if "data" in left_out:
            left_out |= {"kind", "version", "names"}
    wanted = {key: value for key, value in content.items() if key not in left_out}
    if content["kind"] in META:
        wanted["data"] = {"target": content["data"]["target"]}
    return wanted


def read_id(value: object) -> UUID:
    """A UUID in its usual form of 36 characters."""
    try:
        if isinstance(value, str) and len(value) == 36:
            return UUID(value)
    except ValueError:
        pass
    raise BadInput("a UUID is needed, like 0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c11")


def _names(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadInput(f"names are an object from kind:slug to a name, not {texts.kind_of(value)}")
    return {texts.line(key): _under(str(key)[:100], texts.name, name) for key, name in value.items()}


def _under(key: str, read: Any, *given: Any) -> Any:
    try:
        return read(*given)
    except BadInput as bad:
        raise bad.under(key) from None
