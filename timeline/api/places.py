"""Which variables of a subscription say where it begins, and nothing else."""

from collections import Counter
from typing import Any

from graphql import VariableNode
from graphql.language import SKIP, FieldNode, VariableDefinitionNode, Visitor, visit

from timeline.execution import Plan

_PLACE = ("after", "afterPosition")


def places_in(plan: Plan) -> frozenset[str]:
    operation = plan.operation
    fields = [field for field in operation.selection_set.selections if isinstance(field, FieldNode)]
    arguments = [each for field in fields for each in field.arguments or () if each.name.value in _PLACE]
    at_places = Counter(each.value.name.value for each in arguments if isinstance(each.value, VariableNode))
    uses = _Uses()
    for part in (operation, *plan.fragments.values()):
        visit(part, uses)
    return frozenset(name for name, count in at_places.items() if uses.count[name] == count)


class _Uses(Visitor):
    """Counts how often each variable is used."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.count[node.name.value] += 1
