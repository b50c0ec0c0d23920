"""The values of attributes in GraphQL: of which type, what stands for no value, and entities as nodes."""

from decimal import Decimal as PythonDecimal
from typing import Any

from strawberry.types import Info

from timeline.api.entities import entity_nodes
from timeline.api.nodes import EntityNode, refs_in
from timeline.api.request import request_of
from timeline.api.scalars import Decimal
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.fields import Shape
from timeline.domain.rules import MEMBERS, TALLY, TOTAL


def value_type(attribute: AttributeKind, inner: Any) -> Any:
    """Sums of money and sets are lists; a count is never null, nor is a sum of numbers.

    A sum of whole numbers is a Decimal, since it may outgrow the 32 bits of an Int.
    """
    if attribute.rule is MEMBERS or (attribute.rule is TOTAL and attribute.type.shape in (Shape.MONEY, Shape.QUANTITY)):
        return list[inner]
    if attribute.rule is TALLY:
        return int
    return Decimal if attribute.rule is TOTAL else inner | None


def nothing(attribute: AttributeKind) -> Any:
    """What is shown of an attribute without facts."""
    if attribute.rule is TALLY:
        return 0
    if attribute.rule is TOTAL and attribute.type.shape in (Shape.INTEGER, Shape.DECIMAL):
        return PythonDecimal(0)
    return () if attribute.rule in (MEMBERS, TOTAL) else None


def shown(attribute: AttributeKind, value: Any) -> Any:
    return PythonDecimal(value) if attribute.rule is TOTAL and isinstance(value, int) else value


def nodes_in(info: Info, values: list[tuple[EntityNode, Any]]) -> list[Any]:
    """Values as resolvers pass them: references as nodes, under the views of the entities that they belong to."""
    asked = [(entity.view, ref) for entity, value in values for ref in refs_in(value)]
    nodes = iter(entity_nodes(request_of(info), asked))
    found = []
    for _, value in values:
        several = [next(nodes) for _ in refs_in(value)]
        found.append(value if not several else several if isinstance(value, tuple) else several[0])
    return found
