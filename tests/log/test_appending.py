"""Appending: what is taken, what is a retry, and what is refused before anything is written."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.making import counts, head, logged, made, moved
from timeline.domain.contents import new_event
from timeline.domain.limits import MAX_CONTENT
from timeline.domain.quantities import Qualifier
from timeline.domain.records import NewEvent
from timeline.errors import BadInput, Conflict, IdReused, NotFound, TimelineError, TooLarge, UnknownEntity
from timeline.timelines import EntitiesUnchanged, NewEntities, Timelines


def test_what_was_appended_is_there_when_the_database_is_opened_again(
    timelines: Timelines, open_timelines: Callable[[], Timelines]
) -> None:
    event = made(
        timelines.kinds,
        "toy.moved",
        {"toy": {"ref": "bear", "name": "Teddy \N{BEAR FACE}"}, "room": "attic"},
        sources=[{"url": "https://example.org/a", "retrieved": "2025-01-11T00:00:00Z"}],
        note="As it was told.",
    )
    done = timelines.append("toys", [event], by="someone")
    timelines.close()
    again = open_timelines()
    (row,) = logged(again)
    (record,) = done.records
    assert (row.position, row.event_id, row.recorded_at, row.hash) == (1, event.id, record.recorded_at, record.hash)
    assert again.append("toys", [event]).records == (record,)
    assert record.content == {
        "kind": "toy.moved",
        "version": 1,
        "occurred": "2025-01-10",
        "data": {"toy": "toy:bear", "room": "room:attic"},
        "names": {"toy:bear": "Teddy \N{BEAR FACE}"},
        "sources": [{"url": "https://example.org/a", "retrieved": "2025-01-11T00:00:00.000Z"}],
        "note": "As it was told.",
        "by": "someone",
    }


@pytest.mark.parametrize("expect", [None, 0, 99, EntitiesUnchanged(("toy:bear",), 0), EntitiesUnchanged((), 50)])
def test_a_duplicate_returns_the_first_result_whatever_it_expects(timelines: Timelines, expect: Any) -> None:
    events = [moved(timelines.kinds), moved(timelines.kinds, "fox")]
    first = timelines.append("toys", events, expect=0, by="someone")
    timelines.append("toys", [moved(timelines.kinds)])
    again = timelines.append("toys", events, expect=expect, new_entities=NewEntities.REFUSE, by="another")
    assert again.records == first.records
    assert (first.duplicates, again.duplicates) == (0, 2)
    assert again.basis.position == head(timelines) == 3


def test_old_and_new_in_one_call_keep_their_order(timelines: Timelines) -> None:
    old, new, newer = (moved(timelines.kinds, toy) for toy in ("bear", "fox", "owl"))
    timelines.append("toys", [old])
    mixed = timelines.append("toys", [new, old, newer])
    assert [record.position for record in mixed.records] == [2, 1, 3]
    assert (mixed.duplicates, mixed.basis.position) == (1, 3)


def test_old_and_new_in_one_call_are_all_or_nothing(timelines: Timelines) -> None:
    old = moved(timelines.kinds)
    timelines.append("toys", [old])
    with pytest.raises(Conflict):
        timelines.append("toys", [old, moved(timelines.kinds)], expect=0)
    assert head(timelines) == 1


def test_a_retry_by_an_older_client_is_a_retry(timelines: Timelines) -> None:
    """It sends version 1 of the data; the log has version 2."""
    kinds, id_ = timelines.kinds, str(uuid4())
    data = {"toy": "bear", "room": "attic"}
    first = timelines.append("toys", [made(kinds, "toy.scored", {**data, "points": 7}, id=id_)])
    older = made(kinds, "toy.scored", {**data, "stars": 7}, id=id_, version=1)
    assert timelines.append("toys", [older]).records == first.records


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"toy": "bear", "room": None}},
        {"occurred": "2025-01-11"},
        {"occurred": "2025-01-10~"},
        {"note": "Another."},
        {"sources": [{"title": "Another."}]},
        {"names": {"toy:bear": "Teddy"}},
        {"kind": "toy.scored", "data": {"toy": "bear", "room": "attic", "points": 1}},
    ],
)
def test_an_id_that_was_given_to_other_content_is_refused(timelines: Timelines, change: dict[str, Any]) -> None:
    line = {
        "id": str(uuid4()),
        "kind": "toy.moved",
        "occurred": "2025-01-10",
        "data": {"toy": "bear", "room": "attic"},
    }
    timelines.append("toys", [new_event(timelines.kinds, line)])
    other = new_event(timelines.kinds, line | change)
    with pytest.raises(IdReused, match=f"{line['id']}.* at position 1") as refused:
        timelines.append("toys", [moved(timelines.kinds), other])
    assert refused.value.path == ("events", 1, "id")
    assert head(timelines) == 1


def test_an_id_twice_in_one_call_is_refused(timelines: Timelines) -> None:
    event = moved(timelines.kinds)
    with pytest.raises(BadInput, match="given twice") as refused:
        timelines.append("toys", [event, moved(timelines.kinds), event])
    assert refused.value.path == ("events", 2, "id")
    assert head(timelines) == 0


def test_ids_are_of_one_timeline(timelines: Timelines) -> None:
    timelines.create("more", "More")
    event = moved(timelines.kinds)
    assert timelines.append("toys", [event]).duplicates == 0
    assert timelines.append("more", [event]).duplicates == 0
    assert (head(timelines, "toys"), head(timelines, "more")) == (1, 1)


REFUSALS: list[tuple[dict[str, Any], type[TimelineError], tuple[str | int, ...]]] = [
    ({"expect": 0}, Conflict, ("expect", "head")),
    ({"expect": 2}, Conflict, ("expect", "head")),
    (
        {"expect": EntitiesUnchanged(("toy:owl", "toy:bear"), 0)},
        Conflict,
        ("expect", "entities", "refs", 1),
    ),
    ({"expect": EntitiesUnchanged(("toy:bear",), 2)}, BadInput, ("expect", "entities", "since")),
    ({"new_entities": NewEntities.REFUSE}, UnknownEntity, ("events", 0, "data", "toy")),
]


@pytest.mark.parametrize("validate_only", [False, True])
@pytest.mark.parametrize(("options", "error", "path"), REFUSALS)
def test_a_refusal_says_where_and_changes_nothing(
    timelines: Timelines,
    validate_only: bool,
    options: dict[str, Any],
    error: type[TimelineError],
    path: tuple[str | int, ...],
) -> None:
    timelines.append("toys", [moved(timelines.kinds)])
    before = counts(timelines)
    with pytest.raises(TimelineError) as refused:
        timelines.append("toys", [moved(timelines.kinds, "fox")], validate_only=validate_only, **options)
    assert type(refused.value) is error
    assert refused.value.path == path
    assert counts(timelines) == before


def test_validating_changes_nothing_and_counts_what_is_there(timelines: Timelines) -> None:
    old = moved(timelines.kinds)
    timelines.append("toys", [old])
    before = counts(timelines)
    checked = timelines.append("toys", [old, moved(timelines.kinds, "fox")], expect=1, validate_only=True)
    assert (checked.records, checked.duplicates, checked.basis.position) == ((), 1, 1)
    assert counts(timelines) == before
    with pytest.raises(IdReused):
        timelines.append("toys", [moved(timelines.kinds, "fox", id=old.id)], validate_only=True)


def test_entities_that_are_known_are_not_new(timelines: Timelines) -> None:
    timelines.append("toys", [moved(timelines.kinds, "bear", "attic")])
    timelines.append("toys", [moved(timelines.kinds, "bear", "attic")], new_entities=NewEntities.REFUSE)
    with pytest.raises(UnknownEntity, match="room:cellar, toy:fox") as refused:
        timelines.append("toys", [moved(timelines.kinds, "fox", "cellar")], new_entities=NewEntities.REFUSE)
    assert "attic" not in refused.value.message
    assert refused.value.path == ("events", 0, "data", "toy")
    events = [moved(timelines.kinds), moved(timelines.kinds, "bear", "cellar")]
    with pytest.raises(UnknownEntity) as second:
        timelines.append("toys", events, new_entities=NewEntities.REFUSE)
    assert second.value.path == ("events", 1, "data", "room")
    assert head(timelines) == 2


def test_how_many_events_a_call_may_have(timelines: Timelines) -> None:
    for number, refusal in ((0, BadInput), (1_001, TooLarge)):
        with pytest.raises(refusal, match=f"1 to 1,000 events.*not {number:,}") as refused:
            timelines.append("toys", [moved(timelines.kinds) for _ in range(number)])
        assert refused.value.path == ("events",)
    assert timelines.append("toys", [moved(timelines.kinds) for _ in range(1_000)]).basis.position == 1_000


def test_how_large_an_event_may_be(timelines: Timelines) -> None:
    long = {"toy": "bear", "tags": ["\N{BEAR FACE}" * 1_000] * 60, "story": "x" * 20_000}
    fits = made(timelines.kinds, "toy.bought", long)
    timelines.append("toys", [fits])
    room = MAX_CONTENT - len(logged(timelines)[0].content.encode())
    assert 0 < room < 20_000
    for note, taken in (("y" * (room - len(',"note":""')), True), ("y" * (room - len(',"note":""') + 1), False)):
        event = made(timelines.kinds, "toy.bought", long, note=note)
        if taken:
            timelines.append("toys", [event])
            assert len(logged(timelines)[-1].content.encode()) == MAX_CONTENT
        else:
            with pytest.raises(TooLarge, match="262,144 bytes") as refused:
                timelines.append("toys", [moved(timelines.kinds), event])
            assert refused.value.path == ("events", 1)
    assert head(timelines) == 2


def test_a_kind_that_cannot_be_applied_is_refused_before_anything_is_written(timelines: Timelines) -> None:
    event = made(timelines.kinds, "toy.bought", {"toy": "bear", "pieces": 13})
    with pytest.raises(BadInput, match=r"toy\.bought cannot be applied: thirteen pieces") as refused:
        timelines.append("toys", [moved(timelines.kinds), event])
    assert refused.value.path == ("events", 1, "data")
    assert head(timelines) == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"toy": "bear", "anything": "planet:mars"}, "no entity kind 'planet'"),
        (
            {"toy": {"ref": "bear", "name": "A"}, "friends": [{"ref": "bear", "name": "B"}]},
            "toy:bear is given two names",
        ),
    ],
)
def test_entities_that_cannot_be(timelines: Timelines, data: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message) as refused:
        timelines.append("toys", [made(timelines.kinds, "toy.bought", data)])
    assert refused.value.path == ("events", 0, "data", "anything" if "anything" in data else "friends")


def test_timelines_that_are_not_there_and_that_are(timelines: Timelines) -> None:
    with pytest.raises(NotFound, match="'nowhere'"):
        timelines.append("nowhere", [moved(timelines.kinds)])
    first = timelines.create("more", "More", "Of them.")
    assert timelines.create("more", "More", "Of them.") == first == timelines.find("more")
    for title, description in (("Other", "Of them."), ("More", None), ("More", "Others.")):
        with pytest.raises(Conflict, match="'more'") as refused:
            timelines.create("more", title, description)
        assert refused.value.path == ("slug",)
    assert timelines.find("more") == first


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (("", "T"), "slug"),
        (("A", "T"), "slug"),
        (("a" * 101, "T"), "slug"),
        (("a b", "T"), "slug"),
        (("a", ""), "title"),
        (("a", "x\0"), "title"),
        (("a", "x" * 201), "title"),
        (("a", "T", " "), "description"),
        (("a", "T", "\ud800"), "description"),
    ],
)
def test_a_timeline_that_cannot_be(timelines: Timelines, given: tuple[Any, ...], path: str) -> None:
    before = counts(timelines)
    with pytest.raises(BadInput) as refused:
        timelines.create(*given)
    assert refused.value.path == (path,)
    assert counts(timelines) == before


def test_every_value_is_stored_as_it_was_given(timelines: Timelines) -> None:
    data = {
        "toy": "bear",
        "price": {"lower": "0.10", "upper": "99999999999999999999.5", "currency": "EUR"},
        "weight": {"value": "-0.0", "unit": "kg \N{PILE OF POO}"},
        "pieces": -(2**31),
        "story": "a\tb\n\x01\x7f\u2028\N{GRINNING FACE}'\"\\",
        "tags": ["%", "_", "\\", "\N{ARABIC LETTER BEH}"],
        "wrapped": False,
    }
    event = made(timelines.kinds, "toy.bought", data)
    timelines.append("toys", [event])
    (record,) = timelines.append("toys", [event]).records  # read from the database
    stored = timelines.kinds.events["toy.bought"].decode(record.content["data"])
    assert isinstance(event, NewEvent)
    assert stored == event.event
    assert stored.price.qualifier is Qualifier.BETWEEN  # type: ignore[attr-defined]
