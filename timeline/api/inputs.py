"""Inputs made from the declarations, and how they become data that the codec reads."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal as PythonDecimal
from typing import Any

import strawberry

from timeline.api.scalars import EDTF, JSON, URL, DateTime, Decimal
from timeline.domain import names
from timeline.domain.calendar import format_instant
from timeline.domain.dates import FuzzyDate
from timeline.domain.decimals import format_decimal
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import Shape
from timeline.domain.kinds import Kinds
from timeline.domain.quantities import Qualifier

UNSET = strawberry.UNSET
RAW = "raw"


@strawberry.input(
    description="A slug, or kind:slug where the field admits several kinds; a name given on first mention is its name."
)
class EntityInput:
    ref: strawberry.ID = strawberry.field(description="slug or kind:slug.")
    name: str | None = strawberry.field(default=UNSET, description="What people call it.")


@strawberry.input(
    description="A quantity: a value, or bounds. The qualifier follows from which are given, but for ABOUT."
)
class QuantityInput:
    value: Decimal | None = strawberry.field(default=UNSET, description="The number, for EXACT and ABOUT.")
    lower: Decimal | None = strawberry.field(default=UNSET, description="At least this; for OVER and BETWEEN.")
    upper: Decimal | None = strawberry.field(default=UNSET, description="At most this; for UNDER and BETWEEN.")
    qualifier: Qualifier | None = strawberry.field(
        default=UNSET, description="Follows from the numbers, but for ABOUT."
    )
    unit: str | None = strawberry.field(default=UNSET, description="What is counted or measured in.")


@strawberry.input(description="An amount of money: the amount, or bounds. The currency is an ISO 4217 code.")
class MoneyInput:
    amount: Decimal | None = strawberry.field(default=UNSET, description="The number, for EXACT and ABOUT.")
    lower: Decimal | None = strawberry.field(default=UNSET, description="At least this; for OVER and BETWEEN.")
    upper: Decimal | None = strawberry.field(default=UNSET, description="At most this; for UNDER and BETWEEN.")
    qualifier: Qualifier | None = strawberry.field(
        default=UNSET, description="Follows from the numbers, but for ABOUT."
    )
    currency: str = strawberry.field(description="A code of ISO 4217.")


@strawberry.input(description="Who says so; at least one field.")
class SourceInput:
    url: URL | None = strawberry.field(default=UNSET, description="Where it can be read.")
    publisher: str | None = strawberry.field(default=UNSET, description="Who published it.")
    title: str | None = strawberry.field(default=UNSET, description="What it is called.")
    author: str | None = strawberry.field(default=UNSET, description="Who wrote it.")
    published: EDTF | None = strawberry.field(default=UNSET, description="When it was published.")
    retrieved: DateTime | None = strawberry.field(default=UNSET, description="When it was looked up.")
    quote: str | None = strawberry.field(default=UNSET, description="The words that say so.")


@strawberry.input(description="An event of any kind, by the kind's stored name and fields.")
class RawEventInput:
    kind: str = strawberry.field(description="The stored name.")
    version: int | None = strawberry.field(default=UNSET, description="Of the fields; the newest when not given.")
    data: JSON = strawberry.field(description="The fields, as data shows them.")


_INPUTS: Mapping[Shape, Any] = {
    Shape.TEXT: str,
    Shape.INTEGER: int,
    Shape.BOOLEAN: bool,
    Shape.DECIMAL: Decimal,
    Shape.DATE: EDTF,
    Shape.QUANTITY: QuantityInput,
    Shape.MONEY: MoneyInput,
    Shape.REF: EntityInput,
}


def event_data_type(kinds: Kinds) -> Any:
    """The @oneOf input with a field for each event kind, named after its GraphQL type, and `raw` for any of them."""
    annotations: dict[str, Any] = {RAW: RawEventInput | None}
    body: dict[str, Any] = {RAW: strawberry.field(default=UNSET, description="An event of any kind.")}
    for kind in kinds.events.values():
        field = input_field(kind)
        annotations[field] = _event_input(kinds, kind) | None
        body[field] = strawberry.field(
            name=field, description=kind.doc, default=UNSET, deprecation_reason=kind.declared.deprecated
        )
    cls = type("EventData", (), {"__module__": __name__, "__annotations__": annotations, **body})
    return strawberry.input(cls, one_of=True, description="One field per event kind, and raw for any of them.")


def input_field(kind: EventKind) -> str:
    return names.camel(kind.declared.graphql)


def _event_input(kinds: Kinds, kind: EventKind) -> Any:
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
    for name, field in kind.fields.items():
        inner = strawberry.enum(field.choice) if field.choice else _INPUTS[field.shape]
        wanted = list[inner] if field.many else inner  # type: ignore[valid-type]
        annotations[name] = wanted if field.required else wanted | None
        default = {} if field.required else {"default": UNSET}
        body[name] = strawberry.field(description=kinds.doc_of(field), **default)
    name = f"{kind.declared.graphql}Input"
    return strawberry.input(type(name, (), body), name=name, description=kind.doc)


def plain(value: Any) -> Any:
    """An input as the JSON that the codec reads: what was not given is left out."""
    match value:
        case FuzzyDate():
            return value.edtf
        case PythonDecimal():
            return format_decimal(value)
        case list():
            return [plain(each) for each in value]
    if dataclasses.is_dataclass(value):
        given = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: plain(each) for name, each in given if each is not UNSET and each is not None}
    return value


def plain_source(source: SourceInput) -> dict[str, Any]:
    data: dict[str, Any] = plain(source)
    if "retrieved" in data:
        data["retrieved"] = format_instant(data["retrieved"])
    return data
