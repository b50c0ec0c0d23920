"""Every shape of field: typed input, stored data and typed output say the same."""

from typing import Any

from tests.api.client import Client, raw

READ = """query {
  timeline(slug: "toys") { events(orderBy: RECORDED_ASC) { nodes {
    __typename kind headline note data occurred { edtf }
    entities { role entity { __typename ref name } }
    sources { url publisher title author quote retrieved published { edtf text precision approximate uncertain } }
    ... on Bought {
      toy { ref name } colour discount wrapped pieces story tags friends { ref } topics { __typename ref }
      anything { __typename ref }
      price { amount lower upper qualifier currency text } weight { value lower upper qualifier unit text }
      made {
        edtf text precision approximate uncertain
        start { earliest latest } end { earliest latest }
      }
    }
    ... on Moved { moved: toy { ref } room { ref } }
    ... on EntityDescribed { entity { ref } name aliases description links }
  } } }
}"""

TYPED: dict[str, Any] = {
    "toy": {"ref": "toy:bear", "name": "Bär 🧸"},
    "price": {"upper": "6000000", "currency": "USD"},
    "weight": {"value": "2000.50", "qualifier": "ABOUT", "unit": "g"},
    "made": "2021/..",
    "colour": "RED",
    "discount": "-0.10",
    "wrapped": False,
    "pieces": -2_147_483_648,
    "story": "Line one,\n\tline two.",
    "tags": ["soft", "brown"],
    "friends": [{"ref": "doll"}, {"ref": "toy:cat", "name": "Cat"}],
    "topics": [{"ref": "room:attic"}, {"ref": "toy:doll"}],
    "anything": {"ref": "room:cellar"},
}
STORED = {
    "toy": "toy:bear",
    "price": {"upper": "6000000", "qualifier": "UNDER", "currency": "USD"},
    "weight": {"value": "2000.50", "qualifier": "ABOUT", "unit": "g"},
    "made": "2021/..",
    "colour": "red",
    "discount": "-0.10",
    "wrapped": False,
    "pieces": -2_147_483_648,
    "story": "Line one,\n\tline two.",
    "tags": ["soft", "brown"],
    "friends": ["toy:doll", "toy:cat"],
    "topics": ["room:attic", "toy:doll"],
    "anything": "room:cellar",
}
SOURCE = {
    "url": "https://example.org/a?b=c#d",
    "publisher": "The Attic Times",
    "title": "On bears",
    "author": "A. Cat",
    "published": "2025-01~",
    "retrieved": "2025-01-20T09:30:00.000-08:00",
    "quote": "A bear.\nIndeed.",
}


async def read(client: Client) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await client.ask(READ))["timeline"]["events"]["nodes"]
    return nodes


