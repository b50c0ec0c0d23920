"""One execution of a plan: what it was given, and the rows that wait for batches."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, is_awaitable

if TYPE_CHECKING:
    from timeline.execution.fields import Field
    from timeline.execution.plan import Plan


class Failure:
    """Stands in the answer where something went wrong, until errors are settled."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class State(dict[int, list[Any]]):
    """By the index of a shape: each parent and its row, in turn.

    `applies` says which conditions hold. `given` has values of root fields that are there already; an exception is the
    field's error.
    """

    __slots__ = ("_infos", "applies", "context", "failed", "given", "plan", "root", "variables")

    def __init__(
        self, plan: "Plan", root: Any, context: Any, variables: VariableValues, applies: Mapping[int, bool]
    ) -> None:
        self.plan = plan
        self.root = root
        self.context = context
        self.variables = variables
        self.applies = applies
        self.given: dict[Field, Any] = {}
        self.failed = False
        self._infos: dict[Field, GraphQLResolveInfo[Any]] = {}

    def __missing__(self, index: int) -> list[Any]:
        rows: list[Any] = []
        self[index] = rows
        return rows

    def fail(self, error: Exception) -> Failure:
        self.failed = True
        return Failure(error)

    def info(self, field: "Field") -> GraphQLResolveInfo[Any]:
        """What graphql-core tells resolvers; the path has no list indices."""
        info = self._infos.get(field)
        if info is None:
            path = None
            for key in field.path:
                path = Path(path, key, None)
            assert path is not None
            info = self._infos[field] = GraphQLResolveInfo(
                field.name,
                field.nodes(self),
                field.type,
                field.parent,
                path,
                self.plan.schema,
                self.plan.fragments,
                self.root,
                self.plan.operation,
                self.variables,
                self.context,
                is_awaitable,
                None,
                None,  # type: ignore[arg-type]  # helpers for asynchronous work, of which there is none here
            )
        return info
