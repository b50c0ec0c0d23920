"""One batch: a field at one place of the answer, whatever the object types that it is asked of there."""

from typing import TYPE_CHECKING, Any

from graphql.execution.values import VariableValues

from timeline.execution.arguments import Arguments
from timeline.execution.fields import Field
from timeline.execution.resolvers import Batch, Call
from timeline.execution.state import State

if TYPE_CHECKING:
    from timeline.execution.shapes import Shape


class Site:
    """Equal resolvers with equal arguments under one path: they are called once, with the parents of all."""

    def __init__(self, field: Field) -> None:
        assert isinstance(field.resolver, Batch | Call)
        self.field = field
        self.resolver = field.resolver
        convert = field.resolver.convert if isinstance(field.resolver, Batch) else None
        self._arguments = Arguments(field.definition, field.mentions[0].node, convert)
        self._resolve = field.resolver.resolve if isinstance(field.resolver, Batch) else field.resolver.each
        self._members: list[tuple[Shape, Field]] = []

    @staticmethod
    def key(field: Field) -> tuple[Any, ...]:
        assert isinstance(field.resolver, Batch | Call)
        return field.path, field.resolver.resolve, Arguments.signature(field.definition, field.mentions[0].node)

    def join(self, shape: "Shape", field: Field) -> None:
        self._members.append((shape, field))

    def arguments(self, variables: VariableValues) -> dict[str, Any]:
        return self._arguments(variables)

    def run(self, state: State) -> None:
        """Resolve the field for every parent that is there, and complete it in their rows."""
        asked = []
        parents: list[Any] = []
        for shape, field in self._members:
            if shape.index in state and field not in state.given and field.applies(state):
                waiting = state[shape.index]
                parents += waiting[0::2]
                asked.append((field, waiting[1::2]))
        if not parents:
            return
        try:
            results = self._resolve(parents, state.info(self.field), **self._arguments(state.variables))
            if len(results) != len(parents):
                raise ValueError(f"{self._resolve} does not return one result for each parent")
        except Exception as error:  # noqa: BLE001
            results = [error] * len(parents)
        start = 0
        for field, rows in asked:
            end = start + len(rows)
            field.fill(results if len(asked) == 1 else results[start:end], rows, state)
            start = end
