"""What is asked of one object type at one place, and the code that makes a row of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLObjectType
from graphql.pyutils import inspect

from timeline.execution.conditions import Condition
from timeline.execution.fields import Field
from timeline.execution.resolvers import Leaf
from timeline.execution.source import expression
from timeline.execution.state import State

if TYPE_CHECKING:
    from timeline.execution.plan import Plan


class Shape:
    """`tracked`: every row is kept in the state, so that it can be told from those of other types.

    So are rows with fields that are read in batches, which are filled in when all of a level are there.
    """

    def __init__(
        self,
        plan: "Plan",
        type_: GraphQLObjectType,
        placed: Sequence[tuple[Field, Condition]],
        reached: Field | None = None,
        *,
        tracked: bool = False,
    ) -> None:
        self.type = type_
        self.fields = {field.key: field for field, _ in placed}
        self.index = plan.add(self)
        self._placed = placed
        self._reached = reached
        self._of_type = type_.is_type_of if reached else None
        batches = [field for field in self.fields.values() if not isinstance(field.resolver, Leaf)]
        for field in batches:
            field.site = plan.batch(self, field)
        self._kept = tracked or bool(batches)
        self.build: Callable[[Any, State], Any] = self._made(plan)

    def row(self, parent: Any, state: State) -> dict[str, Any]:
        """A row made field by field, so that what is wrong with one leaves the others alone."""
        return {
            field.key: field.read(parent, state) for field, when in self._placed if when is None or state.applies[when]
        }

    def _made(self, plan: "Plan") -> Callable[[Any, State], Any]:
        source, name = plan.source, f"shape{self.index}"
        lines = [f"def {name}(p, s):", " if isinstance(p, Exception): return s.fail(p)"]
        if self._of_type is not None:
            lines += [f" w = {source.name(self._refusal)}(p, s)", " if w is not None: return w"]
        lines += [" try:", *self._row_lines(plan), " except Exception:", f"  row = {source.name(self.row)}(p, s)"]
        if self._kept:
            lines += [f" a = s[{self.index}]", " a.append(p)", " a.append(row)"]
        return source.define(name, [*lines, " return row"])

    def _row_lines(self, plan: "Plan") -> list[str]:
        """Statements that make `row`: its first fields at once, those from the first condition on one by one."""
        first: list[str] = []
        later: list[str] = []
        for number, (field, when) in enumerate(self._placed):
            if field.is_typename:
                value = repr(self.type.name)
            elif isinstance(field.resolver, Leaf):
                read = f"(v{number} := {plan.source.name(field.resolver.read)}(p))"
                value = expression(plan.source, field, field.type, read, f"v{number}")
            else:
                value = "None"
            if when is None and not later:
                first.append(f"{field.key!r}: {value}")
            else:
                only = "" if when is None else f"if s.applies[{when}]: "
                later.append(f"  {only}row[{field.key!r}] = {value}")
        return [f"  row = {{{', '.join(first)}}}", *later]

    def _refusal(self, value: Any, state: State) -> Any:
        """A failure if the type says that this is no value of it."""
        assert self._of_type is not None
        assert self._reached is not None
        try:
            if self._of_type(value, state.info(self._reached)):
                return None
            raise GraphQLError(f"Expected value of type '{self.type}' but got: {inspect(value)}.")
        except Exception as error:  # noqa: BLE001
            return state.fail(error)
