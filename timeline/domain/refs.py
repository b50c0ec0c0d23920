"""A reference to an entity: its kind and slug, and the name to print where one is known."""

from typing import Any, Generic, TypeVar

from timeline.domain.texts import slug
from timeline.errors import BadInput

E = TypeVar("E", covariant=True)


class Ref(Generic[E]):
    """`Ref[App]` names one app. Two references are equal when kind and slug are; the name is only for people."""

    __slots__ = ("key", "kind", "name", "slug")

    def __init__(self, kind: str, slug: str, name: str | None = None) -> None:
        self.kind = kind
        self.slug = slug
        self.name = name
        self.key = f"{kind}:{slug}"  # as it is stored and used in inputs

    def called(self, name: str | None) -> "Ref[E]":
        """The same entity, printed as `name`."""
        twin = object.__new__(type(self))
        twin.kind, twin.slug, twin.name, twin.key = self.kind, self.slug, name, self.key
        return twin

    def __str__(self) -> str:
        return self.name or self.slug

    def __repr__(self) -> str:
        return f"Ref({self.key!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def parse_ref(value: object) -> Ref[Any]:
    """`kind:slug`; BAD_INPUT for anything else."""
    if not isinstance(value, str) or ":" not in value:
        raise BadInput("an entity is named by 'kind:slug'")
    kind, _, rest = value.partition(":")
    return Ref(slug(kind), slug(rest))
