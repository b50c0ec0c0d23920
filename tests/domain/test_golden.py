"""Stored events of every version must decode for ever: one file for each kind and version, in tests/stored."""

import json
from pathlib import Path
from typing import Any

import pytest

import timeline.kinds as shipped
from tests import toys
from timeline.domain.contents import event_of
from timeline.domain.kinds import Kinds

KINDS = Kinds.of(shipped, toys)
STORED = Path(__file__).parent.parent / "stored"
FILES = sorted(STORED.glob("*.json"))


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_was_stored_decodes(file: Path) -> None:
    stored = read(file)
    event = event_of(KINDS, stored["content"])
    assert event is not None
    assert KINDS.kind_of(event).encode(event) == stored["today"]
    assert event.headline() == stored["headline"]


def test_every_kind_that_ships_has_a_file_for_each_of_its_versions() -> None:
    wanted = {
        f"{kind.name}.{version}"
        for kind in Kinds.of(shipped).events.values()
        for version in range(1, kind.declared.version + 1)
    }
    assert wanted | {"toy.scored.1", "toy.scored.2"} <= {file.stem for file in FILES}
