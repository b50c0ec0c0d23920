"""What stands in a cell, as the JSON of a field."""

from typing import Any

import pytest

from tests import imported_kinds
from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.cells import Form, date, value_of, whole

KINDS = Kinds.of(imported_kinds)
FIELDS = KINDS.events["part.bought"].fields
ENTITIES = frozenset(KINDS.entities)


def value(name: str, cell: str, **form: Any) -> Any:
    read = value_of(cell, FIELDS[name], Form(**form), ENTITIES)
    if read is not None:
        FIELDS[name].read(read)  # what comes out is what the field takes
    return read


MONEY = {"currency": "USD"}


@pytest.mark.parametrize(
    ("name", "cell", "form", "expected"),
    [
        ("part", "Wheel  3.5", {}, {"ref": "part:wheel-3.5", "name": "Wheel 3.5"}),
        ("part", "part:wheel", {}, "part:wheel"),
        ("part", "Re: wheel", {}, {"ref": "part:re-wheel", "name": "Re: wheel"}),
        ("part", "Wheel, Axle", {"split": ","}, {"ref": "part:wheel", "name": "Wheel"}),
        ("sellers", "A; B;a", {"split": ";"}, [{"ref": "shop:a", "name": "a"}, {"ref": "shop:b", "name": "B"}]),
        ("buyer", "Ann", {"entity": "shop"}, {"ref": "shop:ann", "name": "Ann"}),
        ("count", "1,200", {}, 1200),
        ("count", "512.0", {}, 512),
        ("weight", "0.50", {}, "0.50"),
        ("weight", "3.1e3", {}, "3100"),
        ("fragile", "Yes", {}, True),
        ("fragile", "0", {}, False),
        ("grade", "second hand", {}, "second_hand"),
        ("made", "Jan 2025", {}, "2025-01"),
        ("made", "1/2/2025", {"day_first": False}, "2025-01-02"),
        ("price", "5,390,000", MONEY, {"amount": "5390000", "qualifier": "EXACT", "currency": "USD"}),
        ("price", "$5.6 million", MONEY, {"amount": "5600000", "qualifier": "EXACT", "currency": "USD"}),
        ("price", "under $6 million", MONEY, {"upper": "6000000", "qualifier": "UNDER", "currency": "USD"}),
        ("price", "> 10k", MONEY, {"lower": "10000", "qualifier": "OVER", "currency": "USD"}),
        (
            "price",
            "387830439.15",
            MONEY | {"digits": 3, "qualifier": "ABOUT"},
            {"amount": "388000000", "qualifier": "ABOUT", "currency": "USD"},
        ),
        ("size", "~2,000", {"unit": "cm"}, {"value": "2000", "qualifier": "ABOUT", "unit": "cm"}),
        ("size", "2000", {}, {"value": "2000", "qualifier": "EXACT"}),
        ("remark", " two\nlines ", {}, "two\nlines"),
        ("remark", "<p>a</p>", {"html": True}, "a"),
        ("label", "two\nlines", {}, "two lines"),
        ("tags", "a, b,, a", {"split": ","}, ["a", "b"]),
        ("label", "  ", {}, None),
    ],
)
def test_a_cell_becomes_what_its_field_takes(name: str, cell: str, form: dict[str, Any], expected: Any) -> None:
    assert value(name, cell, **form) == expected


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("count", "1.5", "not a whole number"),
        ("count", "many", "'many' is not a number"),
        ("count", "1,2", "not a number"),
        ("weight", "1e99", "at most 30 digits"),
        ("weight", "", None),
        ("fragile", "perhaps", "neither true nor false"),
        ("made", "soon", "soon: not a date"),
        ("made", "in January", "'in January' is not a date that can be read"),
        ("made", "1/2/2025", "is it 2025-02-01 or 2025-01-02?"),
        ("price", "€5", "not in USD"),
        ("price", "five", "not an amount"),
        ("price", "5 zillion", "not an amount"),
        ("size", "$5", "not an amount"),
    ],
)
def test_a_cell_that_says_something_else_is_refused(name: str, cell: str, message: str | None) -> None:
    form = MONEY if name == "price" else {}
    if message is None:
        assert value(name, cell, **form) is None
    else:
        with pytest.raises(BadInput, match=message.replace("?", r"\?")):
            value(name, cell, **form)


def test_dates_are_edtf_where_they_can_be() -> None:
    assert [date(text) for text in ("2025-01", " 2025-01~ ", "2021/..", "Jan 10, 2025")] == [
        "2025-01",
        "2025-01~",
        "2021/..",
        "2025-01-10",
    ]
    assert whole("-44") == -44
