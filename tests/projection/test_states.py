"""Every state, at every date and every knowledge, is what a replay of the log in plain Python says it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import Clock
from tests.making import derived as in_use
from tests.projection import oracle, things
from timeline.database import Database, tables
from timeline.database.migrate import migrate
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.dates import parse_date, parse_moment
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import TimelineError
from timeline.log.read import record_of, rows_after
from timeline.projection.generation import Generation
from timeline.projection.states import When, facts_of
from timeline.timelines import Timelines
from timeline.timelines.rebuild import rebuild, sweep

KINDS = Kinds.of(things)
THINGS = [f"thing:{name}" for name in "abcd"]
DATES = [
    *("2024", "2024-06", "2025-01-10", "2025-01-10", "2025-01-20", "202X", "2025-01-10T09:30Z", "2025-02~"),
    *("2024/2025", "2025-01/..", "../2025-01-15", "2024-06/2025-01-10", "2025/2025-01", "2024-12/2025-01-15"),
    *("[2025-01-05..2025-01-25]", "[..2025-01-20]", "[2024-06..]", "2023?"),
    *("2025-01-10T09:30:00.001Z", "2025-01-10T09:30:07Z"),
]
MOMENTS = ["2024-03", "2024-06", "2024", "2025-01-10", "2025-01-12", "2025-01-15", "2025-01-20", "2025", "2030", None]
MONEY = [
    {"amount": "5", "currency": "USD"},
    {"upper": "6", "currency": "USD"},
    {"lower": "2", "currency": "EUR"},
    {"amount": "7", "qualifier": "ABOUT", "currency": "EUR"},
    {"lower": "1", "upper": "9", "currency": "USD"},
]
QUANTITIES = [{"value": "3"}, {"upper": "8", "unit": "kg"}, {"lower": "2", "unit": "kg"}, {"value": "4", "unit": "kg"}]

ids = st.integers(0, 2**32).map(lambda number: str(UUID(int=number)))
stated = st.fixed_dictionaries(
    {
        "thing": st.sampled_from(THINGS),
        "other": st.sampled_from(THINGS),
        "attribute": st.sampled_from(list(things.Attribute)).map(str),
    },
    optional={
        "number": st.integers(0, 4),
        "amount": st.sampled_from(MONEY),
        "quantity": st.sampled_from(QUANTITIES),
        "remove": st.booleans(),
        "item": st.sampled_from(["x", "y"]),
    },
)
merged = st.tuples(st.sampled_from(THINGS), st.sampled_from(THINGS)).map(
    lambda pair: {"entity": pair[0], "into": pair[1]}
)
said = st.one_of(
    *[st.tuples(st.just("thing.stated"), stated, st.sampled_from(DATES))] * 5,
    st.tuples(st.just("entity.merged"), merged, st.just("2025")),
)
acts = st.one_of(
    *[st.tuples(st.just("say"), said, st.just(0))] * 3,
    st.tuples(st.just("correct"), said, st.integers(0, 30)),
    st.tuples(st.sampled_from(["retraction", "redaction", "dispute"]), st.none(), st.integers(0, 30)),
)
slugs = (f"s{number}" for number in range(10**9))
histories = st.lists(st.lists(acts, min_size=1, max_size=4), min_size=1, max_size=12)


@contextmanager
def emptied(database: Database) -> Iterator[Timelines]:
    """A new timeline of its own in a database that is used again and again."""
    timelines = Timelines(database, KINDS, Clock())
    yield timelines
    timelines._writer.close()


def play(timelines: Timelines, slug: str, history: list[list[Any]]) -> None:
    """Append a history, in groups, to what is there already; what is refused is left out."""
    targets = [each.id for each in logged(timelines, slug) if each.kind not in ("retraction", "redaction")]
    number = 1_000 * len(logged(timelines, slug))
    for group in history:
        futures = []
        for act, what, index in group:
            number += 1
            new = made(act, what, UUID(int=number), targets, index)
            if new is not None:
                futures.append((new, timelines.submit(slug, [new])))
        for new, future in futures:
            try:
                future.result(30)
            except TimelineError:
                continue
            if new.kind not in ("retraction", "redaction"):
                targets.append(UUID(str(new.id)))


def made(act: str, what: Any, id: UUID, targets: list[UUID], index: int) -> New | None:
    line: dict[str, Any] = {"id": str(id)}
    if act != "say":
        if not targets:
            return None
        target = str(targets[index % len(targets)])
    if act in ("say", "correct"):
        kind, data, occurred = what
        line |= {"kind": kind, "data": data, "occurred": occurred}
        if act == "correct":
            line |= {"corrects": target, "reason": "it was wrong"}
    else:
        line |= {"kind": act, "data": {"target": target}}
        line |= {"note": "is it so?"} if act == "dispute" else {"reason": "it was wrong"}
    try:
        return new_event(KINDS, line)
    except TimelineError:
        return None


def logged(timelines: Timelines, slug: str) -> list[Record]:
    with timelines.reading() as connection:
        return [record_of(row) for row in rows_after(connection, timelines.find(slug).id, 0, 2**62, 10_000)]


def answered(timelines: Timelines, slug: str, when: When) -> oracle.State:
    with timelines.reading() as connection:
        found = facts_of(connection, in_use(timelines, slug), THINGS, KINDS.attributes.values(), when)
    return {
        (fact.entity, fact.attribute.path, fact.key): oracle.comparable(fact.value)
        for fact in found
        if fact.value is not None
    }


single = st.tuples(st.just("say"), st.tuples(st.just("thing.stated"), stated, st.sampled_from(DATES)), st.just(0))


def in_time(act: Any) -> tuple[int, int]:
    date = parse_date(act[1][2])
    return date.start_hi, date.start_lo


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(single, min_size=2, max_size=12), data=st.data())
def test_any_order_of_arrival_gives_the_same_states(
    sqlite_database: Database, said: list[Any], data: st.DataObject
) -> None:
    """Up to the order of ties: of two that begin at the same time, the one that was claimed first comes first."""
    places = data.draw(st.permutations(range(len(said))))
    mixed = [said[place] for place in places]
    for moment in {in_time(act) for act in said}:
        here = [index for index, act in enumerate(mixed) if in_time(act) == moment]
        for index, act in zip(here, [act for act in said if in_time(act) == moment], strict=True):
            mixed[index] = act
    with emptied(sqlite_database) as timelines:
        found = []
        for order in (said, mixed):
            slug = next(slugs)
            timelines.create(slug, "A history")
            play(timelines, slug, [[act] for act in order])
            moments = [None if each is None else parse_moment(each) for each in MOMENTS]
            found.append(
                [answered(timelines, slug, When(len(said), at, maybe)) for at in moments for maybe in (False, True)]
            )
    assert found[0] == found[1]


def check(timelines: Timelines, slug: str, moments: list[str | None]) -> None:
    records = logged(timelines, slug)
    for basis in range(len(records) + 1):
        for moment in moments:
            until = None if moment is None else parse_moment(moment)
            for possible in (False, True):
                expected = oracle.state(KINDS, records, basis, until, possible=possible)
                found = answered(timelines, slug, When(basis, until, possible))
                assert found == expected, (basis, moment, possible)


@pytest.fixture(scope="module")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("states")
    database = Database.open(f"sqlite:///{folder / 'states.db'}")
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def postgres_database(postgres_server: str) -> Iterator[Database]:
    database = Database.open(postgres_server)
    migrate(database)
    yield database
    database.close()


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def rows(timelines: Timelines, generation: Generation) -> dict[str, list[Any]]:
    """All that was derived, but for the numbers that the database and the generation give."""
    found = {}
    with timelines.reading() as connection:
        for table in tables.DERIVED:
            columns = [column for column in table.columns if column.name not in ("id", "generation")]
            held = connection.execute(select(*columns).where(generation.holds(table.c)))
            found[table.name] = sorted(map(tuple, held), key=repr)
    return found


def check_rebuilt(timelines: Timelines, slug: str, meanwhile: list[list[Any]]) -> None:
    """Made again from the log, a few records at a time, while others append, everything is as it was."""
    old, going_on = in_use(timelines, slug), iter(meanwhile)
    for done, total in rebuild(timelines.database, KINDS, old.timeline_id, Clock(), batch=1 + len(slug) % 3):
        if done < total and (group := next(going_on, None)):
            play(timelines, slug, [group])
            assert in_use(timelines, slug) == old
    new = in_use(timelines, slug)
    assert new != old
    before, after = rows(timelines, old), rows(timelines, new)
    slots, remade = set(before.pop("slot")), set(after.pop("slot"))
    assert remade <= slots  # those that a merge emptied are not made again
    assert after == before
    assert sum(sweep(timelines.database, old)) > sum(map(len, after.values()))
    assert not any(rows(timelines, old).values())


def run(database: Database, history: list[list[Any]], moments: list[str | None]) -> None:
    slug = next(slugs)
    with emptied(database) as timelines:
        timelines.create(slug, "A history")
        half = (len(history) + 1) // 2
        play(timelines, slug, history[:half])
        check_rebuilt(timelines, slug, history[half:])
        check(timelines, slug, moments)


some = st.lists(st.sampled_from(MOMENTS), min_size=1, max_size=3, unique=True)


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(history=histories, moments=some)
def test_states_are_what_a_replay_says_on_sqlite(
    sqlite_database: Database, history: list[list[Any]], moments: list[str | None]
) -> None:
    run(sqlite_database, history, moments)


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(history=histories, moments=some)
def test_states_are_what_a_replay_says_on_postgres(
    postgres_database: Database, history: list[list[Any]], moments: list[str | None]
) -> None:
    run(postgres_database, history, moments)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=QUIET)
@given(history=histories, moments=some)
def test_states_of_many_histories(
    sqlite_database: Database, history: list[list[Any]], moments: list[str | None]
) -> None:
    run(sqlite_database, history, moments)
