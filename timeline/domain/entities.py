"""The two kinds of event that every timeline has: what an entity is called, and that two ids are one."""

from dataclasses import dataclass
from typing import Annotated, Any

from timeline.domain.declare import Event
from timeline.domain.fields import about
from timeline.domain.refs import Ref
from timeline.domain.texts import name, url
from timeline.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class EntityDescribed(Event, kind="entity.described"):
    """What an entity is called and what it is, from a date on."""

    entity: Annotated[Ref[Any], about("Who or what is described.")]
    name: Annotated[str | None, about("The name for people.")] = None
    aliases: Annotated[tuple[str, ...], about("Other names, by which it can be found too.")] = ()
    description: Annotated[str | None, about("A sentence or a paragraph.", long=True)] = None
    links: Annotated[tuple[str, ...], about("Pages about it.", example="https://example.org/about")] = ()

    def __post_init__(self) -> None:
        for each in (*([self.name] if self.name else ()), *self.aliases):
            name(each)
        for each in self.links:
            url(each)

    def headline(self) -> str:
        return f"{self.entity.key} is called {self.name}" if self.name else f"{self.entity} was described"


@dataclass(frozen=True, kw_only=True)
class EntityMerged(Event, kind="entity.merged"):
    """Two ids are one entity: from this record on, references to either mean `into`."""

    entity: Annotated[Ref[Any], about("The id that is given up.")]
    into: Annotated[Ref[Any], about("The id that stays.", example="another")]

    def __post_init__(self) -> None:
        if self.entity == self.into:
            raise BadInput("an entity cannot be merged into itself", ("into",))
        if self.entity.kind != self.into.kind:
            raise BadInput(f"{self.entity.kind} and {self.into.kind} are different kinds of entity", ("into",))

    def headline(self) -> str:
        return f"{self.entity.key} is the same as {self.into.key}"
