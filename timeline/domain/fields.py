"""What one field of a declaration holds, read from its annotation once, and how its JSON is read and written."""

import enum
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from timeline.domain import values
from timeline.domain.dates import FuzzyDate
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref


class Shape(enum.StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    DATE = "date"
    QUANTITY = "quantity"
    MONEY = "money"
    CHOICE = "choice"
    REF = "ref"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What people and checks need to know of a field beyond its type: `Annotated[int, About("1 is the top", least=1)]`.

    `long` lets a text run over lines and up to 20,000 characters; `least` and `most` bound an integer.
    """

    doc: str | None = None
    long: bool = False
    least: int = values.INT_MIN
    most: int = values.INT_MAX
    example: Any = None


def about(
    doc: str, *, long: bool = False, least: int | None = None, most: int | None = None, example: Any = None
) -> About:
    return About(
        doc=doc,
        long=long,
        least=values.INT_MIN if least is None else least,
        most=values.INT_MAX if most is None else most,
        example=example,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """A field's name, shape and codec.

    `kinds` are the entity kinds that a reference admits (empty: any). `read` takes JSON and returns the value or raises
    BAD_INPUT; `write` takes a value that `read` returned and returns JSON.
    """

    name: str
    shape: Shape
    required: bool
    many: bool
    about: About
    kinds: tuple[str, ...] = ()
    choice: type[enum.StrEnum] | None = None
    read: Callable[[object], Any]
    write: Callable[[Any], Any]

    @property
    def type_name(self) -> str:
        """For catalogues: `ref(app)`, `[text]`, `choice(a|b)`."""
        inner = "|".join(self.kinds) if self.shape is Shape.REF else ""
        if self.choice:
            inner = "|".join(self.choice)
        base = f"{self.shape}({inner})" if inner else str(self.shape)
        return f"[{base}]" if self.many else base

    @property
    def example(self) -> Any:
        """One JSON value that `read` accepts."""
        value = self.about.example
        if value is None:
            value = _EXAMPLES.get(self.shape)
        if self.shape is Shape.REF:
            value = f"{self.kinds[0] if self.kinds else 'organisation'}:{value or 'example'}"
        elif self.choice:
            value = next(iter(self.choice)).value
        elif self.shape is Shape.INTEGER and self.about.example is None:
            value = min(max(1, self.about.least), self.about.most)
        return [value] if self.many else value


_EXAMPLES: Mapping[Shape, Any] = {
    Shape.TEXT: "A text.",
    Shape.BOOLEAN: True,
    Shape.DECIMAL: "2.5",
    Shape.DATE: "2025-01",
    Shape.QUANTITY: {"value": "2000", "qualifier": "ABOUT", "unit": "chips"},
    Shape.MONEY: {"upper": "6000000", "qualifier": "UNDER", "currency": "USD"},
}


def field_type(
    owner: type, name: str, annotation: Any, *, required: bool, kind_named: Callable[[Any], str]
) -> FieldType:
    """Read an annotation: `str`, `int`, `bool`, `Decimal`, `FuzzyDate`, `Quantity`, `Money`, a `StrEnum`, `Ref[…]`,
    each also `| None`, `tuple[…, ...]` or `Annotated[…, about("…")]`. TypeError, naming the field, for anything else.
    """
    where = f"{owner.__qualname__}.{name}"
    note, annotation = _annotated(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [argument for argument in get_args(annotation) if argument is not types.NoneType]
        if len(inner) != 1 or len(get_args(annotation)) != 2:
            raise TypeError(f"{where}: {annotation} is not a field type; a field holds one type, or that type or None")
        annotation, required = inner[0], False
    many = get_origin(annotation) is tuple
    if many:
        annotation = get_args(annotation)[0]
    inner_note, annotation = _annotated(annotation)
    note = note or inner_note or About()
    shape, kinds, choice = _shape(where, annotation, kind_named)
    read, write = _codec(shape, note, kinds, choice)
    if many:
        read, write = partial(values.read_list, read), partial(values.write_list, write)
    return FieldType(
        name=name, shape=shape, required=required, many=many, about=note, kinds=kinds, choice=choice, read=read,
        write=write
    )  # fmt: skip


def _annotated(annotation: Any) -> tuple[About | None, Any]:
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return next((note for note in notes if isinstance(note, About)), None), inner
    return None, annotation


_SHAPES: Mapping[Any, Shape] = {
    str: Shape.TEXT,
    int: Shape.INTEGER,
    bool: Shape.BOOLEAN,
    Decimal: Shape.DECIMAL,
    FuzzyDate: Shape.DATE,
    Quantity: Shape.QUANTITY,
    Money: Shape.MONEY,
}


def _shape(
    where: str, annotation: Any, kind_named: Callable[[Any], str]
) -> tuple[Shape, tuple[str, ...], type[enum.StrEnum] | None]:
    if get_origin(annotation) is Ref:
        (admitted,) = get_args(annotation)
        several = get_args(admitted) if get_origin(admitted) in (Union, types.UnionType) else (admitted,)
        return Shape.REF, tuple(kind for kind in map(kind_named, several) if kind), None
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return Shape.CHOICE, (), annotation
    if annotation in _SHAPES:
        return _SHAPES[annotation], (), None
    raise TypeError(f"{where}: {annotation!r} is not a field type")


def _codec(
    shape: Shape, note: About, kinds: tuple[str, ...], choice: type[enum.StrEnum] | None
) -> tuple[Callable[[object], Any], Callable[[Any], Any]]:
    match shape:
        case Shape.TEXT:
            return (values.read_text if note.long else values.read_line), values.same
        case Shape.INTEGER:
            return partial(values.read_integer, note.least, note.most), values.same
        case Shape.BOOLEAN:
            return values.read_boolean, values.same
        case Shape.DECIMAL:
            return values.read_decimal, values.write_decimal
        case Shape.DATE:
            return values.read_date, values.write_date
        case Shape.QUANTITY:
            return Quantity.from_json, Quantity.to_json
        case Shape.MONEY:
            return Money.from_json, Money.to_json
        case Shape.CHOICE:
            assert choice is not None
            return partial(values.read_choice, choice), str
        case Shape.REF:
            return partial(values.read_ref, kinds), values.write_ref
