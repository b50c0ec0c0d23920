"""The ASGI application: GraphQL, the schema as a file, and two probes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from timeline.api.http import GraphQLView
from timeline.api.live import Live
from timeline.api.schema import Schema, export
from timeline.api.sockets import LIMITS, Limits, Sockets
from timeline.api.streams import Streams
from timeline.timelines import Timelines


def application(
    schema: Schema,
    timelines: Timelines,
    *,
    max_body: int,
    ide: bool,
    heartbeat: float = 15,
    limits: Limits = LIMITS,
) -> Starlette:
    """Serves `timelines` and closes them at the end. `state.live.close()` ends what is followed, before that."""
    exported = cache(partial(export, schema))  # it takes a while, and not everybody asks for it

    async def schema_file(_: HttpRequest) -> Response:
        return PlainTextResponse(await run_in_threadpool(exported), media_type="text/plain; charset=utf-8")

    async def alive(_: HttpRequest) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_: HttpRequest) -> Response:
        ok = await run_in_threadpool(_answers, timelines)
        return JSONResponse({"ready": ok}, 200 if ok else 503)

    async def home(_: HttpRequest) -> Response:
        return RedirectResponse("graphql")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        live.close()
        await run_in_threadpool(timelines.close)

    view = GraphQLView(schema, timelines, max_body=max_body, ide=ide)
    live = Live(schema, timelines, heartbeat=heartbeat)
    routes = [
        Route("/", home),
        Route("/schema.graphql", schema_file),
        Route("/livez", alive),
        Route("/readyz", ready),
        Route("/graphql", Streams(view, live, max_body=max_body)),
        WebSocketRoute("/graphql", Sockets(live, limits, view.parse_json)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.live = live
    return app


def _answers(timelines: Timelines) -> bool:
    """Whether the database does."""
    try:
        with timelines.reading() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