async def test_every_shape_of_field_typed_and_raw(client: Client) -> None:
    given = {"occurred": "2025-01-10", "event": {"bought": TYPED}, "sources": [SOURCE], "note": "A note.\nTwo lines."}
    named = STORED | {"toy": {"ref": "bear", "name": "Bär 🧸"}, "friends": ["doll", {"ref": "cat", "name": "Cat"}]}
    as_raw = raw("toy.bought", named, sources=[SOURCE], note="A note.\nTwo lines.")
    payload = await client.append(given, as_raw)
    assert payload["errors"] == []
    typed, from_raw = await read(client)
    assert typed == from_raw
    assert typed["data"] == STORED
    assert (typed["__typename"], typed["kind"], typed["note"]) == ("Bought", "toy.bought", "A note.\nTwo lines.")
    assert typed["headline"] == "Bär 🧸 was bought for under $6 million"
    assert typed["toy"] == {"ref": "toy:bear", "name": "Bär 🧸"}
    scalars = {key: typed[key] for key in ("colour", "discount", "wrapped", "pieces", "story", "tags")}
    assert scalars == {key: TYPED[key] for key in scalars}
    assert typed["price"] == {
        **dict.fromkeys(("amount", "lower")),
        "upper": "6000000",
        "qualifier": "UNDER",
        "currency": "USD",
        "text": "under $6 million",
    }
    assert typed["weight"] == {
        **dict.fromkeys(("lower", "upper")),
        "value": "2000.50",
        "qualifier": "ABOUT",
        "unit": "g",
        "text": "around 2,000.50 g",
    }
    assert typed["made"] == {
        "edtf": "2021/..",
        "text": "since 2021",
        "precision": "YEAR",
        "approximate": False,
        "uncertain": False,
        "start": {"earliest": "2021-01-01T00:00:00.000Z", "latest": "2022-01-01T00:00:00.000Z"},
        "end": {"earliest": None, "latest": None},
    }
    assert typed["friends"] == [{"ref": "toy:doll"}, {"ref": "toy:cat"}]
    assert typed["topics"] == [{"__typename": "Room", "ref": "room:attic"}, {"__typename": "Toy", "ref": "toy:doll"}]
    assert typed["anything"] == {"__typename": "Room", "ref": "room:cellar"}
    roles = [(each["role"], each["entity"]["ref"], each["entity"]["name"]) for each in typed["entities"]]
    assert roles == [
        *(("toy", "toy:bear", "Bär 🧸"), ("friends", "toy:doll", "doll"), ("friends", "toy:cat", "Cat")),
        *(("topics", "room:attic", "attic"), ("topics", "toy:doll", "doll"), ("anything", "room:cellar", "cellar")),
    ]
    (source,) = typed["sources"]
    published = source.pop("published")
    assert published == {
        "edtf": "2025-01~",
        "text": "around January 2025",
        "precision": "MONTH",
        "approximate": True,
        "uncertain": False,
    }
    assert source == {key: SOURCE[key] for key in source} | {"retrieved": "2025-01-20T17:30:00.000Z"}


async def test_what_is_not_given_is_null_or_empty(client: Client) -> None:
    nothing = dict.fromkeys(key for key in TYPED if key != "toy")
    for event in ({"toy": {"ref": "bear"}}, {"toy": {"ref": "bear", "name": None}, **nothing}):
        payload = await client.append({"occurred": "2025", "event": {"bought": event}, "note": None, "sources": None})
        assert payload["errors"] == []
    one, two = await read(client)
    assert one == two
    assert one["data"] == {"toy": "toy:bear"}
    assert [one[key] for key in ("price", "made", "colour", "wrapped", "note", "anything")] == [None] * 6
    assert [one[key] for key in ("tags", "friends", "topics", "sources")] == [[]] * 4


async def test_an_optional_entity_and_the_kind_that_describes_entities(client: Client) -> None:
    described = {"entity": {"ref": "toy:bear"}, "name": "Bear", "aliases": ["Bruin"], "links": ["https://a.example"]}
    payload = await client.append(
        {"occurred": "2025", "event": {"moved": {"toy": {"ref": "bear"}, "room": None}}},
        {"occurred": "2025", "event": {"entityDescribed": described}},
    )
    assert payload["errors"] == []
    moved, described = await read(client)
    assert (moved["room"], moved["headline"]) == (None, "Bear moved to nowhere")
    assert (described["entity"], described["name"]) == ({"ref": "toy:bear"}, "Bear")
    assert (described["aliases"], described["links"]) == (["Bruin"], ["https://a.example"])


async def test_raw_data_of_an_older_version(client: Client) -> None:
    data = {"toy": "bear", "room": "attic", "stars": 7}
    as_raw = {"kind": "toy.scored", "version": 1, "data": data}
    old = {"occurred": "2025", "event": {"raw": as_raw}}
    assert (await client.append(old))["errors"] == []
    page = await client.toys("events { nodes { data ...on Scored { points } } }")
    assert page["events"]["nodes"] == [{"points": 7, "data": {"toy": "toy:bear", "room": "room:attic", "points": 7}}]
    for version in (0, 3, -1):
        as_raw["version"] = version
        (error,) = (await client.append(old))["errors"]
        assert (error["code"], error["path"][:3]) == ("BAD_INPUT", ["input", "events", "0"])
