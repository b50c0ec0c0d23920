"""Events as callers write them: what a line may leave out, and what is refused."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests import toys
from timeline.domain.contents import content_of, new_event
from timeline.domain.declare import Event
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent
from timeline.errors import BadInput, TooLarge
from timeline.exchange import read_line


def _from_1(data: dict[str, Any]) -> dict[str, Any]:
    return {"weight": data["kilos"] * 1_000}


def _from_2(data: dict[str, Any]) -> Any:
    return [data] if data["weight"] == 1 else {"grams": data["weight"]}


@dataclass(frozen=True, kw_only=True)
class Weighed(Event, kind="weighed", version=3, upcasts={1: _from_1, 2: _from_2}):
    """Something was weighed: its upcasts take what they expect, and nothing else."""

    grams: int

    def headline(self) -> str:
        return f"It weighs {self.grams} g"


KINDS = Kinds.of(toys, Weighed)
LINE = {"kind": "toy.moved", "occurred": "2025-01", "data": {"toy": "bear", "room": "attic"}}


def content(line: dict[str, Any]) -> Any:
    """What would be recorded of a line."""
    made: Any = content_of(KINDS, new_event(KINDS, line))
    return json.loads(json.dumps(getattr(made, "recorded", made)))


def test_older_data_is_read_step_by_step() -> None:
    for version, data in ((1, {"kilos": 2}), (2, {"weight": 2_000}), (3, {"grams": 2_000}), (None, {"grams": 2_000})):
        line = {"kind": "weighed", "occurred": "2025", "version": version, "data": data}
        assert content(line)["data"] == {"grams": 2_000}
        assert content(line)["version"] == 3


@pytest.mark.parametrize(
    ("version", "data", "message"),
    [
        (1, {}, "weighed cannot be read as version 1"),
        (1, {"kilos": None}, "weighed cannot be read as version 1"),
        (2, {"kilos": 2}, "weighed cannot be read as version 2"),
        (2, {"weight": 1}, "weighed cannot be read as version 2"),
        (1, {"kilos": 10**9}, "a whole number from"),
        (0, {}, "weighed has versions 1 to 3, not 0"),
        (4, {}, "weighed has versions 1 to 3, not 4"),
        (-1, {}, "weighed has versions 1 to 3, not -1"),
        (3, {"kilos": 2}, "weighed has no field 'kilos'"),
    ],
)
def test_older_data_that_is_not_what_it_says(version: int, data: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput) as refused:
        new_event(KINDS, {"kind": "weighed", "occurred": "2025", "version": version, "data": data})
    assert message in refused.value.message
    assert refused.value.path == (("data", "grams") if "whole" in message else ("data",))


def test_names_come_inside_the_data_and_beside_it() -> None:
    inside = {**LINE, "data": {"toy": {"ref": "bear", "name": "Teddy"}, "room": "attic"}}
    beside = {**LINE, "names": {"toy:bear": "Teddy"}}
    both = {**inside, "names": {"room:attic": "Attic"}}
    assert content(inside)["names"] == content(beside)["names"] == {"toy:bear": "Teddy"}
    assert content(both)["names"] == {"toy:bear": "Teddy", "room:attic": "Attic"}


def test_what_is_null_or_empty_is_not_there() -> None:
    nothing = {"names": None, "sources": None, "note": None, "id": None, "version": None}
    assert content({**LINE, **nothing}) == content({**LINE, "names": {}, "sources": []}) == content(LINE)
    assert content(LINE).keys() == {"kind", "version", "occurred", "data"}


def test_what_an_export_adds_is_left_aside() -> None:
    added = {"position": 9, "recordedAt": "never", "recordedBy": 1, "salt": "", "commitment": None, "hash": []}
    assert content({**LINE, **added}) == content(LINE)


DEEP: Any = None
for _ in range(990):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"kind": None}, ("kind",), "there is no event kind null; there are entity.described"),
        ({"kind": DEEP}, ("kind",), "there is no event kind a list; there are"),
        ({"kind": "x" * 1_000}, ("kind",), "x" * 100 + "'"),
        ({"data": None}, ("data",), "needs an object, not null"),
        ({"data": []}, ("data",), "needs an object, not a list"),
        ({"data": {"toy": DEEP}}, ("data", "toy"), "an entity is named by a text, not a list"),
        ({"data": {"room": "attic"}}, ("data", "toy"), "needs toy"),
        ({"data": {"toy": "bear", "x" * 9_000: 1}}, ("data",), "no field 'xxx"),
        ({"data": {"toy": {"ref": "bear", "y" * 9_000: 1}}}, ("data", "toy"), "a ref and a name, not 'yyy"),
        ({"occurred": None}, ("occurred",), "a date is needed as a text, not null"),
        ({"occurred": 2025}, ("occurred",), "not a number"),
        ({"occurred": "2025-02-29"}, ("occurred",), "February 2025 has 28 days"),
        ({"id": "x"}, ("id",), "a UUID is needed"),
        ({"id": 5}, ("id",), "a UUID is needed"),
        ({"id": "{b7e4f4e0-7f0f-4b7e-8a41-5f3a2a1f6c}"}, ("id",), "a UUID is needed"),
        ({"version": "1"}, ("version",), "whole number"),
        ({"version": True}, ("version",), "whole number"),
        ({"note": ""}, ("note",), "blanks"),
        ({"note": 0}, ("note",), "not a number"),
        ({"note": "x" * 20_001}, ("note",), "at most 20,000 characters, not 20,001"),
        ({"names": []}, ("names",), "names are an object"),
        ({"names": ""}, ("names",), "names are an object"),
        ({"names": {"toy:bear": ""}}, ("names", "toy:bear"), "blanks"),
        ({"names": {"toy:bear": "x" * 201}}, ("names", "toy:bear"), "at most 200"),
        ({"sources": {}}, ("sources",), "a list of sources is needed, not an object"),
        ({"sources": ""}, ("sources",), "a list of sources is needed, not a text"),
        ({"sources": False}, ("sources",), "a list of sources is needed, not a boolean"),
        ({"sources": [{}]}, ("sources", 0), "at least one thing"),
        ({"sources": [{"url": "ftp://example.org"}]}, ("sources", 0, "url"), "http"),
        ({"sources": [{"title": "T"}, {"quote": "x" * 2_001}]}, ("sources", 1, "quote"), "at most 2,000"),
        ({"sources": [{"retrieved": "2025"}]}, ("sources", 0, "retrieved"), "not an instant"),
        ({"sources": [{"published": "soon"}]}, ("sources", 0, "published"), "not a date"),
        ({"sources": [{"page": 4}]}, ("sources", 0), "no field 'page'"),
        ({"sources": [{"title": "T"}] * 51}, ("sources",), "at most 50 sources, not 51"),
        ({"when": "2025"}, (), "an event has no field 'when'"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_and_where(
    change: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        new_event(KINDS, {**LINE, **change})
    assert message in refused.value.message
    assert refused.value.path == path
    assert len(refused.value.message) < 400
    assert isinstance(refused.value, TooLarge) is ("at most" in message)


NESTED = b"[" * 300 + b"]" * 300
NO_EVENTS = [
    b"",
    b"\xff",
    b'{"kind": "\\ud800"}',
    b'{"kind": NaN}',
    b"[" * 100_000,
    b"[" * 1_000 + b"]" * 1_000,
    json.dumps(LINE).encode()[:-1] + b', "hash": ' + NESTED + b"}",
    b'{"kind": "weighed", "occurred": "2025", "version": 1, "data": {"kilos": ' + NESTED + b"}}",
    b'{"kind": "weighed", "occurred": "2025", "data": {"grams": 1e999}}',
    b'{"kind": "weighed", "occurred": "2025", "data": {"grams": ' + b"9" * 5_000 + b"}}",
    "{}".encode("utf-16"),
]


@pytest.mark.parametrize("line", NO_EVENTS, ids=lambda line: line[:30])
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(BadInput):
        read_line(KINDS, line)


def test_a_line_without_an_id_gets_one_from_what_it_says() -> None:
    def id_of(line: dict[str, Any], indent: int | None = None) -> str:
        new = read_line(KINDS, json.dumps(line, indent=indent).encode())
        assert isinstance(new, NewEvent)
        return str(new.id)

    assert id_of(LINE) == id_of(dict(reversed(LINE.items())), indent=1)
    assert id_of(LINE) != id_of({**LINE, "note": "Another."})
    given = "0b7e4f4e-7f0f-4b7e-8a41-5f3a2a1f6c11"
    assert id_of({**LINE, "id": given}) == given
