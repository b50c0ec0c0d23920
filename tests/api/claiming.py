"""What tests of claims do over and over: carry out a mutation, and look at its payload."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

Do = Callable[..., Awaitable[Any]]


SOURCES = [{"publisher": "The Attic Times", "title": "A bear moves"}]


BEAR = {"ref": "bear", "name": "Balthasar"}


def event_id(number: int) -> str:
    return str(UUID(int=number))


async def one(do: Do, *args: Any, **given: Any) -> Any:
    """The one event of a payload without errors."""
    payload = await do(*args, **given)
    assert payload["errors"] == []
    (event,) = payload["events"]
    return event


async def refused(do: Do, *args: Any, **given: Any) -> tuple[str, list[str], str]:
    payload = await do(*args, **given)
    assert payload["events"] is payload["basis"] is None
    (error,) = payload["errors"]
    return error["code"], error["path"], error["message"]
