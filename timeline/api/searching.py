"""What is searched, in the view of a question: what entities are called there decides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Connection

from timeline.api.nodes import View
from timeline.api.request import Request
from timeline.domain.searches import phrases_of
from timeline.domain.words import line
from timeline.errors import under
from timeline.projection import terms
from timeline.projection.filters import EventFilter


@dataclass(frozen=True)
class ViewNames:
    """What entities are called under a view (`terms.Names`)."""

    request: Request
    connection: Connection
    view: View

    def lines(self, entities: Collection[str]) -> Mapping[str, tuple[str, str]]:
        listed = list(entities)
        found = self.request.identities([(self.view, entity) for entity in listed])
        return {
            entity: (_line(each.name, *each.aliases), _line(each.description) if each.description else "")
            for entity, each in zip(listed, found, strict=True)
        }

    def ids(self, entities: Collection[str]) -> Collection[str]:
        known = self.request.known_as(self.connection, self.view, entities)
        return dict.fromkeys(each for several in known.values() for each in several)


@lru_cache(maxsize=5_000)
def _line(*texts: str) -> str:
    return line(texts)


def searched(given: str | None) -> str | None:
    """What was typed, if there is a word in it; TOO_LARGE past the limits."""
    if given is None:
        return None
    with under("filter", "search"):
        return given if phrases_of(given) else None


def resolved(request: Request, connection: Connection, view: View, wanted: EventFilter) -> EventFilter:
    """The same filter, with what SQL needs to know of what is searched."""
    if wanted.search is None:
        return wanted
    names = ViewNames(request, connection, view)
    found = terms.found(connection, view.generation, names, phrases_of(wanted.search))
    return replace(wanted, found=found)
