"""What is remembered of a timeline between requests, and when it is forgotten."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.api.client import Client
from tests.making import made
from timeline.database import Database
from timeline.domain.claims import NewMeta
from timeline.domain.records import Basis
from timeline.log.read import basis_at, heads
from timeline.projection.names import Identity
from timeline.timelines import Timelines
from timeline.timelines.memory import RECORDS, Memory, Remembered

PAGE = "events(first: 10) { nodes { __typename headline note entities { entity { ref name aliases } } } }"
ALL = "events(first: 10, filter: {status: [CURRENT, REDACTED]}) { nodes { __typename headline note } }"


@pytest.fixture
def other(address: str, timelines: Timelines) -> Iterator[Timelines]:
    """Another process's timelines over the same database."""
    found = Timelines(Database.open(address), timelines.kinds)
    yield found
    found.close()


def bear(timelines: Timelines, number: int, name: str, **more: str) -> None:
    data = {"toy": {"ref": "bear", "name": name}}
    timelines.append("toys", [made(timelines.kinds, "toy.bought", data, id=str(UUID(int=number)), **more)])


async def test_what_another_process_redacts_is_not_told_again(
    client: Client, timelines: Timelines, other: Timelines
) -> None:
    bear(timelines, 1, "Secret", note="secret")
    bear(timelines, 2, "Bear")
    before = (await client.toys(PAGE))["events"]["nodes"]
    assert [(each["note"], each["entities"][0]["entity"]["name"]) for each in before] == [
        ("secret", "Secret"),
        (None, "Secret"),
    ]
    other.append("toys", [NewMeta(kind="redaction", target=UUID(int=1), reason="A court ordered it.")])
    after = await client.toys(f"{ALL} node: {PAGE}".replace("node: events", "others: events"))
    assert [each["__typename"] for each in after["events"]["nodes"]] == ["Bought", "RedactedEvent"]
    assert "ecret" not in str(after)


async def test_what_another_process_calls_an_entity_is_told(
    client: Client, timelines: Timelines, other: Timelines
) -> None:
    bear(timelines, 1, "Bear")
    assert (await client.toys(PAGE))["events"]["nodes"][0]["entities"][0]["entity"]["name"] == "Bear"
    described = {"entity": "toy:bear", "name": "Bruno"}
    other.append("toys", [made(other.kinds, "entity.described", described)])
    node = (await client.toys(PAGE))["events"]["nodes"][0]
    assert (node["entities"][0]["entity"]["name"], node["entities"][0]["entity"]["aliases"]) == ("Bruno", ["Bear"])
    assert "Bruno" in node["headline"]


def test_a_log_with_another_history_begins_anew(timelines: Timelines) -> None:
    """After a fail-over the head may be elsewhere, and positions may hold other records."""
    for number in (1, 2, 3):
        bear(timelines, number, "Bear")
    memory, info = Memory(), timelines.find("toys")
    with timelines.reading() as connection:
        head = heads(connection, [info.id])[info.id]
        before = basis_at(connection, info.id, 2)
        assert before is not None
        lost = memory.of(connection, info.id, Basis(2, before.recorded_at, b"lost"), None)
        assert lost.readings(connection, timelines.kinds, info.id, [1])
        found = memory.of(connection, info.id, head, None)
        assert not shares(found, lost)
        assert memory.of(connection, info.id, head, None) is found
        # A request that looked at the head before another one did: it is right, and displaces nothing.
        assert memory.of(connection, info.id, before, None) is not found
        assert memory.of(connection, info.id, head, None) is found


def test_records_are_remembered_while_the_log_grows_and_nothing_is_blanked(timelines: Timelines) -> None:
    for number in (1, 2, 3):
        bear(timelines, number, "Bear")
    memory, info = Memory(), timelines.find("toys")
    with timelines.reading() as connection:
        places = [basis_at(connection, info.id, position) for position in (1, 2, 3)]
        first, second, third = (
            memory.of(connection, info.id, place, None) for place in places[:2] + places[1:2] if place
        )
        assert shares(first, second)
        assert second is third
        assert places[2] is not None
        assert not shares(memory.of(connection, info.id, places[2], 3), second)


def shares(one: Remembered, other: Remembered) -> bool:
    return one._readings is other._readings


def test_what_is_remembered_is_bounded(timelines: Timelines) -> None:
    remembered = Remembered(Basis(0), None)
    remembered._readings.update(dict.fromkeys(range(RECORDS + 1)))  # type: ignore[arg-type]
    bear(timelines, 1, "Bear")
    with timelines.reading() as connection:
        found = remembered.readings(connection, timelines.kinds, timelines.find("toys").id, [RECORDS * 2, 1])
    assert len(remembered._readings) <= RECORDS
    assert found[1] is None
    for moment in range(100):
        remembered.names((1, moment))["toy:bear"] = Identity("Bear", (), None)
    assert len(remembered._names) <= 50
