"""The built pages and what they load: from our own origin only, compressed, and kept by browsers."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from timeline.web.asking import Ask

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none';"
)
_GRAPHIQL = (  # Monaco writes styles into the page, and fonts come inside its style sheet
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_EXISTS = "query Exists($slug: ID!) { timeline(slug: $slug) { slug } }"


def routes(ask: Ask) -> list[BaseRoute]:
    """RuntimeError if the pages were not built."""
    if not (FOLDER / "index.html").is_file():
        raise RuntimeError("the pages are missing: build them with `python hatch_build.py`")
    names = {path.name for path in (FOLDER / "assets").iterdir() if path.suffix in _TYPES}

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in names:
            raise HTTPException(404)
        # Its name holds a hash of its content.
        return _file(request, f"assets/{name}", {"Cache-Control": "public, max-age=31536000, immutable"})

    async def home(request: Request) -> Response:
        return _page(request, "index.html")

    async def timeline(request: Request) -> Response:
        data, errors = await ask(_EXISTS, {"slug": request.path_params["slug"]})
        missing = not errors and data["timeline"] is None
        return _page(request, "t/index.html", 404 if missing else 200)  # the page itself says what is wrong

    return [Route("/", home), Route("/t/{slug}", timeline), Route("/assets/{name}", asset)]


def _page(request: Request, name: str, status: int = 200) -> Response:
    ancestors = "*" if request.query_params.get("embed") == "1" else "'none'"
    policy = f"{_OURS} frame-ancestors {ancestors}"
    return _file(request, name, {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}, status)


def graphiql(request: Request) -> Response:
    return _file(request, "graphiql.html", {"Content-Security-Policy": _GRAPHIQL, "Cache-Control": "no-cache"})


def _file(request: Request, name: str, headers: dict[str, str], status: int = 200) -> Response:
    """The file in the smallest form that the browser accepts."""
    path = FOLDER / name
    accepted = {each.partition(";")[0].strip() for each in request.headers.get("accept-encoding", "").split(",")}
    given = {**_SAFE, **headers, "Vary": "Accept-Encoding"}
    for encoding, suffix in _ENCODINGS.items():
        if encoding in accepted and (FOLDER / (name + suffix)).is_file():
            path = FOLDER / (name + suffix)
            given["Content-Encoding"] = encoding
            break
    return FileResponse(path, status, given, media_type=_TYPES[Path(name).suffix])
