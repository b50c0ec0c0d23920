"""The life of a claim: corrected, withdrawn, reinstated, disputed, redacted; and who comes too late."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.making import logged, made, moved
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.errors import BadInput, Conflict, IdReused, NotFound
from timeline.log.read import records_by_id
from timeline.projection.standing import disputes, standings
from timeline.timelines import Timelines


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
        found = standings(connection, timelines.find("toys").id, range(1, basis + 1))
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
    timeline = timelines.find("toys").id
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
