"""Group commit: appends that are committed together do not share each other's refusals and errors."""

import itertools
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.making import head, head_held, logged, made, moved
from timeline.database import Database, sqlite
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.errors import Conflict, IdReused, Unavailable, UnknownEntity
from timeline.timelines import Appended, EntitiesUnchanged, NewEntities, Timelines


@pytest.fixture
def timelines(address: str, kinds: Kinds) -> Iterator[Timelines]:
    """One node whose clock moves at every look, and it looks once a group: who shares a time was committed together."""
    database = Database.open(address)
    migrate(database)
    ticks = itertools.count(1_000)
    one = Timelines(database, kinds, lambda: next(ticks))
    one.create("toys", "Toys")
    yield one
    one.close()


@contextmanager
def grouped(address: str, timelines: Timelines) -> Iterator[None]:
    """What is submitted inside is committed as one group: the writer waits for the head meanwhile."""
    with head_held(address, timelines):
        plug = timelines.submit("toys", [moved(timelines.kinds, "plug", "nowhere")])
        while not plug.running():
            time.sleep(0.001)
        yield
    plug.result(timeout=30)


def outcome(future: Future[Appended]) -> int | BaseException:
    """The position of its first record, or the error."""
    error = future.exception(timeout=30)
    return error or future.result().records[0].position


def test_appends_that_wait_are_committed_together(address: str, timelines: Timelines) -> None:
    with grouped(address, timelines):
        futures = [timelines.submit("toys", [moved(timelines.kinds)]) for _ in range(64)]
    assert [outcome(future) for future in futures] == list(range(2, 66))
    plug, *rows = logged(timelines)
    assert {row.recorded_at for row in rows} == {plug.recorded_at + 1}


def test_a_refusal_fails_nobody_else_in_its_group(address: str, timelines: Timelines) -> None:
    kinds, id_, other = timelines.kinds, uuid4(), uuid4()
    with grouped(address, timelines):
        good = timelines.submit("toys", [moved(kinds)])
        stale = timelines.submit("toys", [moved(kinds)], expect=7)
        first = timelines.submit("toys", [moved(kinds, "fox", id=id_)])
        reused = timelines.submit("toys", [moved(kinds, id=other), moved(kinds, "owl", id=id_)])
        unknown = timelines.submit("toys", [moved(kinds, "nobody")], new_entities=NewEntities.REFUSE)
        raced = timelines.submit("toys", [moved(kinds)], expect=EntitiesUnchanged(("toy:fox",), since=1))
        after = timelines.submit("toys", [moved(kinds)])
    assert outcome(good) == 2
    assert isinstance(outcome(stale), Conflict)
    assert outcome(first) == 3
    assert isinstance(outcome(reused), IdReused)
    assert isinstance(outcome(unknown), UnknownEntity)
    assert isinstance(outcome(raced), Conflict)
    assert outcome(after) == 4
    assert head(timelines) == 4
    assert other not in {row.event_id for row in logged(timelines)}


def test_appends_of_one_group_see_each_other(address: str, timelines: Timelines) -> None:
    kinds, event = timelines.kinds, moved(timelines.kinds, "fox")
    with grouped(address, timelines):
        first = timelines.submit("toys", [event])
        again = timelines.submit("toys", [event], expect=0)
        named = timelines.submit("toys", [moved(kinds, "fox")], new_entities=NewEntities.REFUSE)
        next_ = timelines.submit("toys", [moved(kinds)], expect=3)
    assert (outcome(first), outcome(again), outcome(named), outcome(next_)) == (2, 2, 3, 4)
    assert again.result().duplicates == 1


