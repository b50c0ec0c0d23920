"""What is remembered of a timeline between requests, and when it is forgotten."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests import toys
from tests.api.client import Client
from tests.making import made
from timeline.database import Database
from timeline.domain.claims import NewMeta
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis, TimelineInfo
from timeline.projection.generation import Generation
from timeline.projection.names import Identity
from timeline.timelines import Timelines
from timeline.timelines.generations import Head
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


@pytest.fixture
def older(address: str, timelines: Timelines) -> Iterator[Timelines]:
    """Those of a process that knows fewer kinds."""
    found = Timelines(Database.open(address), Kinds.of(toys.Toy, toys.Room, toys.Moved))
    yield found
    found.close()


@pytest.mark.parametrize("by", ["other", "older"])
async def test_what_another_process_redacts_is_not_told_again(
    client: Client, timelines: Timelines, by: str, request: pytest.FixtureRequest
) -> None:
    other: Timelines = request.getfixturevalue(by)
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
    assert await client.toys(f"{ALL} node: {PAGE}".replace("node: events", "others: events")) == after


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
    memory, info, (_, second, third) = three(timelines)
    with timelines.reading() as connection:
        lost = memory.of(connection, info.id, second._replace(basis=second.basis._replace(hash=b"lost")))
        assert lost.readings(connection, timelines.kinds, info.id, [1])
        found = memory.of(connection, info.id, third)
        assert not shares(found, lost)
        assert memory.of(connection, info.id, third) is found
        # A request that looked at the head before another one did: it is right, and displaces nothing.
        assert memory.of(connection, info.id, second) is not found
        assert memory.of(connection, info.id, third) is found


def test_records_are_remembered_while_the_log_grows_and_nothing_is_blanked(timelines: Timelines) -> None:
    memory, info, (first, second, third) = three(timelines)
    with timelines.reading() as connection:
        one, two, again = (memory.of(connection, info.id, head) for head in (first, second, second))
        assert shares(one, two)
        assert two is again
        assert not shares(memory.of(connection, info.id, third._replace(blanked=3)), two)


def test_nothing_is_shared_if_it_was_not_looked_at_what_is_blanked(timelines: Timelines) -> None:
    """As of a head to which this server caught up itself."""
    memory, info, (first, second, third) = three(timelines)
    with timelines.reading() as connection:
        one = memory.of(connection, info.id, first)
        alone = memory.of(connection, info.id, second._replace(blanked=None))
        assert not shares(one, alone)
        assert memory.of(connection, info.id, second._replace(blanked=None)) is not alone
        assert shares(one, memory.of(connection, info.id, third))


def test_what_is_beyond_the_head_is_not_told_to_others(timelines: Timelines) -> None:
    memory, info, (_, second, third) = three(timelines)
    with timelines.reading() as connection:
        found = memory.of(connection, info.id, second)
        assert found.readings(connection, timelines.kinds, info.id, [1, 2, 3]).keys() == {1, 2, 3}
        assert found._readings.keys() == {1, 2}
        for basis in (2, 3):
            found.names((second.generation, basis, None))["toy:bear"] = Identity("Bear", (), None)
        assert found.names((second.generation, 2, None))
        assert not found.names((second.generation, 3, None))
        assert not memory.of(connection, info.id, third)._names


def test_names_are_remembered_for_one_generation(timelines: Timelines) -> None:
    found = Remembered(Head(Basis(1, 0, b""), Generation(1, 1), 0))
    found.names((Generation(1, 1), 1, None))["toy:bear"] = Identity("Bear", (), None)
    assert not found.names((Generation(1, 2), 1, None))


def three(timelines: Timelines) -> tuple[Memory, TimelineInfo, list[Head]]:
    """A memory of a timeline with three records, and its heads."""
    heads = []
    info = timelines.find("toys")
    for number in (1, 2, 3):
        bear(timelines, number, "Bear")
        with timelines.reading() as connection:
            heads.append(timelines.heads(connection, [info.id])[info.id])
    return Memory(), info, heads


def shares(one: Remembered, other: Remembered) -> bool:
    return one._readings is other._readings


def test_what_is_remembered_is_bounded(timelines: Timelines) -> None:
    remembered = Remembered()
    remembered._readings.update(dict.fromkeys(range(10, RECORDS + 11)))  # type: ignore[arg-type]
    bear(timelines, 1, "Bear")
    with timelines.reading() as connection:
        remembered.readings(connection, timelines.kinds, timelines.find("toys").id, [RECORDS * 2, 1])
    assert len(remembered._readings) <= RECORDS
    for moment in range(100):
        remembered.names((Generation(1, 1), 1, moment))["toy:bear"] = Identity("Bear", (), None)
    assert len(remembered._names) <= 50
