"""The registry of kinds: a value made from declarations, not a global."""

import hashlib
import inspect
import json
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Self, TypeVar

from timeline.domain import entities as built_in
from timeline.domain import names
from timeline.domain.declare import Entity, Event
from timeline.domain.entity_kinds import EntityKind
from timeline.domain.event_kinds import EventKind
from timeline.domain.texts import slug
from timeline.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True)
class Kinds:
    """Every kind that a timeline can hold, by stored name.

    `fingerprint` is a hash over all that decides what an answer looks like: names, versions, fields and rules.
    """

    events: Mapping[str, EventKind]
    entities: Mapping[str, EntityKind]
    fingerprint: str

    @classmethod
    def of(cls, *sources: ModuleType | type) -> Self:
        """The kinds declared in modules, in packages (their modules included) and as classes; the built-in ones always.

        TypeError when two declarations, or a declaration and the API, would share a name; it names both.
        """
        found = list(dict.fromkeys(_declarations(built_in, *sources)))
        by_class = {each.__name__: each.declared.kind for each in found if issubclass(each, Entity)}

        def kind_named(admitted: Any) -> str:
            if admitted is Any or admitted is Entity:
                return ""
            if isinstance(admitted, type) and issubclass(admitted, Entity):
                return admitted.declared.kind
            named = str(getattr(admitted, "__forward_arg__", admitted))
            if named not in by_class:
                raise TypeError(f"no entity kind is called {named}")
            return by_class[named]

        entities = [EntityKind.of(each, kind_named) for each in found if issubclass(each, Entity)]
        events = [EventKind.of(each, kind_named) for each in found if issubclass(each, Event)]
        for what, several in (("entity kind", entities), ("event kind", events)):
            _refuse_twice(what, several)
        _refuse_taken_fields(entities, events)
        if problem := names.collision(names.generated(entities, events)):
            raise TypeError(problem)
        return cls(
            events={kind.name: kind for kind in sorted(events, key=lambda kind: kind.name)},
            entities={kind.name: kind for kind in sorted(entities, key=lambda kind: kind.name)},
            fingerprint=_fingerprint(entities, events),
        )

    def event(self, name: object) -> EventKind:
        """BAD_INPUT, naming the nearest, if there is no such kind."""
        kind = self.events.get(name) if isinstance(name, str) else None
        if kind is None:
            raise BadInput(f"there is no event kind {str(name)[:100]!r}; there are {', '.join(self.events)}")
        return kind

    def kind_of(self, event: Event) -> EventKind:
        return self.event(event.declared.kind)


def _declarations(*sources: ModuleType | type) -> Iterator[type[Entity] | type[Event]]:
    for source in sources:
        if isinstance(source, type):
            yield source
            continue
        for value in vars(source).values():
            if inspect.isclass(value) and issubclass(value, Entity | Event) and value.__module__ == source.__name__:
                yield value
        for module in pkgutil.iter_modules(getattr(source, "__path__", ())):
            yield from _declarations(import_module(f"{source.__name__}.{module.name}"))


def _refuse_twice(what: str, kinds: list[Any]) -> None:
    owners: dict[str, type] = {}
    for kind in kinds:
        for part in kind.name.split("."):
            slug(part)
        other = owners.setdefault(kind.name, kind.cls)
        if other is not kind.cls:
            raise TypeError(f"{what} {kind.name!r} is declared by {_place(other)} and by {_place(kind.cls)}")


def _refuse_taken_fields(entities: list[EntityKind], events: list[EventKind]) -> None:
    for event in events:
        if taken := sorted(event.fields.keys() & names.EVENT_FIELDS):
            raise TypeError(f"{_place(event.cls)}.{taken[0]} and the interface Event would share the field {taken[0]}")
    for entity in entities:
        if taken := sorted(entity.attributes.keys() & names.ENTITY_FIELDS):
            raise TypeError(
                f"{_place(entity.cls)}.{taken[0]} and the interface Entity would share the field {taken[0]}"
            )


def _place(declared: type) -> str:
    return f"{declared.__module__}.{declared.__qualname__}"


def _fingerprint(entities: list[EntityKind], events: list[EventKind]) -> str:
    shape = {
        "events": {
            kind.name: [kind.declared.version, kind.declared.graphql]
            + [[field.name, field.type_name, field.required] for field in kind.fields.values()]
            for kind in events
        },
        "entities": {
            kind.name: [kind.declared.graphql]
            + [[each.name, each.rule.name, each.type.type_name] for each in kind.attributes.values()]
            for kind in entities
        },
    }
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]
