"""A pinned question has the same answer, to the byte, whatever is appended later, and when all is derived again."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.conftest import app_for
from tests.conftest import Clock
from tests.projection.test_states import (
    KINDS,
    QUIET,
    acts,
    emptied,
    logged,
    play,
    postgres_database,
    slugs,
    sqlite_database,
)
from timeline.database import Database
from timeline.timelines import Timelines
from timeline.timelines.rebuild import rebuild

__all__ = ["postgres_database", "sqlite_database"]  # fixtures

QUERY = """
query ($slug: ID!, $k: KnownAt!, $at: EDTF, $certainty: Certainty) {
  timeline(slug: $slug) {
    events(knownAt: $k, at: $at, filter: {status: [CURRENT, CORRECTED, RETRACTED]}) {
      nodes {
        id position status headline claimId disputes { position note } versions { position status }
        supersededBy { position } entities { role entity { ref name } }
        changes { nodes { entity { ref } attribute key before { text } after { text } } }
      }
      totalCount basis { position hash }
    }
    entities(knownAt: $k, at: $at, certainty: $certainty) {
      nodes {
        id ref name aliases uncertain { nodes { position } }
        facts {
          nodes {
            attribute key value text since { edtf } until { edtf } knownFrom knownUntil event { position status }
          }
        }
        history { nodes { attribute key text until { edtf } event { position } } totalCount }
        knowledge: history(axis: KNOWLEDGE) { nodes { attribute key text knownFrom knownUntil } }
        events { nodes { position } totalCount }
        ... on Thing { size owner { ref } friends { ref } spent { text } pointss { nodes { points } } visits }
      }
      totalCount
    }
    series(attribute: "thing.size", knownAt: $k) { entity { ref } points { value } }
    diff(from: {at: "2024", knownAt: $k}, to: {knownAt: $k}) {
      nodes { entity { ref } attribute before { text } after { text } }
    }
  }
}
"""
acting = acts.filter(lambda act: act[0] != "redaction")
longer = st.lists(st.lists(acts, min_size=2, max_size=5), min_size=2, max_size=6)
later = st.lists(st.lists(acting, min_size=3, max_size=6), min_size=2, max_size=4)
views = st.fixed_dictionaries(
    {"at": st.sampled_from([None, "2025-01-12", "2025-01-20"]), "certainty": st.sampled_from(["DEFINITE", "POSSIBLE"])}
)


async def answers(timelines: Timelines, slug: str, positions: Iterable[int], view: dict[str, Any]) -> list[bytes]:
    """The answer at each of these positions of the log."""
    found = []
    transport = httpx.ASGITransport(app=app_for(timelines))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for position in positions:
            variables = {"slug": slug, "k": {"position": position}, **view}
            answer = await client.post("/graphql", json={"query": QUERY, "variables": variables})
            assert "errors" not in orjson.loads(answer.content), answer.text
            found.append(answer.content)
    return found


def check(database: Database, first: list[list[Any]], then: list[list[Any]], view: dict[str, Any]) -> None:
    slug = next(slugs)
    with emptied(database) as timelines:
        timelines.create(slug, "A history")
        play(timelines, slug, first)
        every = range(len(logged(timelines, slug)) + 1)
        before = asyncio.run(answers(timelines, slug, every, view))
        steps = rebuild(timelines.database, KINDS, timelines.find(slug).id, Clock(), batch=3)
        next(steps)
        play(timelines, slug, then)  # while it is derived again
        assert asyncio.run(answers(timelines, slug, every, view)) == before
        for _ in steps:
            pass
        assert asyncio.run(answers(timelines, slug, every[-2:], view)) == before[-2:]


@settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(first=longer, then=later, view=views)
def test_a_pinned_answer_stays_on_sqlite(
    sqlite_database: Database, first: list[list[Any]], then: list[list[Any]], view: dict[str, Any]
) -> None:
    check(sqlite_database, first, then, view)


@settings(max_examples=3, deadline=None, suppress_health_check=QUIET)
@given(first=longer, then=later, view=views)
def test_a_pinned_answer_stays_on_postgres(
    postgres_database: Database, first: list[list[Any]], then: list[list[Any]], view: dict[str, Any]
) -> None:
    check(postgres_database, first, then, view)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(first=longer, then=later, view=views)
def test_a_pinned_answer_stays_in_many_histories(
    sqlite_database: Database, first: list[list[Any]], then: list[list[Any]], view: dict[str, Any]
) -> None:
    check(sqlite_database, first, then, view)
