"""Compiled equals graphql-core: on operations that are generated, over worlds in which anything may go wrong."""

import asyncio
from typing import Any

import pytest
from graphql import ExecutionResult, execute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.execution.operations import LITERALS, Operation, operations
from tests.execution.toy import SCHEMA, Toy, World
from timeline.execution import Document

QUERIES = operations(SCHEMA, {**LITERALS, "Odd": st.sampled_from(["1", "2", "0"])})
worlds = st.builds(World, st.integers(0, 2**16), st.sampled_from([0, 3, 8, 20]))


def reference(toy: Toy, operation: Operation) -> tuple[Any, list[Any]]:
    result = execute(SCHEMA, operation.document, None, toy, operation.variables)
    assert isinstance(result, ExecutionResult)
    return result.data, [error.formatted for error in result.errors or ()]


def compiled(toy: Toy, operation: Operation) -> tuple[Any, list[Any]]:
    document = Document(SCHEMA, operation.document, toy.resolver_of)
    wanted = document.operation(None)
    assert wanted is not None
    plan = document.plan(wanted)
    answer = asyncio.run(plan.execute(None, toy, operation.variables))
    again = asyncio.run(plan.execute(None, toy, operation.variables))
    assert (again.data, list(map(str, again.errors))) == (answer.data, list(map(str, answer.errors)))
    return answer.data, [error.formatted for error in answer.errors]


def check(operation: Operation, world: World) -> None:
    expected, errors = reference(Toy(world), operation)
    data, wrong = compiled(Toy(world), operation)
    assert data == expected
    assert repr(data) == repr(expected)  # the order of keys, 1 and true
    assert wrong == errors


slowly = settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
quickly = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


@quickly
@given(QUERIES, worlds)
def test_queries(operation: Operation, world: World) -> None:
    check(operation, world)


@pytest.mark.slow
@slowly
@given(QUERIES, worlds)
def test_thousands_of_queries(operation: Operation, world: World) -> None:
    check(operation, world)
