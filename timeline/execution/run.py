"""Executing the fields of a root: what may wait first, then everything else in one go, level by level."""

import asyncio
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any

from graphql import GraphQLError

from timeline.execution.fields import Field
from timeline.execution.resolvers import Batch, Call
from timeline.execution.settle import Settling
from timeline.execution.shapes import Shape
from timeline.execution.state import State


async def prepare(shape: Shape, state: State) -> None:
    """Wait for the root fields that are coroutines, all at once, and for what has to come before others."""
    waiting = _start(shape, state)
    if len(waiting) == 1:
        ((field, one),) = waiting
        try:
            _got(state, field, await one)
        except Exception as error:  # noqa: BLE001
            state.given[field] = error
    elif waiting:
        results = await asyncio.gather(*(each for _, each in waiting), return_exceptions=True)
        for (field, _), result in zip(waiting, results, strict=True):
            _got(state, field, result)


def _start(shape: Shape, state: State) -> list[tuple[Field, Awaitable[Any]]]:
    """Call the root's own resolvers; those whose results have to be waited for."""
    waiting: list[tuple[Field, Awaitable[Any]]] = []
    for field in shape.fields.values():
        resolver = field.resolver
        if not field.applies(state) or not (
            isinstance(resolver, Call) or (isinstance(resolver, Batch) and resolver.before)
        ):
            continue
        assert field.site is not None
        try:
            arguments = field.site.arguments(state.variables)
            if isinstance(resolver, Call):
                result = resolver.resolve(state.root, state.info(field), **arguments)
            else:
                assert resolver.before is not None
                result = resolver.before(state.info(field), **arguments)
        except Exception as error:  # noqa: BLE001
            state.given[field] = error
            continue
        if isawaitable(result):
            waiting.append((field, result))
        else:
            _got(state, field, result)
    return waiting


def _got(state: State, field: Field, result: Any) -> None:
    # What comes before a batch is not its result; only what went wrong there is.
    if isinstance(field.resolver, Call) or isinstance(result, Exception):
        state.given[field] = result


def finish(shape: Shape, state: State) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The root's row, None if an error nulled it, and the errors."""
    row = shape.row(state.root, state)
    state[shape.index] += (state.root, row)
    for level in state.plan.levels:  # which may grow meanwhile, towards the end
        for site in tuple(level.values()):
            site.run(state)
    if not state.failed:
        return row, []
    settling = Settling(state)
    try:
        settling.row(row, shape, ())
    except GraphQLError as error:
        return None, [*settling.errors, error]
    return row, settling.errors
