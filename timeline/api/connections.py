"""Relay connections over keyset pages."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.types import Info

from timeline.api.batching import batched, leaf
from timeline.api.nodes import Page
from timeline.api.request import request_of
from timeline.api.values import BasisType
from timeline.errors import BadInput

T = TypeVar("T")

DEFAULT_PAGE, MAX_PAGE = 50, 200


@dataclass(frozen=True, slots=True)
class Window:
    """Which page: `size` nodes after (or, `backwards`, before) a cursor."""

    size: int
    cursor: str | None
    backwards: bool


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """BAD_INPUT, saying the range, unless it is one page in one direction."""
    if first is not None and last is not None:
        raise BadInput("first or last, not both", ("last",))
    backwards = last is not None or (first is None and before is not None)
    if (after if backwards else before) is not None:
        raise BadInput("after goes with first, before with last", ("after" if backwards else "before",))
    size = last if backwards else first
    if size is not None and not 1 <= size <= MAX_PAGE:
        raise BadInput(
            f"{'last' if backwards else 'first'} is from 1 to {MAX_PAGE}", ("last" if backwards else "first",)
        )
    return Window(DEFAULT_PAGE if size is None else size, before if backwards else after, backwards)


def total_counts(pages: list[Page[Any]], info: Info) -> list[int]:
    """How many there are in all; computed only when asked for."""
    with request_of(info).reading() as connection:
        return [page.count(connection) for page in pages]


@strawberry.type(description="Where a page stands.")
class PageInfo:
    has_next_page: bool = leaf(lambda page: page.has_next, description="Whether more follow.")
    has_previous_page: bool = leaf(lambda page: page.has_previous, description="Whether more stand before.")
    start_cursor: str | None = leaf(
        lambda page: page.cursors[0] if page.cursors else None, description="The cursor of the first node."
    )
    end_cursor: str | None = leaf(
        lambda page: page.cursors[-1] if page.cursors else None, description="The cursor of the last node."
    )


@strawberry.type(description="A node and the cursor that points at it.")
class Edge(Generic[T]):
    node: T = leaf(lambda edge: edge[0], description="What the cursor points at.")
    cursor: str = leaf(lambda edge: edge[1], description="For after and before.")


@strawberry.type(description="A page of nodes. basis: pin page two to what page one knew.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = leaf(
        lambda page: list(zip(page.nodes, page.cursors, strict=True)),
        description="The nodes of this page, with their cursors.",
    )
    nodes: list[T] = leaf(lambda page: page.nodes, description="The nodes of this page.")
    page_info: PageInfo = leaf(lambda page: page, description="Where this page stands.")
    total_count: int = batched(total_counts, long=True)
    basis: BasisType = leaf(lambda page: page.basis, description="What this page knew: pin the next one to it.")
