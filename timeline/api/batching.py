"""Resolvers in batch form: a list of parents in, a list of results out.

`batched(resolve)` makes a field of `resolve(parents, info, **arguments)`, `leaf(read)` one of `read(parent)`. A plan
calls them as they are. Under graphql-core, which resolves one parent at a time, the parents of a field are gathered
until the event loop has nothing else to do, and `resolve` is called once.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, wraps
from typing import Any

import strawberry
from strawberry.types import Info

from timeline.api.words import argument
from timeline.errors import BadCursor, BadInput, NotFound, TooCostly, TooLarge
from timeline.execution import Batch, Leaf

Resolve = Callable[..., Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The parents of one field that are waiting, each with the future of its result."""

    resolve: Resolve
    info: Any
    arguments: dict[str, Any]
    long: bool
    waiting: list[tuple[Any, asyncio.Future[Any]]] = field(default_factory=list)

    def outcome(self) -> Sequence[Any]:
        """A result for each parent; an exception among the results is that parent's own."""
        try:
            results = self.resolve([parent for parent, _ in self.waiting], self.info, **self.arguments)
            if len(results) != len(self.waiting):
                raise ValueError(f"{self.resolve.__qualname__} does not return one result for each parent")
            return results
        except Exception as error:  # noqa: BLE001
            return [error] * len(self.waiting)

    def answer(self, outcome: Sequence[Any]) -> None:
        for (_, future), result in zip(self.waiting, outcome, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, StopIteration):  # no future takes one
                future.set_exception(RuntimeError(repr(result)))
            elif isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)


class Gatherer:
    """Gathers the parents of each field of one request.

    `inline`: what is short runs on the event loop's thread. The rest of what has been gathered goes to another thread
    together, and what is gathered meanwhile waits: a request takes one thread and one connection at a time.
    """

    def __init__(self, *, inline: bool) -> None:
        self._inline = inline
        self._away = False
        self._gathered: dict[tuple[Any, ...], _Batch] = {}

    async def gather(
        self, resolve: Resolve, parent: Any, info: Any, arguments: dict[str, Any], *, long: bool = False
    ) -> Any:
        # A field of the document has one set of arguments, whichever parent it is resolved for.
        node = info._raw_info.field_nodes[0]  # noqa: SLF001
        loop = asyncio.get_running_loop()
        if not self._gathered and not self._away:
            loop.call_soon(self._flush, loop)
        batch = self._gathered.setdefault((id(node), resolve), _Batch(resolve, info, arguments, long))
        future: asyncio.Future[Any] = loop.create_future()
        batch.waiting.append((parent, future))
        return await future

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        batches, self._gathered = list(self._gathered.values()), {}
        away = [batch for batch in batches if batch.long or not self._inline]
        if away:
            self._away = True
            outcomes = loop.run_in_executor(None, lambda: [batch.outcome() for batch in away])
            outcomes.add_done_callback(partial(self._back, loop, away))
        for batch in batches:
            if self._inline and not batch.long:
                batch.answer(batch.outcome())

    def _back(
        self, loop: asyncio.AbstractEventLoop, batches: list[_Batch], outcomes: asyncio.Future[list[Sequence[Any]]]
    ) -> None:
        self._away = False
        for batch, outcome in zip(batches, outcomes.result(), strict=True):
            batch.answer(outcome)
        if self._gathered:
            loop.call_soon(self._flush, loop)


_OF_ONE = (BadInput, BadCursor, NotFound)  # what may be wrong of one parent only
_OF_ALL = (TooLarge, TooCostly)  # limits of what all parents cost together


@cache  # a resolver keeps its identity, by which fields of several types are resolved together
def _fair(resolve: Resolve) -> Resolve:
    """What is refused because of one parent is not refused to the others: then each is asked about alone."""

    @wraps(resolve)
    def fair(parents: Sequence[Any], info: Any, **arguments: Any) -> Sequence[Any]:
        try:
            return resolve(parents, info, **arguments)
        except _OF_ONE as error:
            if len(parents) == 1 or isinstance(error, _OF_ALL):
                raise
            return [result for parent in parents for result in _alone(resolve, parent, info, arguments)]

    return fair


def _alone(resolve: Resolve, parent: Any, info: Any, arguments: Mapping[str, Any]) -> Sequence[Any]:
    try:
        return resolve([parent], info, **arguments)
    except _OF_ONE as error:
        return [error]


def batched(
    resolve: Resolve, *, long: bool = False, before: Callable[..., Awaitable[None]] | None = None, **options: Any
) -> Any:
    """A field resolved in batches. Its type is the class body's annotation, its arguments are `resolve`'s own.

    `long`: it reads more than a page, so it never runs on the event loop's thread. `before(info, **arguments)` is
    awaited first; for fields of the root only.
    """

    fair = _fair(resolve)

    async def resolver(root: Any, info: Info, **arguments: Any) -> Any:
        if before:
            await before(info, **arguments)
        return await info.context.gatherer.gather(fair, root, info, arguments, long=long)

    _, _, *own = inspect.signature(resolve).parameters.values()
    first = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    resolver.__signature__ = inspect.Signature([*first, *map(_argument, own)])  # type: ignore[attr-defined]
    resolver.__annotations__ = {
        "root": Any,
        "info": Info,
        **{each.name: argument(each.name, each.annotation) for each in own},
    }
    resolver.__module__, resolver.__name__ = resolve.__module__, resolve.__name__
    resolver.how = Batch(fair, long, before=before)  # type: ignore[attr-defined]
    return strawberry.field(
        resolver=resolver, description=options.pop("description", None) or inspect.getdoc(resolve), **options
    )


def _argument(parameter: inspect.Parameter) -> inspect.Parameter:
    """An argument that is None by default is absent by default: the schema shows no `= null`."""
    default = strawberry.UNSET if parameter.default is None else parameter.default
    annotation = argument(parameter.name, parameter.annotation)
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def leaf(read: Callable[[Any], Any], **options: Any) -> Any:
    """A field read from its parent without any input or output."""

    def resolver(root: Any) -> Any:
        return read(root)

    resolver.how = Leaf(read)  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, **options)
