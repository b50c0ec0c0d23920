"""Every kind round-trips through the codec, and its content is canonical JSON as RFC 8785 has it."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import pytest
import rfc8785
from hypothesis import given, settings

import timeline.kinds as shipped
from tests import toys
from timeline.domain.contents import content_of, new_event, same_content
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import FieldType, Shape
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.errors import BadInput
from timeline.log.chain import canonical

KINDS = Kinds.of(shipped, toys)
FREE = list(KINDS.events.values())

slugs = st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"]), min_size=1, max_size=30).filter(
    str.strip
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(str.strip)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9).map(
    lambda value: format(value or abs(value), "f")
)
dates = st.sampled_from(
    ["2025", "2025-01", "2025-01-10~", "202X", "2021/..", "[..2025-01-20]", "-0044-03-15", "../2025"]
)


@st.composite
def amounts(draw: Any, first: str, extra: dict[str, Any]) -> dict[str, Any]:
    low, high = sorted((draw(decimals), draw(decimals)), key=Decimal)
    shape = draw(
        st.sampled_from(
            [
                {first: low, "qualifier": "EXACT"},
                {first: low, "qualifier": "ABOUT"},
                {"upper": high, "qualifier": "UNDER"},
                {"lower": low, "qualifier": "OVER"},
                {"lower": low, "upper": high, "qualifier": "BETWEEN"},
            ]
        )
    )
    return {**shape, **extra}


def values_of(field: FieldType) -> st.SearchStrategy[Any]:
    """JSON that a field's `read` accepts and `write` gives back."""
    if field.name == "links":
        single: st.SearchStrategy[Any] = slugs.map(lambda slug: f"https://example.org/{slug}")
    elif field.shape is Shape.REF:
        single = st.builds(
            lambda kind, slug: f"{kind}:{slug}", st.sampled_from(field.kinds or tuple(KINDS.entities)), slugs
        )
    elif field.shape is Shape.CHOICE:
        assert field.choice is not None
        single = st.sampled_from([each.value for each in field.choice])
    else:
        single = {
            Shape.TEXT: texts if field.about.long else lines,
            Shape.INTEGER: st.integers(field.about.least, field.about.most),
            Shape.BOOLEAN: st.booleans(),
            Shape.DECIMAL: decimals,
            Shape.DATE: dates,
            Shape.QUANTITY: amounts("value", {"unit": "chips"}),
            Shape.MONEY: amounts("amount", {"currency": "USD"}),
        }[field.shape]
    return st.lists(single, min_size=1, max_size=4) if field.many else single


def data_of(kind: EventKind) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: values_of(field) for name, field in kind.fields.items() if field.required},
        optional={name: values_of(field) for name, field in kind.fields.items() if not field.required},
    ).map(together)


def together(data: dict[str, Any]) -> dict[str, Any]:
    """What kinds ask of several fields at once, and no field alone can know of."""
    if "into" in data:
        kind, _, slug = data["entity"].partition(":")
        data["into"] = f"{kind}:{slug}-again"
    if "maker" in data:
        data.setdefault("hardware", "chip:h800")
    return data | ({"pieces": 12} if data.get("pieces") == 13 else {})


@pytest.mark.parametrize("kind", FREE, ids=lambda kind: kind.name)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_data_comes_back_as_it_went_in(kind: EventKind, data: st.DataObject) -> None:
    given_data = data.draw(data_of(kind))
    event = kind.decode(given_data)
    assert kind.encode(event) == given_data
    assert kind.decode(json.loads(json.dumps(kind.encode(event)))) == event


@given(st.data(), st.sampled_from(FREE))
@settings(max_examples=300, deadline=None)
def test_content_is_canonical_json(data: st.DataObject, kind: EventKind) -> None:
    line = {"kind": kind.name, "occurred": data.draw(dates), "data": data.draw(data_of(kind)), "note": data.draw(texts)}
    new = new_event(KINDS, {**line, "sources": [{"title": data.draw(lines), "quote": data.draw(texts)}]})
    content = content_of(KINDS, new).recorded
    assert canonical(content) == rfc8785.dumps(content)
    assert same_content(KINDS, Record(1, new.id or uuid4(), 0, json.loads(canonical(content)), b""), content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(list(KINDS.events.values())), json_values, st.none() | st.integers())
@settings(max_examples=400, deadline=None)
def test_nothing_but_bad_input_comes_of_any_json(kind: EventKind, data: Any, version: int | None) -> None:
    with suppress(BadInput):
        kind.decode(data, version)


@given(st.data(), st.sampled_from(FREE), json_values)
@settings(max_examples=400, deadline=None)
def test_nor_of_any_json_in_one_field(data: st.DataObject, kind: EventKind, wrong: Any) -> None:
    name = data.draw(st.sampled_from(sorted(kind.fields)))
    with suppress(BadInput):
        kind.decode({**kind.example, name: wrong})


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"points": 11}, ("points",), "from 0 to 10"),
        ({"points": "3"}, ("points",), "a whole number is needed, not a text"),
        ({"points": True}, ("points",), "not a boolean"),
        ({"points": None}, ("points",), "needs points"),
        ({"toy": "a b"}, ("toy",), "is not a slug"),
        ({"toy": "room:attic"}, ("toy",), "'room' is not admitted here, only toy"),
        ({"toy": {"ref": "bear", "name": "\u202ebear"}}, ("toy", "name"), "control character U+202E"),
        ({"toy": {"ref": "bear", "size": 1}}, ("toy",), "not 'size'"),
        ({"other": 1}, (), "toy.scored has no field 'other'"),
    ],
)
def test_what_is_wrong_is_named_and_where(change: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    with pytest.raises(BadInput) as refused:
        KINDS.events["toy.scored"].decode({"toy": "bear", "room": "attic", "points": 3, **change})
    assert message in refused.value.message
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("story", "a\x00b", "U+0000 cannot be stored"),
        ("story", "\ud800", "U+D800 cannot be stored"),
        ("story", "x" * 20_001, "at most 20,000 characters, not 20,001"),
        ("story", "  ", "not blanks"),
        ("pieces", 2**31, "2,147,483,647"),
        ("pieces", 1.5, "a whole number is needed"),
        ("tags", ["a"] * 201, "at most 200 entries"),
        ("tags", ["a\nb"], "control character U+000A"),
        ("tags", "a", "a list is needed, not a text"),
        ("colour", "green", "one of red, blue is needed"),
        ("wrapped", 1, "true or false is needed"),
        ("made", "2023-02-29", "February 2023 has 28 days"),
        ("discount", 1.5, "as a decimal string"),
        ("topics", ["bear"], "say which kind of entity"),
    ],
)
def test_values_that_cannot_be_kept_are_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        KINDS.events["toy.bought"].decode({"toy": "bear", field: value})
    assert message in refused.value.message
    assert refused.value.path[0] == field


def test_a_kind_that_cannot_be_applied_is_refused() -> None:
    line = {"kind": "toy.bought", "occurred": "2025", "data": {"toy": "bear", "pieces": 13}}
    with pytest.raises(BadInput, match=r"toy\.bought cannot be applied: thirteen pieces cannot be shared"):
        content_of(KINDS, new_event(KINDS, line))


def test_a_mistake_in_a_kind_is_logged_for_its_author(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(KINDS.events["toy.bought"].cls, "headline", lambda _: dict[str, str]()["boom"])
    new = new_event(KINDS, {"kind": "toy.bought", "occurred": "2025", "data": {"toy": "bear"}})
    with pytest.raises(BadInput, match=r"toy\.bought cannot be applied$"):
        content_of(KINDS, new)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)
