"""Lines in and out: what a file of events may be, and what is there after it was refused half-way."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.making import head, logged, made
from timeline import exchange
from timeline.errors import BadInput, Conflict, IdReused, NotFound
from timeline.exchange import append_lines, export_lines
from timeline.timelines import Timelines


def line(number: int, **change: Any) -> bytes:
    event = {
        "id": str(UUID(int=number)),
        "kind": "toy.moved",
        "occurred": "2025-01-10",
        "data": {"toy": f"toy-{number}", "room": None},
    }
    return json.dumps({key: value for key, value in {**event, **change}.items() if value is not ...}).encode()


def ids(timelines: Timelines) -> list[int]:
    return [row.event_id.int for row in logged(timelines)]


def test_lines_come_in_batches_and_blank_ones_are_skipped(
    timelines: Timelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "BATCH", 3)
    lines = [line(1), b"", line(2), b"  \r", line(3), line(4), line(5), b""]
    assert list(append_lines(timelines, "toys", lines))[-1] == (8, 0, 0)
    assert ids(timelines) == [1, 2, 3, 4, 5]
    progress = list(append_lines(timelines, "toys", [*lines, line(6)]))
    assert progress == sorted(progress)
    assert progress[-1] == (9, 5, 0)
    assert ids(timelines) == [1, 2, 3, 4, 5, 6]


def test_no_lines_are_no_events(timelines: Timelines) -> None:
    assert list(append_lines(timelines, "toys", [])) == [(0, 0, 0)]
    assert list(append_lines(timelines, "toys", [b"", b" "])) == [(2, 0, 0)]
    assert list(export_lines(timelines, "toys")) == []


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (b"{", BadInput, "line 5: not JSON"),
        (line(9, kind="toy.lost"), BadInput, "line 5, kind: there is no event kind 'toy.lost'"),
        (line(9, data={"toy": "planet:mars"}), BadInput, "line 5, data.toy: 'planet' is not admitted here"),
        (
            line(9, kind="toy.bought", data={"toy": "a", "anything": "planet:mars"}),
            BadInput,
            "line 5, data.anything: there is no entity kind 'planet'",
        ),
        (
            line(9, kind="toy.bought", data={"toy": "a", "pieces": 13}),
            BadInput,
            "line 5, data: toy.bought cannot be applied",
        ),
        (
            line(9, kind="toy.bought", data={"toy": "a", "tags": ["\N{BEAR FACE}" * 1_000] * 100}),
            BadInput,
            "line 5: an event has at most 262,144 bytes",
        ),
        (line(2, note="Another."), IdReused, f"line 5, id: the id {UUID(int=2)} is that of another event"),
    ],
    ids=["JSON", "kind", "field", "entity kind", "changes", "size", "id"],
)
def test_what_stands_before_a_bad_line_is_there_and_nothing_after_it(
    timelines: Timelines, wrong: bytes, error: type[BadInput], message: str
) -> None:
    lines = [line(1), line(2), b"", line(3), wrong, line(4)]
    with pytest.raises(error) as refused:
        list(append_lines(timelines, "toys", lines))
    assert refused.value.message.startswith(message)
    assert refused.value.path == ()
    assert ids(timelines) == [1, 2, 3]
    lines[4] = line(5)
    assert list(append_lines(timelines, "toys", lines))[-1] == (6, 3, 0)
    assert ids(timelines) == [1, 2, 3, 5, 4]


def test_a_line_that_comes_twice_in_a_file_is_there_once(timelines: Timelines) -> None:
    without = line(0, id=...)
    lines = [line(1), line(1), without, line(2), without, line(1)]
    assert list(append_lines(timelines, "toys", lines))[-1] == (6, 3, 0)
    assert head(timelines) == 3


def test_an_export_is_what_was_sent_with_what_proves_it(timelines: Timelines) -> None:
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear", "room": "attic"})], by="someone")
    ((total, exported),) = export_lines(timelines, "toys")
    (row,) = logged(timelines)
    assert total == 1
    assert exported.endswith(b"}\n")
    assert json.loads(exported) == {
        "position": 1,
        "id": str(row.event_id),
        "recordedAt": "2025-06-15T15:06:40.000Z",
        "recordedBy": "someone",
        "kind": "toy.moved",
        "version": 1,
        "occurred": "2025-01-10",
        "data": {"toy": "toy:bear", "room": "room:attic"},
        "salt": row.salt.hex(),
        "commitment": row.commitment.hex(),
        "hash": row.hash.hex(),
    }


def test_an_export_of_many_is_in_order(timelines: Timelines, monkeypatch: pytest.MonkeyPatch) -> None:
    list(append_lines(timelines, "toys", [line(number) for number in range(1, 11)]))
    monkeypatch.setattr(exchange, "BATCH", 4)
    exported = list(export_lines(timelines, "toys"))
    assert [json.loads(text)["position"] for _, text in exported] == list(range(1, 11))
    assert {total for total, _ in exported} == {10}


def test_of_a_timeline_that_is_not_there(timelines: Timelines) -> None:
    with pytest.raises(NotFound):
        list(export_lines(timelines, "nowhere"))
    with pytest.raises(NotFound):
        list(append_lines(timelines, "nowhere", [line(1)]))


def about(kind: str, number: int, target: int, **more: Any) -> bytes:
    reason = {} if kind == "dispute" else {"reason": "so it is"}
    data = {"target": str(UUID(int=target))}
    return json.dumps({"id": str(UUID(int=number)), "kind": kind, "data": data, **reason, **more}).encode()


def correction(number: int, target: int, **more: Any) -> bytes:
    return line(number, corrects=str(UUID(int=target)), reason="better known", **more)


def contents(lines: list[bytes]) -> list[dict[str, Any]]:
    """What lines say, without what each timeline makes itself."""
    ours = {"position", "recordedAt", "salt", "commitment", "hash"}
    return [{key: value for key, value in json.loads(each).items() if key not in ours} for each in lines]


def test_claims_go_out_and_come_in(timelines: Timelines) -> None:
    lines = [
        *(
            line(1, note="First."),
            correction(2, 1, changed=["occurred"], occurred="2025-02"),
            about("retraction", 3, 2),
        ),
        *(correction(4, 2), about("dispute", 5, 4, note="No."), about("retraction", 6, 5), about("dispute", 7, 4)),
    ]
    list(append_lines(timelines, "toys", lines))
    exported = [each for _, each in export_lines(timelines, "toys")]
    timelines.create("copy", "A copy")
    assert list(append_lines(timelines, "copy", exported))[-1] == (7, 0, 0)
    again = [each for _, each in export_lines(timelines, "copy")]
    assert contents(again) == contents(exported)
    for slug in ("toys", "copy"):
        assert list(append_lines(timelines, slug, exported))[-1] == (7, 7, 0)


def test_of_what_was_redacted_a_line_has_the_proof_and_no_content(timelines: Timelines) -> None:
    list(append_lines(timelines, "toys", [line(1, note="Secret."), about("redaction", 2, 1)]))
    exported = [json.loads(each) for _, each in export_lines(timelines, "toys")]
    (row, _) = logged(timelines)
    assert exported[0] == {
        "position": 1,
        "id": str(UUID(int=1)),
        "recordedAt": "2025-06-15T15:06:40.000Z",
        "kind": "redacted",
        "commitment": row.commitment.hex(),
        "hash": row.hash.hex(),
    }


def test_elsewhere_what_was_redacted_is_left_out_and_what_corrects_it_begins_the_claim(timelines: Timelines) -> None:
    lines = [
        *(line(1), about("dispute", 2, 1), about("retraction", 3, 2), correction(4, 1), about("redaction", 5, 1)),
        *(about("dispute", 6, 4), line(7), about("retraction", 8, 7), about("redaction", 9, 7), line(10)),
    ]
    list(append_lines(timelines, "toys", lines))
    exported = [each for _, each in export_lines(timelines, "toys")]
    timelines.create("copy", "A copy")
    for duplicates in (0, 3):
        assert list(append_lines(timelines, "copy", exported))[-1] == (10, duplicates, 7)
    copied = contents([each for _, each in export_lines(timelines, "copy")])
    assert [UUID(each["id"]).int for each in copied] == [4, 6, 10]
    assert "corrects" not in copied[0]
    # Where they were recorded, all but the two that are redacted are found again.
    assert list(append_lines(timelines, "toys", exported))[-1] == (10, 8, 2)
    assert head(timelines) == 10


def test_a_line_about_what_is_not_there_is_refused_by_its_number(timelines: Timelines) -> None:
    with pytest.raises(NotFound, match=r"line 2, data\.target: there is no event.*mend the line"):
        list(append_lines(timelines, "toys", [line(1), about("dispute", 2, 9)]))
    with pytest.raises(Conflict, match=r"line 3, corrects: .* was corrected"):
        list(append_lines(timelines, "toys", [line(1), correction(2, 1), correction(3, 1)]))
    assert ids(timelines) == [1, 2]
    with pytest.raises(BadInput, match="line 1: a UUID is needed"):
        list(append_lines(timelines, "toys", [b'{"kind": "redacted"}']))
