"""What makes the log provable: the database refuses changes, and every hash can be made again from what is stored."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.conftest import Clock
from tests.making import counts, logged, made, moved
from timeline.database.sqlite import driver
from timeline.timelines import Timelines


@pytest.fixture
def raw(address: str) -> Any:
    """Connects as any other program would: without our engines, pragmas and options."""
    if address.startswith("sqlite"):
        engine = create_engine(address, module=driver())
    else:
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    yield engine
    engine.dispose()


CHANGES = [
    "UPDATE record SET content = '{}'",
    "UPDATE record SET content = NULL, salt = NULL WHERE position = 1",
    "UPDATE record SET position = position + 10",
    "UPDATE record SET recorded_at = recorded_at WHERE position = 2",
    "DELETE FROM record",
    "DELETE FROM record WHERE position = 2",
]
OF_ONE = {
    "sqlite": [
        "INSERT OR REPLACE INTO record SELECT timeline_id, position, event_id, 0, content, salt, commitment, hash"
        " FROM record WHERE position = 1",
        "REPLACE INTO record SELECT timeline_id, 9, event_id, recorded_at, content, salt, commitment, hash"
        " FROM record WHERE position = 2",
        "INSERT INTO record SELECT * FROM record WHERE true"
        " ON CONFLICT (timeline_id, position) DO UPDATE SET content = '{}'",
    ],
    "postgresql": [
        "TRUNCATE record, redaction",
        "TRUNCATE record CASCADE",
        "TRUNCATE timeline CASCADE",
        "INSERT INTO record SELECT * FROM record ON CONFLICT (timeline_id, position) DO UPDATE SET content = '{}'",
    ],
}


def test_the_database_itself_refuses_to_change_the_log(timelines: Timelines, raw: Any) -> None:
    timelines.append("toys", [moved(timelines.kinds), moved(timelines.kinds, "fox")])
    before = [tuple(row) for row in logged(timelines)]
    for statement in [*CHANGES, *OF_ONE[raw.dialect.name]]:
        with (
            raw.connect() as connection,
            pytest.raises(DBAPIError, match=r"append-only: (UPDATE|DELETE|TRUNCATE|REPLACE)"),
        ):
            change(connection, statement)
        assert [tuple(row) for row in logged(timelines)] == before, statement
    timelines.append("toys", [moved(timelines.kinds)])
    assert counts(timelines)["record"] == 3


def test_a_timeline_with_records_cannot_be_deleted_by_us(timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds)])
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), timelines.database.writing() as connection:
        connection.execute(text("DELETE FROM timeline"))


def change(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))
    connection.commit()


def test_the_chain_can_be_made_again_from_what_is_stored(timelines: Timelines, clock: Clock) -> None:
    kinds = timelines.kinds
    story = "\N{GRINNING FACE} \x01\x1f\x7f\u2028 \"'\\/ \n\t ä"
    for turn in range(3):
        clock.now += 1_000
        timelines.append("toys", [moved(kinds), made(kinds, "toy.bought", {"toy": f"toy-{turn}", "story": story})])
        timelines.append("toys", [moved(kinds)], by="someone")
    rows = logged(timelines)
    assert len(rows) == 9
    previous = b"\0" * 32
    for position, row in enumerate(rows, 1):
        stored = row.content.encode()
        assert rfc8785.dumps(json.loads(stored)) == stored
        assert hashlib.sha256(row.salt + stored).digest() == row.commitment
        previous = hashlib.sha256(
            previous
            + position.to_bytes(8, "big")
            + row.event_id.bytes
            + row.recorded_at.to_bytes(8, "big", signed=True)
            + row.commitment
        ).digest()
        assert previous == row.hash
    assert len({row.salt for row in rows}) == 9
    assert {len(row.salt) for row in rows} == {16}
    with timelines.reading() as connection:
        assert connection.execute(text("SELECT position, hash FROM head")).one() == (9, previous)


def test_recorded_times_never_decrease_when_the_clock_jumps_back(timelines: Timelines, clock: Clock) -> None:
    start, times = clock.now, []
    for jump in (0, 5_000, -3_600_000, -(10**12), 10, 7_200_000, -1):
        clock.now += jump
        times.append(timelines.append("toys", [moved(timelines.kinds)]).records[0].recorded_at)
    assert times[:5] == [start, start + 5_000, start + 5_000, start + 5_000, start + 5_000]
    assert times == sorted(times)
    assert [row.recorded_at for row in logged(timelines)] == times


def test_a_clock_before_1970_is_written_as_it_is(timelines: Timelines, clock: Clock) -> None:
    clock.now = -5
    assert timelines.append("toys", [moved(timelines.kinds)]).records[0].recorded_at == -5
    clock.now = 0
    assert timelines.append("toys", [moved(timelines.kinds)]).records[0].recorded_at == 0
    clock.now = -3
    assert timelines.append("toys", [moved(timelines.kinds)]).records[0].recorded_at == 0
