"""Resolvers in batch form: a list of parents in, a list of results out.

`batched(resolve)` makes a field of `resolve(parents, info, **arguments)`. Under graphql-core, which resolves one parent
at a time, the parents of a field are gathered until the event loop has nothing else to do, and `resolve` is called
once.
"""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import strawberry
from strawberry.types import Info

Resolve = Callable[..., Sequence[Any]]
_Waiting = list[tuple[Any, asyncio.Future[Any]]]


class Gatherer:
    """Gathers the parents of each field of one request. `inline`: whether `resolve` runs on the event loop's thread."""

    def __init__(self, *, inline: bool) -> None:
        self._inline = inline
        self._waiting: dict[tuple[Any, ...], tuple[Resolve, Any, dict[str, Any], _Waiting]] = {}

    async def gather(self, resolve: Resolve, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
        # A field of the document has one set of arguments, whichever parent it is resolved for.
        node = info._raw_info.field_nodes[0]  # noqa: SLF001
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush, loop)
        *_, waiting = self._waiting.setdefault((id(node), resolve), (resolve, info, arguments, []))
        future: asyncio.Future[Any] = loop.create_future()
        waiting.append((parent, future))
        return await future

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        batches, self._waiting = self._waiting, {}
        for resolve, info, arguments, waiting in batches.values():
            parents = [parent for parent, _ in waiting]
            call = partial(resolve, parents, info, **arguments)
            if self._inline:
                done: asyncio.Future[Any] = loop.create_future()
                try:
                    done.set_result(call())
                except Exception as error:  # noqa: BLE001
                    done.set_exception(error)
                _answer(waiting, done)
            else:
                loop.run_in_executor(None, call).add_done_callback(partial(_answer, waiting))


def _answer(waiting: _Waiting, done: asyncio.Future[Any]) -> None:
    """Hand each parent its result; an exception among the results is that parent's own."""
    error = done.exception()
    results = [error] * len(waiting) if error else done.result()
    for (_, future), result in zip(waiting, results, strict=True):
        if future.cancelled():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)


def batched(resolve: Resolve, **options: Any) -> Any:
    """A field resolved in batches. Its type is the class body's annotation, its arguments are `resolve`'s own."""

    async def resolver(root: Any, info: Info, **arguments: Any) -> Any:
        return await info.context.gatherer.gather(resolve, root, info, arguments)

    _, _, *own = inspect.signature(resolve).parameters.values()
    first = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    resolver.__signature__ = inspect.Signature([*first, *map(_argument, own)])  # type: ignore[attr-defined]
    resolver.__annotations__ = {"root": Any, "info": Info, **{each.name: each.annotation for each in own}}
    resolver.__module__, resolver.__name__ = resolve.__module__, resolve.__name__
    return strawberry.field(
        resolver=resolver, description=options.pop("description", None) or inspect.getdoc(resolve), **options
    )


def _argument(parameter: inspect.Parameter) -> inspect.Parameter:
    """An argument that is None by default is absent by default: the schema shows no `= null`."""
    default = strawberry.UNSET if parameter.default is None else parameter.default
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, default=default)


def leaf(read: Callable[[Any], Any], **options: Any) -> Any:
    """A field read from its parent without any input or output."""

    def resolver(root: Any) -> Any:
        return read(root)

    return strawberry.field(resolver=resolver, **options)
