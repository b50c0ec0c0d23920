"""Proof: a byte that was flipped is found and named, wherever it is, in a database and in an export."""

import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from tests.log.test_claims import corrected, redaction
from tests.making import logged, made, moved
from timeline.database import sqlite
from timeline.exchange import export_lines
from timeline.log import chain, stored
from timeline.log.exported import stored_lines
from timeline.log.stored import outside, stored_head, stored_rows
from timeline.log.verify import Fault, Proof, Stored
from timeline.timelines import Timelines

COLUMNS = ("timeline_id", "position", "event_id", "recorded_at", "content", "salt", "commitment", "hash")


def verdict(connection: Connection, timeline_id: int) -> Fault | None:
    head = stored_head(connection, timeline_id)
    if isinstance(head, Fault):
        return head
    fault = Proof().of(stored_rows(connection, timeline_id, head.position), head)
    return fault or outside(connection, timeline_id)


@pytest.fixture
def filled(timelines: Timelines) -> Timelines:
    """Seven records: among them a correction, one that is blanked, and its redaction."""
    kinds = timelines.kinds
    first, secret = moved(kinds), made(kinds, "toy.bought", {"toy": "fox", "story": "it was stolen"}, note="ä \n")
    for new in (first, secret, corrected(timelines, first), moved(kinds, "owl")):
        timelines.append("toys", [new], by="someone")
    timelines.append("toys", [redaction(timelines, secret), moved(kinds, "hen"), moved(kinds, "dog")])
    return timelines


@pytest.fixture
def tampering(filled: Timelines) -> Iterator[Callable[..., Fault | None]]:
    """Changes something with the triggers away, verifies, and takes the change back."""
    toys = filled.find("toys").id
    with filled.database.write.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver_connection: Any = connection.connection.driver_connection
            driver_connection.execute("PRAGMA foreign_keys=OFF").close()
            with connection.begin():
                for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.commit()

        def tamper(*statements: str, **given: Any) -> Fault | None:
            with connection.begin() as transaction:
                for statement in statements:
                    assert connection.execute(text(statement), given).rowcount == 1, (statement, given)
                found = verdict(connection, toys)
                transaction.rollback()
                return found

        yield tamper


def flipped(value: Any, rng: random.Random, among: bytes = b"\x01\x02\x04\x08\x10\x20\x40\x80") -> Any:
    """The value with one byte changed, as its column can hold it."""
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(4, 30)
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[rng.randrange(len(raw))] ^= rng.choice(among)
    return raw.decode() if isinstance(value, str) else bytes(raw)


def change(connection_is_sqlite: bool, column: str, value: Any, rng: random.Random) -> tuple[str, Any]:
    """How to write a flipped value: on SQLite whatever the bytes, on PostgreSQL what the type lets in."""
    if isinstance(value, UUID):
        return (
            (":new", flipped(value.hex, rng, b"\x01\x20\x40"))
            if connection_is_sqlite
            else (
                "CAST(:new AS uuid)",
                str(UUID(bytes=flipped(value.bytes, rng))),
            )
        )
    if isinstance(value, str) and connection_is_sqlite:
        return "CAST(:new AS TEXT)", flipped(value.encode(), rng)
    if isinstance(value, str):
        ascii_only = [index for index, letter in enumerate(value) if "!" < letter < "z"]
        index = rng.choice(ascii_only)
        return ":new", value[:index] + chr(ord(value[index]) ^ 1) + value[index + 1 :]
    return ":new", flipped(value, rng)


def test_what_was_recorded_verifies(filled: Timelines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "BATCH", 3)
    with filled.reading() as connection:
        assert verdict(connection, filled.find("toys").id) is None
    filled.create("empty", "Empty")
    with filled.reading() as connection:
        assert verdict(connection, filled.find("empty").id) is None


