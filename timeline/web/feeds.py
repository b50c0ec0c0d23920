"""A timeline's events in formats that other programs read, at /t/SLUG.FORMAT, streamed."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from timeline.errors import BadInput
from timeline.web import atom, calendars, cloudevents, tables, timelinejs
from timeline.web.asking import Answer, Ask, Refused, events

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Format:
    """`write` is given the answer and the address of the timeline's page."""

    write: Callable[[Answer, str], AsyncIterator[str]]
    media_type: str
    order: str = "OCCURRED_ASC"
    limit: int | None = None


FORMATS = {
    "atom": Format(atom.write, "application/atom+xml", "RECORDED_DESC", 100),
    "ics": Format(calendars.write, "text/calendar"),
    "csv": Format(tables.write, "text/csv"),
    "jsonl": Format(cloudevents.write, "application/jsonl", "RECORDED_ASC"),
    "timelinejs.json": Format(timelinejs.write, "application/json"),
}
_STATUS = {"NOT_FOUND": 404, "UNAVAILABLE": 503, "INTERNAL": 500}


def routes(ask: Ask) -> list[BaseRoute]:
    return [Route(f"/t/{{slug}}.{name}", _feed(ask, name)) for name in FORMATS]


def _feed(ask: Ask, name: str) -> Callable[[Request], Awaitable[Response]]:
    form = FORMATS[name]

    async def feed(request: Request) -> Response:
        slug = request.path_params["slug"]
        try:
            answer = await events(ask, slug, request.query_params, form.order, form.limit)
        except BadInput as bad:
            return _refusal("BAD_INPUT", bad.message)
        except Refused as refused:
            return _refusal(refused.errors[0]["extensions"]["code"], refused.errors[0]["message"])
        if answer is None:
            return _refusal("NOT_FOUND", f"there is no timeline {slug[:100]!r}")
        headers = {"ETag": _etag(request, answer), "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        page = str(request.url.replace(path=request.url.path.removesuffix(f".{name}"), query=""))
        written = _chunks(form.write(answer, page))
        return StreamingResponse(written, media_type=f"{form.media_type}; charset=utf-8", headers=headers)

    return feed


def _etag(request: Request, answer: Answer) -> str:
    """The same question at the same basis has the same answer."""
    question = f"{request.url} {answer.basis['position']} {answer.basis['hash']}"
    return f'W/"{hashlib.sha256(question.encode()).hexdigest()[:32]}"'


def _refusal(code: str, message: str) -> Response:
    body: dict[str, Any] = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return JSONResponse(body, _STATUS.get(code, 400))


async def _chunks(written: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Pieces large enough to be worth sending."""
    waiting: list[str] = []
    size = 0
    async for piece in written:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
