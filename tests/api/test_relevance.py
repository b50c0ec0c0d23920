"""Searches in the order of relevance: by where the words stand."""

import pytest

from tests.api.client import Client
from tests.api.test_search import found
from tests.making import made
from timeline.timelines import Timelines


async def test_a_name_comes_before_a_headline_a_note_and_a_quote(client: Client, timelines: Timelines) -> None:
    kinds, room = timelines.kinds, {"room": "attic"}
    timelines.append(
        "toys",
        [
            made(kinds, "toy.moved", {"toy": "a", **room}, sources=[{"quote": "so moved we were: Amber"}]),
            made(kinds, "toy.moved", {"toy": "b", **room}, note="not amber"),
            made(kinds, "toy.bought", {"toy": "c", "tags": ["amber"], "story": "none"}),
            made(kinds, "entity.described", {"entity": "toy:d", "name": "Red Amber", "aliases": ["moved"]}),
            made(kinds, "toy.moved", {"toy": {"ref": "e", "name": "Amber"}, **room}, occurred="2024"),
            made(kinds, "toy.moved", {"toy": "f", **room}, note="moved by amber", occurred="2026"),
        ],
    )
    assert await found(client, "amber", "orderBy: RELEVANCE") == [4, 5, 6, 3, 2, 1]
    assert await found(client, "amber") == [5, 1, 2, 3, 4, 6]
    assert await found(client, "amber moved", "orderBy: RELEVANCE") == [4, 5, 6, 2, 1]
    pages, after, before = [], None, None
    page = "page: events(filter: {{search: $s}}, orderBy: RELEVANCE, {}) {{ edges {{ cursor node {{ position }} }} }}"
    while edges := (await client.toys(page.format("first: 2, after: $c"), s__String="amber", c__String=after))["page"][
        "edges"
    ]:
        pages += [edge["node"]["position"] for edge in edges]
        after = edges[-1]["cursor"]
    assert pages == [4, 5, 6, 3, 2, 1]
    pages = []
    while edges := (await client.toys(page.format("last: 2, before: $c"), s__String="amber", c__String=before))["page"][
        "edges"
    ]:
        pages = [edge["node"]["position"] for edge in edges] + pages
        before = edges[0]["cursor"]
    assert pages == [4, 5, 6, 3, 2, 1]
    refused = await client.refused('{ timeline(slug: "toys") { events(orderBy: RELEVANCE) { nodes { id } } } }')
    assert (refused.code, refused.path) == ("BAD_INPUT", ["orderBy"])


@pytest.mark.parametrize("search", ['"moved away"', "moved-away", '"to moved"', "to-moved"])
async def test_a_phrase_is_found_where_one_of_its_words_stands_in_a_better_place(
    client: Client, timelines: Timelines, search: str
) -> None:
    """The index has each word once, where it is found first: moved and to are in the headline."""
    notes = ("It was moved away.", "There is a way to moved.", "Say to moved away")
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear"}, note=note) for note in notes])
    expected = [3, 1] if "away" in search else [3, 2]
    assert await found(client, search, "orderBy: RELEVANCE") == expected
    assert await found(client, search, "orderBy: RECORDED_DESC") == expected
