"""What the contenders are asked, as HTTP has it, once all have given the same answers."""

import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from benchmarks.checks import expect
from benchmarks.peers import pages

WALKED = 20  # pages of events, one after the other
_BODY = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
_GET = "GET {} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nIf-None-Match: {}\r\n\r\n"

Served = tuple[str, str, int]  # a contender, its dialect, its port
Requests = dict[tuple[str, str], list[str]]  # of each contender and page


def compared(served: Sequence[Served], asked: Sequence[str]) -> Requests:
    """The same page of everybody; `unchanged` are our pages of events, sent back with their tags."""
    requests: Requests = {}
    for page in asked:
        if page == "unchanged":
            requests |= {(name, page): _unchanged(port) for name, dialect, port in served if dialect == "ours"}
            continue
        first: tuple[str, Any] | None = None
        for name, dialect, port in served:
            if page in pages.QUESTIONS[dialect]:
                bodies, answers = _walked(name, dialect, port, page)
                requests[name, page] = [_post(body) for body in bodies]
                first = first or (name, answers)
                expect(f"{page} of {first[0]} and of {name}", answers, first[1])
    return requests


def _walked(name: str, dialect: str, port: int, page: str) -> tuple[list[str], list[Any]]:
    """The bodies of the requests, and what was answered, apart from what may differ."""
    is_walked = page in ("events", "past")
    bodies, answers, after = [], [], None
    for number in range(WALKED + 1 if is_walked else 1):
        body = orjson.dumps({"query": pages.QUESTIONS[dialect][page], "variables": pages.variables(page, after)})
        answer = _ask(port, body)
        if "errors" in answer:
            raise RuntimeError(f"{name} refuses {page}: {answer['errors']}")
        after = pages.end_of(answer) if is_walked else None
        if not is_walked or number != (WALKED if page == "events" or dialect == "ours" else 0):
            bodies.append(body.decode())
            answers.append(pages.plain(answer))
    return bodies, answers


def _unchanged(port: int) -> list[str]:
    bodies, _ = _walked("ours", "ours", port, "events")
    requests = []
    for body in bodies:
        given = orjson.loads(body)
        path = "/graphql?" + urlencode(given | {"variables": orjson.dumps(given["variables"]).decode()})
        address = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": "application/json"})
        with urllib.request.urlopen(address, timeout=60) as answer:
            requests.append(_GET.format(path, answer.headers["ETag"]))
    return requests


def _ask(port: int, body: bytes) -> Any:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return orjson.loads(answer.read())


def _post(body: str) -> str:
    return f"{_BODY}Content-Length: {len(body.encode())}\r\n\r\n{body}"