@pytest.mark.parametrize("column", COLUMNS)
def test_a_flipped_byte_in_any_column_of_any_record_is_found_and_named(
    filled: Timelines, tampering: Callable[..., Fault | None], column: str
) -> None:
    rng = random.Random(column)
    for row in logged(filled):
        value = filled.find("toys").id if column == "timeline_id" else getattr(row, column)
        if value is None:
            continue
        for _ in range(12):
            how, new = change(filled.database.backend is sqlite, column, value, rng)
            fault = tampering(f"UPDATE record SET {column} = {how} WHERE position = {row.position}", new=new)
            assert fault is not None, (row.position, new)
            assert fault.position == row.position, (fault, new)
            if column in ("timeline_id", "position"):
                assert "missing" in fault.problem
            elif column != "event_id":
                assert fault.id == row.event_id


@pytest.mark.parametrize("column", ["timeline_id", "position", "recorded_at", "hash"])
def test_a_flipped_byte_in_the_head_is_found(
    filled: Timelines, tampering: Callable[..., Fault | None], column: str
) -> None:
    rng = random.Random(column)
    with filled.reading() as connection:
        value = connection.execute(text(f"SELECT {column} FROM head")).scalar_one()
    for _ in range(12):
        fault = tampering(f"UPDATE head SET {column} = :new", new=flipped(value, rng))
        assert fault is not None
        assert "head" in fault.problem
    if column == "position":
        fault = tampering("UPDATE head SET position = 5")
        assert fault == Fault(None, None, "the head is not what the last record, at position 5, says")


def test_what_is_gone_or_too_much_is_named(filled: Timelines, tampering: Callable[..., Fault | None]) -> None:
    ids = {row.position: row.event_id for row in logged(filled)}
    copy = "INSERT INTO record SELECT timeline_id, {0}, {1}, recorded_at, content, salt, commitment, hash FROM record"
    other = f"'{UUID(int=9).hex if filled.database.backend is sqlite else UUID(int=9)}'"
    for position in (-3, 0, 8):
        fault = tampering(f"{copy.format(position, other)} WHERE position = 4")
        assert fault is not None
        assert (fault.position, fault.id) == (position, UUID(int=9))
    for position in ids:
        fault = tampering(f"DELETE FROM record WHERE position = {position}")
        assert fault is not None
        assert (fault.position, "missing" in fault.problem) == (position, True)
    fault = tampering("DELETE FROM head")
    assert fault == Fault(None, None, "there is no head")


def test_blank_is_only_what_a_redaction_blanked(filled: Timelines, tampering: Callable[..., Fault | None]) -> None:
    ids = {row.position: row.event_id for row in logged(filled)}
    insert = "INSERT INTO redaction SELECT timeline_id, {0}, {1} FROM head"
    blank = "UPDATE record SET content = NULL, salt = NULL WHERE position = {0}"
    for statements, position, problem in [
        ([blank.format(4)], 4, "no redaction"),
        ([blank.format(4), insert.format(4, 5)], 4, "no redaction"),
        ([blank.format(4), insert.format(4, 6)], 4, "no redaction"),
        ([insert.format(4, 5)], 4, "still there"),
        (["DELETE FROM redaction"], 2, "no redaction"),
        (["UPDATE redaction SET position = 1"], 1, "still there"),
        (["UPDATE redaction SET redaction = 6"], 5, "the database says that 6 does"),
        (["UPDATE record SET content = '{}' WHERE position = 2"], 2, "still there"),
        (["UPDATE record SET salt = hash WHERE position = 2"], 2, "its salt is not"),
        (["UPDATE record SET content = NULL WHERE position = 6"], 6, "its salt is not"),
        (["UPDATE record SET salt = NULL WHERE position = 6"], 6, "16 bytes"),
    ]:
        fault = tampering(*statements)
        assert fault is not None, statements
        assert (fault.position, fault.id) == (position, ids[position]), fault
        assert problem in fault.problem


def test_a_flipped_byte_anywhere_in_an_export_is_found_and_named(filled: Timelines) -> None:
    lines = [line for _, line in export_lines(filled, "toys")]
    assert Proof().of(stored_lines(lines)) is None
    rng = random.Random(7)
    for index, line in enumerate(lines):
        for place in range(len(line) - 1):
            changed = bytearray(line)
            changed[place] ^= 1 << rng.randrange(8)
            fault = Proof().of(stored_lines([*lines[:index], bytes(changed), *lines[index + 1 :]]))
            assert fault is not None, bytes(changed)
            assert fault.position == index + 1, (fault, bytes(changed))


