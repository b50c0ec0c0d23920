"""Global ids: which node of which timeline, and exactly the view that was asked for.

An entity on two dates is two answers, and client caches key by id; so the id tells them apart. A timeline as it was
known has another basis, and so another id. It never tells the type.
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

import orjson

from timeline.api.nodes import Certainty, View
from timeline.domain.dates import FuzzyDate, parse_date, parse_moment
from timeline.domain.refs import Ref, parse_ref
from timeline.errors import BadInput


@dataclass(frozen=True, slots=True)
class NodeId:
    """`event` and `ref` are None in the id of a timeline."""

    timeline: str
    event: UUID | None = None
    ref: str | None = None
    at: FuzzyDate | None = None
    known_at: int | None = None
    certainty: Certainty | None = None


def timeline_id(view: View) -> str:
    return _encode(["t", view.timeline.slug, *([] if view.known_at is None else [view.known_at])])


def event_id(event: UUID, view: View) -> str:
    return _encode(["e", view.timeline.slug, str(event), *_view(view)])


def entity_id(ref: Ref[object], view: View) -> str:
    return _encode(["n", view.timeline.slug, ref.key, *_view(view)])


def _view(view: View) -> list[str | int | None]:
    at = None if view.at is None else view.at.edtf
    certainty = None if view.certainty is None else view.certainty.value
    asked: list[str | int | None] = [at, view.known_at, certainty]
    while asked and asked[-1] is None:
        asked.pop()
    return asked


def parse_id(given: str) -> NodeId:
    """BAD_INPUT for whatever this module did not make."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        match parts:
            case ["t", str(slug)]:
                return NodeId(slug)
            case ["t", str(slug), known_at]:
                return NodeId(slug, known_at=_position(known_at))
            case ["e" | "n" as what, str(slug), str(name), *asked] if len(asked) <= 3:
                at, known_at, certainty = [*asked, None, None, None][:3]
                return NodeId(
                    slug,
                    event=UUID(name) if what == "e" else None,
                    ref=parse_ref(name).key if what == "n" else None,
                    at=None if at is None else _moment(at),
                    known_at=None if known_at is None else _position(known_at),
                    certainty=None if certainty is None else Certainty(certainty),
                )
    except (ValueError, TypeError, binascii.Error):
        pass
    raise BadInput(f"{given[:40]!r} is not an id that this API gave")


def _position(known_at: object) -> int:
    if type(known_at) is not int or known_at < 0:
        raise ValueError(known_at)
    return known_at


def _moment(at: object) -> FuzzyDate:
    parse_moment(at)
    return parse_date(at)


def _encode(parts: list[str | int | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()
