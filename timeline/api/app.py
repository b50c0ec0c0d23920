"""The ASGI application: GraphQL, the schema as a file, and two probes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from timeline.api.answers import Answers
from timeline.api.caching import Caching
from timeline.api.http import GraphQLView
from timeline.api.live import Live
from timeline.api.request import Request
from timeline.api.schema import Schema, export
from timeline.api.sockets import LIMITS, Limits, Sockets
from timeline.api.streams import Streams
from timeline.api.trusted import Trusted
from timeline.timelines import Timelines


def application(
    schema: Schema,
    timelines: Timelines,
    *,
    max_body: int,
    ide: Callable[[HttpRequest], Response] | None = None,
    pages: Sequence[BaseRoute] = (),
    heartbeat: float = 15,
    limits: Limits = LIMITS,
    trusted: Trusted | None = None,
    queries_by_get: bool = True,
    code: str = "",
    pinned_for: int = 0,
    max_kept: int = 0,
    origins: Sequence[str] = (),
) -> Starlette:
    """Serves `timelines` and closes them at the end. `ide` is what a browser gets at /graphql, `pages` what else.

    `code` is a mark of what answers depend on apart from the timelines; for how many seconds a pinned answer may be
    kept says `pinned_for`, and how many bytes of answers are kept here `max_kept`. Pages of `origins` may ask, too.
    `state.live.close()` ends what is followed, before that.
    """
    exported = cache(partial(export, schema))  # it takes a while, and not everybody asks for it

    async def schema_file(_: HttpRequest) -> Response:
        return PlainTextResponse(await run_in_threadpool(exported), media_type="text/plain; charset=utf-8")

    async def alive(_: HttpRequest) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_: HttpRequest) -> Response:
        ok = await run_in_threadpool(_answers, timelines)
        return JSONResponse({"ready": ok}, 200 if ok else 503)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        live.close()
        timelines.marks.close()  # in the loop's thread
        await run_in_threadpool(timelines.close)

    live = Live(schema, timelines, heartbeat=heartbeat, trusted=trusted)
    view = GraphQLView(
        schema,
        live.operations,
        timelines,
        Caching(code, pinned_for),
        Answers(max_kept),
        max_body=max_body,
        ide=ide,
        queries_by_get=queries_by_get,
    )
    routes = [
        Route("/graphql", Streams(view, live)),
        WebSocketRoute("/graphql", Sockets(live, limits, origins)),
        Route("/schema.graphql", schema_file),
        Route("/livez", alive),
        Route("/readyz", ready),
        *pages,
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=_shared(origins) if origins else ())
    app.state.live = live
    return app


def _shared(origins: Sequence[str]) -> list[Middleware]:
    """What lets pages of other origins ask. It says `Vary: Origin` to everybody, for caches in between."""
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("*",),
            expose_headers=("ETag",),
        )
    ]


def asking(
    schema: Schema, timelines: Timelines
) -> Callable[[str, Mapping[str, Any]], Awaitable[tuple[Any, list[dict[str, Any]]]]]:
    """Asks the schema from within: given a query and its variables, the answer's data and its errors."""

    async def ask(query: str, variables: Mapping[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
        result = await schema.execute(query, dict(variables), context_value=Request(timelines))
        return result.data, [dict(error.formatted) for error in result.errors or ()]

    return ask


def _answers(timelines: Timelines) -> bool:
    """Whether the database does."""
    try:
        with timelines.reading() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
