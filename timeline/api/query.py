"""The root of all questions."""

import asyncio
import time
from functools import partial
from typing import Annotated

import strawberry
from strawberry.types import Info

from timeline.api import cursors
from timeline.api.batching import batched, leaf
from timeline.api.catalogue import EntityKindType, EventKindType
from timeline.api.connections import PageInfo, total_counts, window
from timeline.api.lookups import find_node, find_nodes
from timeline.api.nodes import Page, View
from timeline.api.request import Request, request_of
from timeline.api.scalars import MAX_POSITION, Position
from timeline.api.timeline import TimelineType
from timeline.api.values import Node
from timeline.api.words import AT_LEAST, SLUG
from timeline.domain.kinds import Kinds
from timeline.errors import Behind
from timeline.log import read
from timeline.log import timelines as logs

PATIENCE = 1.0  # seconds to wait for a position that another node has recorded
_PAUSE = 0.02


def timelines_named(
    roots: list[None],
    info: Info,
    slug: Annotated[strawberry.ID, SLUG],
    at_least: Annotated[Position | None, AT_LEAST] = None,
) -> list[View | None]:
    """atLeast: wait (briefly) until this server has that position, else an error with code BEHIND."""
    request = request_of(info)
    with request.reading() as connection:
        found = request.timelines.named(connection, [slug]).get(slug)
        view = request.views(connection, [found])[0] if found else None
    if view is not None and at_least is not None and view.basis.position < at_least:
        # Another field of this request did not wait, and a request has one basis.
        raise Behind(f"this request has fixed position {view.basis.position}, not {at_least}", ("atLeast",))
    return [view] * len(roots)


async def until_recorded(info: Info, slug: str, at_least: int | None = None) -> None:
    request = request_of(info)
    deadline = time.monotonic() + PATIENCE
    while at_least is not None and (head := await request.run(partial(_head, request, slug))) < at_least:
        if time.monotonic() > deadline:
            raise Behind(f"this server has got to position {head}, not yet to {at_least}", ("atLeast",))
        await asyncio.sleep(_PAUSE)


def _head(request: Request, slug: str) -> int:
    with request.reading() as connection:
        found = request.timelines.named(connection, [slug]).get(slug)
        return read.heads(connection, [found.id])[found.id].position if found else MAX_POSITION


def timeline_pages(
    roots: list[None],
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[Page[View]]:
    """Every timeline of this server, in the order of their slugs."""
    request, asked, question = request_of(info), window(first, after, last, before), cursors.question("timelines")
    slug = None if asked.cursor is None else cursors.decode(asked.cursor, question, (str,))[0][0]
    with request.reading() as connection:
        found = logs.page(connection, slug, asked.size + 1, backwards=asked.backwards)
        more = len(found) > asked.size
        found = found[-asked.size :] if asked.backwards else found[: asked.size]
        page = Page(
            nodes=request.views(connection, found),
            cursors=[cursors.encode(question, (each.slug,)) for each in found],
            has_next=slug is not None if asked.backwards else more,
            has_previous=more if asked.backwards else slug is not None,
            basis=None,
            count=logs.count,
        )
    return [page] * len(roots)


@strawberry.type(name="TimelineEdge", description="A timeline and the cursor that points at it.")
class TimelineEdge:
    node: TimelineType = leaf(lambda edge: edge[0], description="The timeline.")
    cursor: str = leaf(lambda edge: edge[1], description="For after and before.")


@strawberry.type(name="TimelineConnection", description="A page of timelines, in the order of their slugs.")
class TimelineConnection:
    edges: list[TimelineEdge] = leaf(
        lambda page: list(zip(page.nodes, page.cursors, strict=True)),
        description="The timelines of this page, with their cursors.",
    )
    nodes: list[TimelineType] = leaf(lambda page: page.nodes, description="The timelines of this page.")
    page_info: PageInfo = leaf(lambda page: page, description="Where this page stands.")
    total_count: int = batched(total_counts)


def query_type(kinds: Kinds) -> type:
    """The root type for these kinds."""

    @strawberry.type(name="Query", description="All questions. Each request sees one basis of each timeline.")
    class Query:
        node: Node | None = batched(find_node)
        nodes: list[Node | None] = batched(find_nodes)
        timeline: TimelineType | None = batched(timelines_named, before=until_recorded)
        timelines: TimelineConnection = batched(timeline_pages)
        kinds: list[EventKindType] = leaf(
            lambda _: list(kinds.events.values()),
            description="Every event kind that this server knows: fields, docs, an example.",
        )
        entity_kinds: list[EntityKindType] = leaf(
            lambda _: list(kinds.entities.values()), description="Every entity kind that this server knows."
        )

    return Query
