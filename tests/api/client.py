"""How the tests speak to the API, and what must hold of every answer."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

CODES = {
    *("BAD_INPUT", "NOT_FOUND", "TOO_LARGE", "TOO_COSTLY", "BAD_CURSOR", "CURSOR_AHEAD", "HISTORY_DIVERGED", "BEHIND"),
    *("FORBIDDEN", "UNAVAILABLE", "INTERNAL"),
}
_INSIDES = ("Traceback", 'File \\"', ".py", "sqlalchemy", "psycopg", "sqlite", "SELECT ", "INSERT ", "/tmp/", " at 0x")


@dataclass(frozen=True)
class Refused:
    """The one error of an answer."""

    code: str
    message: str
    path: list[str | int] | None  # into the arguments, from the error's extensions
    extensions: dict[str, Any]


def clean(response: httpx.Response, asked: str = "") -> Any:
    """The JSON of an answer of the API, which is well-formed, and says nothing of what is inside. Words of `asked` may
    be repeated.
    """
    assert response.status_code != 500, response.text
    told = [inside for inside in _INSIDES if inside in response.text and inside not in asked]
    assert not told, f"{told} in {response.text[:500]}"
    assert response.headers["content-type"].startswith("application/json")
    body = orjson.loads(response.content)
    assert isinstance(body, dict)
    assert response.status_code == 200 or body["errors"]
    for error in body.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"] in CODES, error
    return body


@dataclass(frozen=True)
class Client:
    """One API; `http` reaches it."""

    http: httpx.AsyncClient

    async def send(self, content: bytes | str, **headers: str) -> httpx.Response:
        return await self.http.post("/graphql", content=content, headers={"content-type": "application/json"} | headers)

    async def answer(self, query: str, **variables: Any) -> Any:
        """The whole answer, errors included."""
        return clean(await self.send(orjson.dumps({"query": query, "variables": variables})))

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer that has no errors."""
        body = await self.answer(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def toys(self, selection: str, **variables: Any) -> Any:
        """What is selected of the timeline `toys`. The selection may use `$name` for each variable `name__Type`."""
        declared = ", ".join(f"${name}: {kind}" for name, _, kind in (key.partition("__") for key in variables))
        given = {key.partition("__")[0]: value for key, value in variables.items()}
        query = f'query{f"({declared})" if declared else ""} {{ timeline(slug: "toys") {{ {selection} }} }}'
        return (await self.ask(query, **given))["timeline"]

    async def refused(self, query: str, **variables: Any) -> Refused:
        """The one error of an answer."""
        body = await self.answer(query, **variables)
        assert "errors" in body, body
        (error,) = body["errors"]
        extensions = error["extensions"]
        return Refused(extensions["code"], error["message"], extensions.get("path"), extensions)

    async def append(self, *events: dict[str, Any], timeline: str = "toys", **options: Any) -> Any:
        """The payload of `appendEvents`, errors included."""
        given = {"timeline": timeline, "events": list(events), **options}
        return (await self.ask(APPEND, input=given))["appendEvents"]


APPEND = """
mutation ($input: AppendEventsInput!) {
  appendEvents(input: $input) {
    events { eventId position kind }
    duplicates
    basis { position }
    errors { code message path }
  }
}
"""


def moved(toy: str = "bear", room: str | None = "attic", *, occurred: str = "2025-01-10", **more: Any) -> Any:
    """An event as `appendEvents` takes it."""
    data = {"toy": {"ref": toy}} | ({"room": {"ref": room}} if room else {})
    return {"occurred": occurred, "event": {"moved": data}, **more}


def raw(kind: str, data: Any, *, occurred: str = "2025-01-10", **more: Any) -> Any:
    return {"occurred": occurred, "event": {"raw": {"kind": kind, "data": data}}, **more}
