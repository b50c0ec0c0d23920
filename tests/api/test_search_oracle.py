"""Search against plain Python: whatever happened to a log, at any knowledge, in every order, page by page."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import toys
from tests.api.client import Client
from tests.api.conftest import app_for, client_of
from tests.making import made
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.domain.words import words
from timeline.errors import BadInput, Conflict, NotFound
from timeline.timelines import Timelines

WORDS = ("amber", "ambit", "birch", "Ёж", "ежи", "智能", "人工智能", "智", "दिल्ली", "قلم", "re-born")
TOYS = ("toy:a", "toy:b", "toy:c", "toy:d")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
dates = st.sampled_from(("2025-01-10", "2025-01", "2024", "2025-02-01", "[2024..2026]"))
moves = st.tuples(
    st.just("moved"), st.sampled_from(TOYS), st.none() | texts, st.none() | texts, st.none() | texts, dates
)
describes = st.tuples(st.just("described"), st.sampled_from(TOYS), texts, st.none() | texts, st.none() | texts, dates)
merges = st.tuples(st.just("merged"), st.sampled_from(TOYS), st.sampled_from(TOYS))
acts = st.tuples(st.sampled_from(("corrected", "retraction", "redaction")), st.integers(0, 30), texts)
histories = st.lists(st.one_of(moves, describes, merges, acts), min_size=1, max_size=14)
quoted = texts.map('"{}"'.format)
ORDERS = ("OCCURRED_ASC", "OCCURRED_DESC", "RECORDED_ASC", "RECORDED_DESC", "RELEVANCE", "RELEVANCE")
# What is few and what is many decides where to look, and not what is found.
LIMITS: tuple[dict[str, int], ...] = (
    {},
    {"search._COMPARED": 1, "search._MANY": 3, "phrases.COMMON": 1},
    {"search._COMPARED": 2, "search._MANY": 5, "terms.FEW": 1, "terms.FEW_WORDS": 1},
    {"search._COMPARED": 0, "search._MANY": 0, "terms.FEW": 0, "terms.FEW_WORDS": 0, "entity_search._MANY": 0},
)
begun = texts.map(lambda text: text[:-1])
searches = st.lists(st.one_of(st.sampled_from((*WORDS, "moved", "called")), quoted, begun), min_size=1, max_size=2)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[[], Timelines]]:
    """One database for all examples, each of which has a timeline of its own."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'search.db'}"
        if request.param == "postgres":
            address = str(request.getfixturevalue("postgres_server"))
        database = Database.open(address)
        migrate(database)
        timelines = Timelines(database, Kinds.of(toys))
        yield lambda: timelines
        timelines.close()


def play(timelines: Timelines, slug: str, history: list[Any]) -> int:
    """Append what can be appended of a history, one by one; how many records there are then."""
    kinds = timelines.kinds
    recorded: list[str] = []
    for number, (what, *how) in enumerate(history):
        given_id = str(UUID(int=number + 1))
        match what, how:
            case "moved", [toy, name, note, quote, date]:
                more: dict[str, Any] = {"note": note} if note else {}
                more |= {"sources": [{"quote": quote}]} if quote else {}
                ref = {"ref": toy} | ({"name": name} if name else {})
                event = made(kinds, "toy.moved", {"toy": ref}, id=given_id, occurred=date, **more)
            case "described", [toy, name, alias, said, date]:
                data = {"entity": toy, "name": name, "aliases": [alias] if alias else []}
                data |= {"description": said} if said else {}
                event = made(kinds, "entity.described", data, id=given_id, occurred=date)
            case "merged", [one, other] if one != other:
                event = made(kinds, "entity.merged", {"entity": one, "into": other}, id=given_id)
            case "corrected", [target, note] if recorded:
                event = made(
                    kinds,
                    "toy.moved",
                    {"toy": TOYS[target % 4]},
                    id=given_id,
                    note=note,
                    corrects=str(recorded[target % len(recorded)]),
                    reason="So it was.",
                )
            case (("retraction" | "redaction"), [target, _]) if recorded:
                data = {"target": str(recorded[target % len(recorded)])}
                event = new_event(kinds, {"id": given_id, "kind": what, "data": data, "reason": "So it was."})
            case _:
                continue
        try:
            timelines.append(slug, [event])
        except (BadInput, Conflict, NotFound):  # what it is about cannot be revised so, or is another entity already
            continue
        recorded.append(given_id)
    return len(recorded)


