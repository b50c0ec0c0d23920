"""What a feed asks the schema: the events that a page's address asks for, page by page at one basis."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from timeline.domain.calendar import parse_instant
from timeline.errors import BadInput

# Runs a query with variables; returns the answer's data, and its errors as GraphQL has them.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[tuple[Any, list[dict[str, Any]]]]]

PAGE = 200
QUERY = """
query Feed($slug: ID!, $filter: EventFilter, $knownAt: KnownAt, $order: EventOrder!, $first: Int!, $after: String) {
  timeline(slug: $slug) {
    slug title description
    events(filter: $filter, knownAt: $knownAt, orderBy: $order, first: $first, after: $after) {
      nodes {
        eventId claimId kind position recordedAt headline note data
        occurred { edtf text precision approximate uncertain start { earliest latest } end { earliest latest } }
        entities { role entity { ref name } }
        sources { url publisher title author published { edtf text } retrieved quote }
      }
      pageInfo { endCursor hasNextPage }
      basis { position recordedAt hash }
    }
  }
}
"""

_LISTS = {"kinds": "kinds", "entities": "entities", "status": "status"}
_TEXTS = {"source": "sourceHost", "occurred": "occurred", "q": "search"}
_ALL = ", ".join([*_LISTS, *_TEXTS, "disputed", "known"])


class Refused(Exception):
    """The schema's own errors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Answer:
    """A timeline's name plate, the basis, and its events: the first page is here, the others are still to be asked."""

    slug: str
    title: str
    description: str | None
    basis: Mapping[str, Any]
    events: AsyncIterator[dict[str, Any]]


def filter_of(parameters: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The filter and `knownAt` that query parameters ask for, named as the page names them; BAD_INPUT for others."""
    wanted: dict[str, Any] = {}
    known = None
    for name, value in parameters.items():
        if name in _LISTS:
            wanted[_LISTS[name]] = value.split(",")
        elif name in _TEXTS:
            wanted[_TEXTS[name]] = value
        elif name == "disputed":
            wanted["disputed"] = _truth(value)
        elif name == "known":
            known = _known_at(value)
        else:
            raise BadInput(f"a feed has no parameter {name[:100]!r}; it takes {_ALL}", (name[:100],))
    return wanted, known


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise BadInput("disputed has to be true or false", ("disputed",))
    return value == "true"


def _known_at(value: str) -> dict[str, Any]:
    """A position, or else a moment."""
    if value.isascii() and value.isdigit() and len(value) < 17:
        return {"position": int(value)}
    try:
        parse_instant(value)
    except BadInput as bad:
        raise BadInput(f"known has to be a position of the log or a moment: {bad.message}", ("known",)) from None
    return {"time": value}


async def events(ask: Ask, slug: str, parameters: Mapping[str, str], order: str, limit: int | None) -> Answer | None:
    """None if there is no such timeline. Raises `Refused` if the schema refuses the first page."""
    wanted, known = filter_of(parameters)
    variables = {"slug": slug, "filter": wanted, "knownAt": known, "order": order, "first": min(limit or PAGE, PAGE)}
    first = await _page(ask, variables)
    if first is None:
        return None
    basis = first["events"]["basis"]
    pinned = variables | {"knownAt": {"position": basis["position"]}}
    following = _all(ask, first["events"], pinned, limit)
    return Answer(first["slug"], first["title"], first["description"], basis, following)


async def _all(
    ask: Ask, page: dict[str, Any], variables: dict[str, Any], limit: int | None
) -> AsyncIterator[dict[str, Any]]:
    sent = 0
    while True:
        for event in page["nodes"]:
            yield event
        sent += len(page["nodes"])
        if not page["pageInfo"]["hasNextPage"] or (limit is not None and sent >= limit):
            return
        following = await _page(ask, variables | {"after": page["pageInfo"]["endCursor"]})
        assert following is not None  # a timeline does not go away
        page = following["events"]


async def _page(ask: Ask, variables: Mapping[str, Any]) -> dict[str, Any] | None:
    data, errors = await ask(QUERY, variables)
    if errors:
        raise Refused(errors)
    return data["timeline"]  # type: ignore[no-any-return]
