"""News that no other kind fits yet."""

from dataclasses import dataclass
from typing import Annotated, Any

from timeline.domain.declare import Event
from timeline.domain.fields import about
from timeline.domain.refs import Ref


@dataclass(frozen=True, kw_only=True)
class NewsReported(Event, kind="news.reported"):
    """A headline, a text, and the entities it is about."""

    title: Annotated[str, about("The headline.")]
    text: Annotated[str | None, about("The story in short.", long=True)] = None
    subjects: Annotated[tuple[Ref[Any], ...], about("Whom or what it is about.")] = ()

    def headline(self) -> str:
        return self.title
