"""What a client would rather have, by its Accept header: RFC 9110, section 12.5.1."""

import re
from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
EVENTS: Final = "text/event-stream"

_WILD: Final = ("*/*", "application/*")
_WEIGHT = re.compile(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


@lru_cache(maxsize=500)
def preferred(accept: str) -> str | None:
    """One of the three; None if none will do. Where anything will, it is JSON.

    Of equal weight the first counts: urql accepts events for every query, and names them after JSON.
    """
    weights: dict[str, float] = {}
    for media_range in accept.split(","):
        name, *parameters = media_range.strip().lower().split(";")
        given = [float(found[1]) for each in parameters if (found := _WEIGHT.fullmatch(each))]
        weights.setdefault(name.strip(), min(given, default=1.0))
    best, chosen = 0.0, None
    for name, weight in weights.items():
        if weight > best and (name in (JSON, GRAPHQL, EVENTS) or (name in _WILD and weights.get(JSON) is None)):
            best, chosen = weight, JSON if name in _WILD else name
    return chosen if accept.strip() else JSON


def wants_a_page(accept: str) -> bool:
    """Whether a person's browser asks."""
    return "text/html" in accept
