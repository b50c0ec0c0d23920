"""How the fields of a schema are read: what the executor has to be told of each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLField, GraphQLObjectType


@dataclass(frozen=True, slots=True)
class Leaf:
    """Read from its parent, without arguments and without input or output. It may be read twice."""

    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """`resolve(parents, info, **arguments)` gives one result for each parent, in their order.

    An exception among the results is that parent's own; one that is raised is every parent's. `convert` makes the
    keyword arguments from what graphql-core coerced. `before(info, **arguments)` is awaited, at the root only, before
    anything of the operation is read; what it raises is the field's error. `long`: its operation should not run on the
    thread of an event loop.
    """

    resolve: Callable[..., Sequence[Any]]
    long: bool = False
    convert: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    before: Callable[..., Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver of graphql-core, called once for each parent. At the root, and only there, it may be awaitable."""

    resolve: Callable[..., Any]

    def each(self, parents: Sequence[Any], info: Any, **arguments: Any) -> list[Any]:
        return [self.one(parent, info, arguments) for parent in parents]

    def one(self, parent: Any, info: Any, arguments: Mapping[str, Any]) -> Any:
        try:
            return self.resolve(parent, info, **arguments)
        except Exception as error:  # noqa: BLE001
            return error


def total(resolve_type: Callable[..., str]) -> Callable[..., str]:
    """Marks what names a possible type for every value: where nothing depends on which one, it is not asked."""
    resolve_type.is_total = True  # type: ignore[attr-defined]
    return resolve_type


Resolver: TypeAlias = Leaf | Batch | Call
ResolverOf: TypeAlias = Callable[[GraphQLObjectType, str, GraphQLField], Resolver]
