"""The life of a claim: corrected, withdrawn, reinstated, disputed, redacted; and who comes too late."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.making import derived, head_held, logged, made, moved
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.errors import BadInput, Conflict, IdReused, NotFound, Unavailable
from timeline.log.read import records_by_id
from timeline.projection.names import Names
from timeline.projection.standing import disputes, standings
from timeline.timelines import EntitiesUnchanged, Timelines


def ident(new: New) -> UUID:
    assert new.id is not None
    return new.id


def corrected(timelines: Timelines, target: New, room: str = "cellar", **more: Any) -> New:
    data = {"toy": "bear", "room": room}
    return made(timelines.kinds, "toy.moved", data, corrects=str(target.id), reason="a slip of the pen", **more)


def about(timelines: Timelines, kind: str, target: New, **more: Any) -> New:
    line = {"id": str(uuid4()), "kind": kind, "data": {"target": str(target.id)}, **more}
    return new_event(timelines.kinds, line)


def retraction(timelines: Timelines, target: New) -> New:
    return about(timelines, "retraction", target, reason="it never happened")


def dispute(timelines: Timelines, target: New) -> New:
    return about(timelines, "dispute", target, note="others say otherwise")


def redaction(timelines: Timelines, target: New) -> New:
    return about(timelines, "redaction", target, reason="a court ordered it")


def statuses(timelines: Timelines, basis: int) -> dict[int, str]:
    with timelines.reading() as connection:
        found = standings(connection, derived(timelines), range(1, basis + 1))
    return {position: standing.status(basis).name for position, standing in sorted(found.items())}


def test_a_claim_is_corrected_withdrawn_and_reinstated(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    second = corrected(timelines, first)
    third = corrected(timelines, second, "kitchen")
    for new in (first, second, retraction(timelines, second), third):
        timelines.append("toys", [new])
    assert statuses(timelines, 1) == {1: "CURRENT"}
    assert statuses(timelines, 2) == {1: "CORRECTED", 2: "CURRENT"}
    assert statuses(timelines, 3) == {1: "CORRECTED", 2: "RETRACTED", 3: "CURRENT"}
    assert statuses(timelines, 4) == {1: "CORRECTED", 2: "CORRECTED", 3: "CURRENT", 4: "CURRENT"}


@pytest.mark.parametrize("act", [corrected, retraction, dispute])
def test_who_saw_a_version_that_is_not_current_is_told_which_one_is(
    timelines: Timelines, act: Callable[[Timelines, New], New]
) -> None:
    first = moved(timelines.kinds)
    second = corrected(timelines, first)
    timelines.append("toys", [first, second])
    with pytest.raises(Conflict, match=str(second.id)):
        timelines.append("toys", [act(timelines, first)])
    assert len(logged(timelines)) == 2


def test_of_two_who_correct_the_same_version_one_wins(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    timelines.append("toys", [first])
    futures = [timelines.submit("toys", [corrected(timelines, first)]) for _ in range(8)]
    won = [future for future in futures if future.exception() is None]
    assert len(won) == 1
    assert {type(future.exception()) for future in futures if future not in won} == {Conflict}


def test_what_was_withdrawn_cannot_be_withdrawn_or_disputed_again(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    timelines.append("toys", [first, retraction(timelines, first)])
    for act in (retraction, dispute):
        with pytest.raises(Conflict, match="withdrawn"):
            timelines.append("toys", [act(timelines, first)])


def test_a_dispute_leaves_the_record_standing_and_can_be_withdrawn(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    doubt = dispute(timelines, first)
    timelines.append("toys", [first, doubt])
    timelines.append("toys", [retraction(timelines, doubt)])
    timeline = derived(timelines)
    with timelines.reading() as connection:
        assert disputes(connection, timeline, [1], 1) == {}
        assert disputes(connection, timeline, [1], 2) == {1: [2]}
        assert disputes(connection, timeline, [1], 3) == {}
    assert statuses(timelines, 3) == {1: "CURRENT", 2: "RETRACTED", 3: "CURRENT"}


def test_retractions_and_redactions_cannot_be_targeted_nor_disputes_corrected(timelines: Timelines) -> None:
    first, other = moved(timelines.kinds), moved(timelines.kinds, "fox")
    gone, blanked, doubt = retraction(timelines, first), redaction(timelines, first), dispute(timelines, other)
    timelines.append("toys", [first, other, gone, blanked, doubt])
    for target in (gone, blanked):
        for act in (corrected, retraction, dispute, redaction):
            with pytest.raises(BadInput, match="cannot be"):
                timelines.append("toys", [act(timelines, target)])
    for act in (corrected, dispute):
        with pytest.raises(BadInput, match="a dispute cannot be"):
            timelines.append("toys", [act(timelines, doubt)])
    with pytest.raises(NotFound):
        timelines.append("toys", [retraction(timelines, moved(timelines.kinds))])


def test_a_retry_of_a_correction_returns_the_first_result_whatever_came_after(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    second = corrected(timelines, first)
    gone = retraction(timelines, second)
    timelines.append("toys", [first, second, gone])
    for position, new in enumerate((first, second, gone), 1):
        again = timelines.append("toys", [new], expect=0)
        assert (again.records[0].position, again.duplicates) == (position, 1)
    with pytest.raises(IdReused):
        timelines.append("toys", [corrected(timelines, first, "garden", id=str(second.id))])


def test_a_redacted_record_keeps_its_place_and_its_proof_and_nothing_else(timelines: Timelines) -> None:
    first = made(timelines.kinds, "toy.moved", {"toy": {"ref": "bear", "name": "Balthasar"}, "room": "attic"})
    second = corrected(timelines, first)
    timelines.append("toys", [first, second])
    before = logged(timelines)
    timelines.append("toys", [redaction(timelines, first)])
    after = logged(timelines)
    assert (after[0].content, after[0].salt) == (None, None)
    assert (after[0].hash, after[0].commitment, after[0].recorded_at) == (
        before[0].hash,
        before[0].commitment,
        before[0].recorded_at,
    )
    assert statuses(timelines, 3) == {1: "REDACTED", 2: "CURRENT", 3: "CURRENT"}
    with timelines.reading() as connection:
        timeline = timelines.find("toys").id
        assert records_by_id(connection, timeline, [ident(first)])[ident(first)].kind == "redacted"
        assert not connection.execute(text("SELECT * FROM naming WHERE name = 'Balthasar'")).all()
    with pytest.raises(IdReused, match="redacted"):
        timelines.append("toys", [first])
    with pytest.raises(Conflict, match="redacted already"):
        timelines.append("toys", [redaction(timelines, first)])


def test_the_database_blanks_nothing_that_no_redaction_names(timelines: Timelines) -> None:
    first, other = moved(timelines.kinds), moved(timelines.kinds, "fox")
    timelines.append("toys", [first, other, redaction(timelines, first)])
    forged = "INSERT INTO redaction (timeline_id, position, redaction) VALUES (1, 2, 3)"
    for statement, said in (
        (forged, "no redaction of this record"),
        ("UPDATE record SET content = NULL, salt = NULL WHERE position = 2", "append-only"),
        ("UPDATE record SET content = NULL, salt = NULL, hash = commitment WHERE position = 1", "append-only"),
        ("UPDATE record SET content = '{}' WHERE position = 1", "append-only"),
        ("DELETE FROM redaction", "append-only"),
        ("UPDATE redaction SET position = 2", "append-only"),
    ):
        with pytest.raises(DBAPIError, match=said), timelines.database.writing() as connection:
            connection.execute(text(statement))


def called(timelines: Timelines, basis: int, entity: str = "toy:bear") -> list[str]:
    """The name of an entity, and its aliases; nothing if it is not known."""
    with timelines.reading() as connection:
        names = Names(connection, derived(timelines), [entity], basis, basis)
    identity = names.identity(entity, basis)
    return [identity.name, *identity.aliases] if identity else []


def named(timelines: Timelines, name: str | None, **more: Any) -> New:
    toy = {"ref": "bear"} | ({"name": name} if name else {})
    return made(timelines.kinds, "toy.moved", {"toy": toy, "room": None}, **more)


def test_a_name_stands_as_long_as_a_version_that_gives_it(timelines: Timelines) -> None:
    first, second, third = named(timelines, "Bruno"), named(timelines, "Bruno"), named(timelines, "Balthasar")
    mended = named(timelines, "Benno", corrects=str(second.id), reason="r")
    steps = (first, second, third, retraction(timelines, first), mended, retraction(timelines, third))
    reinstated = named(timelines, "Bruno", corrects=str(first.id), reason="r")
    for new in (*steps, reinstated, redaction(timelines, third)):
        timelines.append("toys", [new])
    assert [called(timelines, basis) for basis in range(9)] == [
        [],
        ["Bruno"],
        ["Bruno"],
        ["Bruno"],  # the third one's was redacted, so it never was
        ["Bruno"],  # the second one gave it as well
        ["Benno"],
        ["Benno"],
        ["Bruno", "Benno"],  # the first claim's comes first again
        ["Bruno", "Benno"],
    ]


def test_a_description_that_was_withdrawn_stays_so_until_it_is_reinstated(timelines: Timelines) -> None:
    def described(name: str, **more: Any) -> New:
        return made(timelines.kinds, "entity.described", {"entity": "toy:bear", "name": name}, **more)

    first = described("Balthasar")
    again = described("Balthasar I", corrects=str(first.id), reason="r")
    for new in (first, retraction(timelines, first), moved(timelines.kinds), again):
        timelines.append("toys", [new])
    assert [called(timelines, basis) for basis in range(1, 5)] == [["Balthasar"], ["bear"], ["bear"], ["Balthasar I"]]


def test_whoever_expects_an_entity_to_be_unchanged_is_told_of_corrections_and_retractions(timelines: Timelines) -> None:
    """In the same group and in another one alike; a dispute changes nothing."""
    first, fox = moved(timelines.kinds), moved(timelines.kinds, "fox")
    timelines.append("toys", [first, fox])
    unchanged = EntitiesUnchanged(("toy:bear",), 2)
    timelines.append("toys", [dispute(timelines, first)], expect=unchanged)
    gone = retraction(timelines, first)
    other = dispute(timelines, fox)
    with head_held(str(timelines.database.write.url.render_as_string(hide_password=False)), timelines):
        futures = [
            timelines.submit("toys", [gone], expect=unchanged),
            timelines.submit("toys", [other], expect=unchanged),
            timelines.submit("toys", [moved(timelines.kinds, "doll")], expect=EntitiesUnchanged(("toy:fox",), 2)),
        ]
    assert [type(future.exception()) for future in futures] == [type(None), Conflict, type(None)]
    with pytest.raises(Conflict, match="at position 4"):
        timelines.append("toys", [other], expect=unchanged)


def test_what_is_redacted_is_so_for_those_who_come_later_in_the_same_group(timelines: Timelines, address: str) -> None:
    first = moved(timelines.kinds)
    timelines.append("toys", [first])
    blanked = redaction(timelines, first)
    with head_held(address, timelines):
        futures = [timelines.submit("toys", [new]) for new in (blanked, first, retraction(timelines, first))]
    assert [type(future.exception()) for future in futures] == [type(None), IdReused, Conflict]


def test_an_event_and_its_redaction_in_one_append_leave_nothing(timelines: Timelines) -> None:
    first = named(timelines, "Balthasar")
    done = timelines.append("toys", [first, corrected(timelines, first), redaction(timelines, first)])
    assert [record.kind for record in done.records] == ["redacted", "toy.moved", "redaction"]
    assert logged(timelines)[0].content is None
    assert called(timelines, 3) == ["bear"]


def test_a_redaction_says_what_its_target_was(timelines: Timelines) -> None:
    """So that the claims can be told from the log alone. Nobody can redact what they have not seen recorded."""
    first = moved(timelines.kinds)
    second = corrected(timelines, first)
    timelines.append("toys", [first, second])
    done = timelines.append("toys", [redaction(timelines, second)])
    assert done.records[0].content["data"]["was"] == {"kind": "correction", "target": str(first.id)}


def test_to_validate_changes_nothing(timelines: Timelines) -> None:
    first = moved(timelines.kinds)
    timelines.append("toys", [first])
    for act in (corrected, retraction, dispute, redaction):
        assert timelines.append("toys", [act(timelines, first)], validate_only=True).records == ()
    gone = retraction(timelines, first)
    with pytest.raises(BadInput):
        timelines.append("toys", [gone, retraction(timelines, gone)], validate_only=True)
    assert statuses(timelines, 1) == {1: "CURRENT"}
    assert len(logged(timelines)) == 1


def test_nobody_redacts_what_was_recorded_only_just_now_without_saying_what_it_was(
    timelines: Timelines, address: str
) -> None:
    first = moved(timelines.kinds)
    timelines.append("toys", [first])
    second = corrected(timelines, first)
    blanked = redaction(timelines, second)
    with head_held(address, timelines):
        futures = [timelines.submit("toys", [new]) for new in (second, blanked)]
    assert [type(future.exception()) for future in futures] == [type(None), Unavailable]
    (record,) = timelines.append("toys", [blanked]).records
    assert record.content["data"]["was"] == {"kind": "correction", "target": str(first.id)}
    assert timelines.append("toys", [blanked]).duplicates == 1
