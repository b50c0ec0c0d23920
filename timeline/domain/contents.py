"""The content of a record: made from what a caller wants recorded, and read again."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from timeline.domain import texts
from timeline.domain.declare import Event
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent, Record, read_sources
from timeline.domain.values import read_date
from timeline.errors import BadInput

_FIELDS = frozenset({"id", "kind", "version", "data", "occurred", "names", "sources", "note"})
_OURS = frozenset({"position", "recordedAt", "recordedBy", "salt", "commitment", "hash"})  # what an export adds


class Content(NamedTuple):
    """What is recorded of an event (equal events give equal content), and `kind:slug` of each entity that it names."""

    recorded: dict[str, Any]
    entities: tuple[str, ...]


def content_of(kinds: Kinds, new: NewEvent) -> Content:
    """BAD_INPUT, with the path, if the event is not valid."""
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
        kind.changes(new.event, new.occurred)
        new.event.headline()
    except Exception as error:
        said = f": {error}" if isinstance(error, ValueError) else ""
        raise BadInput(f"{kind.name} cannot be applied{said}", ("data",)) from error
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
    return Content(content, tuple(entities))


def new_event(kinds: Kinds, data: object) -> NewEvent:
    """One line of an import or export: `{"kind", "occurred", "data", "id", "version", "names", "sources", "note"}`.

    What an export adds (positions, times, hashes) is left aside: the timeline that it is appended to gives its own.
    """
    if not isinstance(data, dict):
        raise BadInput(f"an event is an object, not {texts.kind_of(data)}")
    if unknown := data.keys() - _FIELDS - _OURS:
        raise BadInput(f"an event has no field {min(map(str, unknown))[:100]!r}")
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
    )


def event_of(kinds: Kinds, content: Mapping[str, Any]) -> Event | None:
    """The event in a record's content; None if this registry cannot read it: its kind is unknown, or another now."""
    kind = kinds.events.get(content["kind"])
    if kind is None:
        return None
    try:
        event = kind.decode(content["data"], content["version"])
    except BadInput:
        return None
    return event if all(ref.kind in kinds.entities for _, ref in kind.refs(event)) else None


def same_content(kinds: Kinds, record: Record, content: Mapping[str, Any]) -> bool:
    """Whether a retry says what was recorded, whoever sends it, compared as the kinds read it today."""
    recorded, retried = _said(record.content), _said(content)
    if recorded == retried:
        return True
    event = event_of(kinds, recorded)
    if event is None or recorded["kind"] != retried["kind"]:
        return False
    return {**recorded, "data": kinds.kind_of(event).encode(event), "version": retried["version"]} == retried


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "by"}


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