def test_an_export_with_a_line_too_few_or_too_many(filled: Timelines) -> None:
    lines = [line for _, line in export_lines(filled, "toys")]
    for index in range(1, len(lines)):
        fault = Proof().of(stored_lines([*lines[: index - 1], *lines[index:]]))
        assert fault is not None
        assert (fault.position, "missing" in fault.problem) == (index, True)
        assert Proof().of(stored_lines([*lines[:index], lines[index - 1], *lines[index:]])) is not None
    twice = lines[0].replace(b'"kind":', b'"kind":"toy.lost","kind":')
    assert Proof().of(stored_lines([twice])) is not None
    blank = lines[1].replace(b'"kind":"redacted"', b'"kind":"redacted","note":"not so"')
    assert Proof().of(stored_lines([lines[0], blank])) is not None


def test_an_export_without_the_redaction_does_not_prove_what_is_blank(filled: Timelines) -> None:
    lines = [line for _, line in export_lines(filled, "toys")]
    ids = {row.position: row.event_id for row in logged(filled)}
    fault = Proof().of(stored_lines(lines[:4]))
    assert fault == Fault(2, ids[2], "it was blanked, and no redaction of it is recorded")


def test_a_redaction_while_it_is_verified_is_no_fault(timelines: Timelines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "BATCH", 2)
    toys, secret = timelines.find("toys").id, moved(timelines.kinds, "fox")
    timelines.append("toys", [*(moved(timelines.kinds) for _ in range(4)), secret])
    with timelines.database.snapshot() as connection:
        head = stored_head(connection, toys)
        assert not isinstance(head, Fault)
        rows = stored_rows(connection, toys, head.position)
        first = next(rows)
        timelines.append("toys", [redaction(timelines, secret)])
        assert Proof().of([first, *rows], head) is None
    with timelines.database.snapshot() as connection:
        assert verdict(connection, toys) is None


CONTENT = '{"data":{},"kind":"toy.moved","occurred":"2025","version":1}'


def linked(*given: tuple[int, str, bytes]) -> list[Stored]:
    """Records whose every hash is right, whatever they say: (recorded at, content, salt)."""
    previous, made_of = chain.GENESIS, []
    for position, (recorded_at, content, salt) in enumerate(given, 1):
        commitment, event_id = chain.commitment(salt, content.encode()), UUID(int=position)
        previous = chain.link(previous, position, event_id, recorded_at, commitment)
        made_of.append(Stored(position, event_id, recorded_at, content, salt, commitment, previous))
    return made_of


SALT = b"s" * 16


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ((1, CONTENT, SALT), None),
        ((0, CONTENT, SALT), "recorded before"),
        ((1, CONTENT.replace(":", ": "), SALT), "not canonical"),
        ((1, CONTENT.replace("1}", "1.0}"), SALT), "not what a record's is"),
        ((1, '{"kind":"a","kind":"b"}', SALT), "not canonical"),
        ((1, '{"kind":"b","data":1}', SALT), "not canonical"),
        ((1, CONTENT[1:], SALT + b"{"), "16 bytes"),
        ((1, "[]", SALT), "not what a record's is"),
        ((1, "{", SALT), "not what a record's is"),
        ((1, "NaN", SALT), "not canonical"),
        ((1, '{"kind":"redaction"}', SALT), "not what a record's is"),
        ((1, '{"data":{"target":"x"},"kind":"redaction"}', SALT), "not what a record's is"),
    ],
)
def test_right_hashes_do_not_make_a_record_right(second: tuple[int, str, bytes], problem: str | None) -> None:
    fault = Proof().of(linked((1, CONTENT, SALT), second))
    if problem is None:
        assert fault is None
    else:
        assert fault is not None
        assert (fault.position, problem in fault.problem) == (2, True), fault
