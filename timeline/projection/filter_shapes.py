"""What of a filter decides how a statement reads, and what are its parameters."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam

from timeline.domain.dates import parse_date
from timeline.projection.filters import EventFilter

_LISTS = ("kinds", "entities", "about")
_ANY: Mapping[str, Any] = {
    **dict.fromkeys(_LISTS, ()),
    "occurred": parse_date("2000"),
    "recorded_after": 0,
    "source_host": "",
    "uncertain_at": 0,
}


def shape_of(wanted: EventFilter) -> EventFilter:
    """The same for filters whose statements differ in parameters only."""
    given = {name: value for name, value in _ANY.items() if getattr(wanted, name) is not None}
    return replace(wanted, **given) if given else wanted


def parameters(wanted: EventFilter, number: int) -> dict[str, Any]:
    """The values that `shape_of` leaves out."""
    given = {f"{name}_{number}": value for name in _ANY if (value := getattr(wanted, name)) is not None}
    if (date := given.pop(f"occurred_{number}", None)) is not None:
        given |= {f"occurred_reach_{number}": date.reach, f"occurred_start_{number}": date.start_lo}
    return given


def with_parameters(shape: EventFilter, number: int) -> EventFilter:
    """The shape with a parameter of SQL in the place of each value."""
    given: dict[str, Any] = {
        name: bindparam(f"{name}_{number}", expanding=name in _LISTS)
        for name in _ANY
        if getattr(shape, name) is not None
    }
    if "occurred" in given:
        given["occurred"] = SimpleNamespace(
            reach=bindparam(f"occurred_reach_{number}"), start_lo=bindparam(f"occurred_start_{number}")
        )
    return replace(shape, **given)