def test_what_only_a_duplicate_names_was_not_named_again(address: str, timelines: Timelines) -> None:
    old = moved(timelines.kinds, "fox")
    timelines.append("toys", [old])
    with grouped(address, timelines):
        mixed = timelines.submit("toys", [old, moved(timelines.kinds, "owl")])
        expecting = timelines.submit(
            "toys", [moved(timelines.kinds, "fox")], expect=EntitiesUnchanged(("toy:fox",), since=1)
        )
    assert outcome(mixed) == 1
    assert outcome(expecting) == 4


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_database_error_in_one_append_fails_only_that_one(
    address: str, timelines: Timelines, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    poison = uuid4()
    refuse_event(timelines.database, poison)
    others = [[moved(timelines.kinds)] for _ in range(6)]
    at = {"first": 0, "middle": 3, "last": 6}[place]
    calls = [*others[:at], [moved(timelines.kinds), moved(timelines.kinds, id=poison)], *others[at:]]
    with grouped(address, timelines):
        futures = [timelines.submit("toys", call) for call in calls]
    outcomes = [outcome(future) for future in futures]
    refused = outcomes.pop(at)
    assert isinstance(refused, Unavailable)
    assert "nothing was appended" in refused.message
    assert outcomes == [2, 3, 4, 5, 6, 7]
    assert [row.event_id for row in logged(timelines)][1:] == [call[0].id for call in others]


def test_the_writer_goes_on_after_a_database_error(timelines: Timelines, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    poison = uuid4()
    refuse_event(timelines.database, poison)
    for _ in range(2):
        with pytest.raises(Unavailable):
            timelines.append("toys", [moved(timelines.kinds, id=poison)])
    assert timelines.append("toys", [moved(timelines.kinds)]).basis.position == 1


def test_what_was_cancelled_before_it_was_picked_up_is_not_appended(address: str, timelines: Timelines) -> None:
    with grouped(address, timelines):
        first = timelines.submit("toys", [moved(timelines.kinds, "fox")])
        cancelled = timelines.submit("toys", [moved(timelines.kinds, "owl")])
        last = timelines.submit("toys", [moved(timelines.kinds, "hen")])
        assert cancelled.cancel()
    assert (outcome(first), outcome(last)) == (2, 3)
    assert head(timelines) == 3


def test_what_was_picked_up_cannot_be_cancelled(address: str, timelines: Timelines) -> None:
    with head_held(address, timelines):
        future = timelines.submit("toys", [moved(timelines.kinds)])
        while not future.running():
            time.sleep(0.001)
        assert not future.cancel()
    assert future.result(timeout=30).basis.position == 1


def test_a_group_of_several_timelines_is_committed(address: str, timelines: Timelines) -> None:
    timelines.create("more", "More")
    with grouped(address, timelines):
        futures = [timelines.submit(slug, [moved(timelines.kinds)]) for slug in ("more", "toys", "more", "toys")]
    assert [outcome(future) for future in futures] == [1, 2, 2, 3]


def test_closing_answers_what_was_submitted_and_takes_nothing_more(timelines: Timelines) -> None:
    futures = [timelines.submit("toys", [moved(timelines.kinds)]) for _ in range(50)]
    event = moved(timelines.kinds)
    timelines.close()
    assert max(future.result(timeout=0).basis.position for future in futures) == 50
    with pytest.raises(Unavailable, match="nothing was appended"):
        timelines.append("toys", [event])


@pytest.mark.slow
def test_more_entities_than_one_statement_can_name(timelines: Timelines) -> None:
    """66,001 entities in a call; PostgreSQL takes 65,535 values in a statement."""
    events = [
        made(timelines.kinds, "toy.bought", {"toy": "bear", "friends": [f"f-{n}-{m}" for m in range(200)]})
        for n in range(330)
    ]
    done = timelines.append("toys", events, expect=EntitiesUnchanged(("toy:bear",), since=0))
    assert done.basis.position == 330


def refuse_event(database: Database, event_id: UUID) -> None:
    """Makes the database itself raise an error when a record with this id is inserted."""
    if database.backend is sqlite:
        statements = [
            f"CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.event_id = '{event_id.hex}'"
            " BEGIN SELECT RAISE(ABORT, 'poison'); END"
        ]
    else:
        statements = [
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$",
            f"CREATE TRIGGER poison BEFORE INSERT ON record FOR EACH ROW WHEN (NEW.event_id = '{event_id}')"
            " EXECUTE FUNCTION poison()",
        ]
    with database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
