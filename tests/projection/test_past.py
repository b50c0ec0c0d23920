"""Pages of the past are what a look at every record finds, whatever was recorded since and in whatever order."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.making import derived, moved
from tests.projection.test_states import THINGS, emptied, histories, logged, play
from timeline.database import Database, tables
from timeline.database.bulk import insert_rows
from timeline.database.columns import NEVER
from timeline.database.migrate import migrate
from timeline.domain.contents import new_event
from timeline.domain.dates import BEGINNING, END
from timeline.domain.kinds import Kinds
from timeline.projection import events, past
from timeline.projection.dated import SHIFTS, Date, nearest, rows_of
from timeline.projection.events import Ask, EventOrder, Key, key_of
from timeline.projection.filters import EventFilter, about
from timeline.projection.generation import Generation
from timeline.timelines import Timelines

IN_THE_WORLD = [EventOrder.OCCURRED_ASC, EventOrder.OCCURRED_DESC]
FILTERS = [
    EventFilter(),
    EventFilter(kinds=("thing.stated",)),
    EventFilter(status=("CURRENT", "REDACTED")),
    about(EventFilter(), THINGS[0]),
]
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

edges = st.sampled_from([*(1 << shift for shift in SHIFTS), 1 << 46])
moments = st.builds(lambda edge, times, more: edge * times + more, edges, st.integers(-3, 3), st.integers(-2, 2))
starts = st.one_of(moments, st.sampled_from([BEGINNING, END]))
dates = st.tuples(starts, st.sampled_from([BEGINNING, 0, 1]))
slugs = (f"past{number}" for number in range(10**9))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Used again and again."""
    file = tmp_path_factory.mktemp("past") / "past.db"
    server = request.param == "postgres"
    found = Database.open(request.getfixturevalue("postgres_server") if server else f"sqlite:///{file}")
    migrate(found)
    yield found
    found.close()


def filled(database: Database, generation: Generation, when: list[Date]) -> None:
    """A log of nothing but dates."""
    number = generation.number
    with database.writing() as connection:
        for table in (tables.occurrence, tables.dated):
            connection.execute(delete(table).where(generation.holds(table.c)))
        rows = [(1, number, at, "x.happened", lo, hi, hi, NEVER, NEVER) for at, (hi, lo) in enumerate(when, 1)]
        insert_rows(connection, tables.occurrence, rows)
        for at, date in enumerate(when, 1):  # one by one, as appends come
            insert_rows(connection, tables.dated, rows_of([(date, at)]), shared=generation, once=True)


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(when=st.lists(dates, min_size=1, max_size=20), asked=dates, descending=st.booleans(), data=st.data())
def test_the_nearest_date_that_was_known(
    database: Database, when: list[Date], asked: Date, descending: bool, data: st.DataObject
) -> None:
    generation = Generation(1, -1)
    filled(database, generation, when)
    basis = data.draw(st.integers(0, len(when)))
    left = [
        date for date in when[:basis] if asked is None or (date[0] <= asked[0] if descending else date[0] >= asked[0])
    ]
    with database.reading() as connection:
        found = nearest(connection, generation, basis, asked, descending=descending)
    assert found == (max(left, default=None) if descending else min(left, default=None))


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(history=histories, data=st.data())
def test_pages_of_the_past(database: Database, history: list[list[Any]], data: st.DataObject) -> None:
    """With few records to a stretch, so that there are many; with all of them looked at; alone and many at once."""
    with emptied(database) as timelines, pytest.MonkeyPatch.context() as patch:
        slug = next(slugs)
        timelines.create(slug, "A history")
        play(timelines, slug, history)
        generation, size = derived(timelines, slug), len(logged(timelines, slug))
        asked: list[tuple[Ask, list[Key]]] = []
        with timelines.reading() as connection:
            for _ in range(20):
                order, wanted = data.draw(st.sampled_from(IN_THE_WORLD)), data.draw(st.sampled_from(FILTERS))
                basis, limit = data.draw(st.integers(0, size)), data.draw(st.integers(1, 6))
                patch.setattr(past, "REACH", data.draw(st.sampled_from([1, 2, 5, 256])))
                patch.setattr(events, "FEW", data.draw(st.sampled_from([-1, -1, 500])))
                everything = read(events.pages, connection, Ask(generation, size, wanted, order, None, 200, False))
                beyond = data.draw(st.none() | st.sampled_from(everything)) if everything else None
                ask = Ask(generation, basis, wanted, order, beyond, limit, data.draw(st.booleans()))
                expected = read(events.pages, connection, ask)
                ask = replace(ask, past=True)
                assert read(past.pages, connection, ask) == expected
                asked.append((ask, expected))
            together = past.pages(connection, [ask for ask, _ in asked])
        for (ask, expected), hits in zip(asked, together, strict=True):
            assert [key_of(ask.order, hit) for hit in hits] == expected


@pytest.mark.parametrize("order", IN_THE_WORLD)
def test_what_is_appended_meanwhile_is_no_part_of_it(
    timelines: Timelines, kinds: Kinds, monkeypatch: pytest.MonkeyPatch, order: EventOrder
) -> None:
    """Between two statements for one page, earlier and later in the world than all that it has."""
    monkeypatch.setattr(events, "FEW", -1)
    monkeypatch.setattr(past, "REACH", 4)

    def happened(*years: int) -> None:
        said = [
            {"kind": "toy.moved", "occurred": str(year), "data": {"toy": "bear", "room": "attic"}} for year in years
        ]
        timelines.append("toys", [new_event(kinds, each) for each in said])

    end = past._end

    def late(*given: Any) -> Key | None:
        happened(1900, 2100)
        return end(*given)

    happened(*range(2000, 2020))
    ask = Ask(derived(timelines), 20, EventFilter(), order, None, 15, False, past=True)
    with timelines.reading() as connection:
        expected = read(events.pages, connection, replace(ask, past=False))
        monkeypatch.setattr(past, "_end", late)
        assert read(past.pages, connection, ask) == expected


def test_a_redacted_record_stands_where_records_without_a_date_do(
    timelines: Timelines, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "FEW", -1)
    said = [moved(kinds, id=UUID(int=number)) for number in (1, 2, 3)]
    timelines.append("toys", said)
    withdrawal = {"kind": "redaction", "data": {"target": str(UUID(int=2))}, "reason": "It was private."}
    timelines.append("toys", [new_event(kinds, withdrawal)])
    wanted = EventFilter(status=("REDACTED",))
    for order in IN_THE_WORLD:
        ask = Ask(derived(timelines), 3, wanted, order, None, 5, False, past=True)
        with timelines.reading() as connection:
            assert [position for *_, position in read(past.pages, connection, ask)] == [2]


def read(pages: Any, connection: Any, ask: Ask) -> list[Key]:
    (found,) = pages(connection, [ask])
    return [key_of(ask.order, hit) for hit in found]