EVENTS = """query ($slug: ID!, $filter: EventFilter, $order: EventOrder, $at: Int, $known: KnownAt, $after: String) {
  timeline(slug: $slug) { events(filter: $filter, orderBy: $order, knownAt: $known, first: $at, after: $after) {
    nodes { position headline note data sources { quote } entities { entity { name aliases } } }
    totalCount pageInfo { endCursor hasNextPage } } } }"""
ENTITIES = """query ($slug: ID!, $filter: EntityFilter, $at: Int, $known: KnownAt, $after: String) {
  timeline(slug: $slug) { entities(filter: $filter, knownAt: $known, first: $at, after: $after) {
    nodes { ref name aliases description } totalCount pageInfo { endCursor hasNextPage } } } }"""


async def every(client: Client, query: str, field: str, size: int, **variables: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await client.ask(query, at=size, after=after, **variables))["timeline"][field]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


def has(text: str, phrase: str, *, prefix: bool) -> bool:
    """Whether the words of a phrase stand in a text, one after the other."""
    wanted, there = words(phrase), words(text)
    # Of a run without spaces, what follows its last character is of no account.
    if len(wanted) > 1 and len(wanted[-1]) == 1 and wanted[-2][1:] == wanted[-1] and not wanted[-1].isascii():
        wanted = wanted[:-1]
    elif len(wanted[-1]) == 1 and not wanted[-1].isascii() and wanted[-1] >= "\u4e00":
        prefix = True
    for start in range(len(there) - len(wanted) + 1):
        some = there[start : start + len(wanted)]
        if some == wanted or (prefix and some[:-1] == wanted[:-1] and some[-1].startswith(wanted[-1])):
            return True
    return False


def rank(search: list[str], places: list[list[str]]) -> int | None:
    """In which of the places, the best first, each is found; None: one is in none of them."""
    worst = 0
    typed = [part for each in search for part in ([each] if each.startswith('"') else each.split())]
    for number, part in enumerate(typed, 1):
        prefix = number == len(typed) and not part.startswith('"')
        best = [n for n, several in enumerate(places) if any(has(text, part, prefix=prefix) for text in several)]
        if not best:
            return None
        worst = max(worst, best[0])
    return worst


def places_of(event: dict[str, Any]) -> list[list[str]]:
    names = [name for each in event["entities"] for name in (each["entity"]["name"], *each["entity"]["aliases"])]
    own = event["headline"].partition(" is called ")
    told = [own[2]] if own[1] else ["moved to nowhere", "is the same as"][:1] if "moved" in event["headline"] else []
    said = event["data"] or {}
    other = [event["note"] or "", said.get("name", ""), said.get("description", ""), *said.get("aliases", ())]
    return [names, [*told, "is called" if own[1] else ""], other, [each["quote"] or "" for each in event["sources"]]]


counter = iter(range(1_000_000))


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, searches, st.integers(1, 20), st.integers(1, 4), st.sampled_from(ORDERS), st.sampled_from(LIMITS))
def test_search_finds_what_plain_python_finds(
    opened: Callable[[], Timelines],
    history: list[Any],
    search: list[str],
    known: int,
    size: int,
    order: str,
    limits: dict[str, int],
) -> None:
    timelines = opened()
    slug = f"t{next(counter)}-{id(opened) % 10_000}"
    timelines.create(slug, "Toys")
    head = play(timelines, slug, history)
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in limits.items():
            patch.setattr(f"timeline.projection.{name}", limit)
        asyncio.run(_compare(timelines, slug, search, min(known, head), size, order))


async def _compare(timelines: Timelines, slug: str, search: list[str], known: int, size: int, order: str) -> None:
    typed = " ".join(search)
    async with client_of(app_for(timelines)) as client:
        given: dict[str, Any] = {"slug": slug, "known": {"position": known}}
        plain = "OCCURRED_DESC" if order == "RELEVANCE" else order
        everything = await every(client, EVENTS, "events", 50, order=plain, filter={}, **given)
        ranks = {each["position"]: rank(search, places_of(each)) for each in everything}
        wanted = [position for position, place in ranks.items() if place is not None]
        if order == "RELEVANCE":
            wanted.sort(key=lambda position: ranks[position] or 0)
        there = await every(client, EVENTS, "events", size, order=order, filter={"search": typed}, **given)
        assert [each["position"] for each in there] == wanted, typed
        entities = await every(client, ENTITIES, "entities", 50, filter={}, **given)
        ranked = [
            (rank(search, [[each["name"], *each["aliases"]], [each["description"] or ""]]), each["ref"])
            for each in entities
        ]
        found = await every(client, ENTITIES, "entities", size, filter={"search": typed}, **given)
        assert [each["ref"] for each in found] == [ref for place, ref in sorted(r for r in ranked if r[0] is not None)]
