"""How kinds are declared: subclass `Entity` for a kind of entity, `Event` for a kind of event."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from timeline.domain.attributes import Attribute, Change
from timeline.domain.dates import FuzzyDate

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a class says of itself besides its fields. `graphql` is the GraphQL type's name, `deprecated` a reason."""

    kind: str
    graphql: str
    version: int = 1
    upcasts: Mapping[int, Upcast] = field(default_factory=dict)
    plural: str = ""
    deprecated: str | None = None


class Entity:
    """A kind of entity: `class App(Entity, kind="app")`, with its attributes in the class body.

    `kind` is stored, so it never changes. Instances do not exist: an entity is a reference, its state is facts.
    """

    declared: ClassVar[Declaration]
    attributes: ClassVar[Mapping[str, Attribute[Any]]]

    def __init_subclass__(
        cls, *, kind: str, plural: str | None = None, graphql: str | None = None, deprecated: str | None = None
    ) -> None:
        graphql = graphql or cls.__name__
        field_name = graphql[:1].lower() + graphql[1:]
        cls.declared = Declaration(kind=kind, graphql=graphql, plural=plural or f"{field_name}s", deprecated=deprecated)
        cls.attributes = {name: value for name, value in vars(cls).items() if isinstance(value, Attribute)}
        for attribute in cls.attributes.values():
            attribute.bound(kind)


class Event:
    """A kind of event: a frozen, keyword-only dataclass whose fields are what is stored.

    `class Released(Event, kind="model.released", version=2, upcasts={1: from_1})`: `kind` is stored, so it never
    changes; an upcast takes the data of its version and returns that of the next.
    """

    declared: ClassVar[Declaration]

    def __init_subclass__(
        cls,
        *,
        kind: str,
        version: int = 1,
        upcasts: Mapping[int, Upcast] | None = None,
        graphql: str | None = None,
        deprecated: str | None = None,
    ) -> None:
        cls.declared = Declaration(
            kind=kind,
            graphql=graphql or cls.__name__,
            version=version,
            upcasts=upcasts or {},
            deprecated=deprecated,
        )

    def changes(self, occurred: FuzzyDate) -> Iterable[Change]:
        """What it does to the attributes of entities; pure."""
        return ()

    def headline(self) -> str:
        """One sentence for people; references in it print as names."""
        raise TypeError(f"{type(self).__name__} has no headline()")
