"""The GraphQL types of what fields and attributes hold."""

from collections.abc import Mapping
from typing import Any

import strawberry

from timeline.api.scalars import Decimal
from timeline.api.values import FuzzyDateType, MoneyType, QuantityType
from timeline.domain.fields import FieldType, Shape

_OUTPUTS: Mapping[Shape, Any] = {
    Shape.TEXT: str,
    Shape.INTEGER: int,
    Shape.BOOLEAN: bool,
    Shape.DECIMAL: Decimal,
    Shape.DATE: FuzzyDateType,
    Shape.QUANTITY: QuantityType,
    Shape.MONEY: MoneyType,
}


def output_type(field: FieldType, entities: Mapping[str, type], any_entity: type) -> Any:
    """The GraphQL type of one value. A reference that admits several kinds is the interface."""
    match field.shape:
        case Shape.REF:
            return entities[field.kinds[0]] if len(field.kinds) == 1 else any_entity
        case Shape.CHOICE:
            assert field.choice is not None
            return strawberry.enum(field.choice)
        case shape:
            return _OUTPUTS[shape]
