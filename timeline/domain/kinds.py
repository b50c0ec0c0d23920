"""The registry of kinds: a value made from declarations, not a global."""

import hashlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Self

from timeline.domain import entities as built_in
from timeline.domain import names
from timeline.domain.acts import RESERVED
from timeline.domain.declare import Entity, Event
from timeline.domain.entity_kinds import AttributeKind, EntityKind
from timeline.domain.event_kinds import EventKind
from timeline.domain.fields import FieldType
from timeline.domain.texts import kind_of
from timeline.errors import BadInput

_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


@dataclass(frozen=True)
class Kinds:
    """Every kind that a timeline can hold, by stored name.

    `fingerprint` is a hash over all that decides what an answer looks like: names, versions, fields and rules.
    """

    events: Mapping[str, EventKind]
    entities: Mapping[str, EntityKind]
    attributes: Mapping[str, AttributeKind]  # by path
    readers: Mapping[str, Sequence[AttributeKind]]  # those that read what is stored under a path, its own first
    fingerprint: str

    @classmethod
    def of(cls, *sources: ModuleType | type) -> Self:
        """The kinds declared in modules, in packages (their modules included) and as classes; the built-in ones always.

        TypeError when two declarations, or a declaration and the API, would share a name; it names both.
        """
        found = list(dict.fromkeys(_declarations(built_in, *sources)))
        by_class: dict[str, type[Entity]] = {}
        twice: dict[str, type[Entity]] = {}
        for each in found:
            if issubclass(each, Entity) and by_class.setdefault(each.__name__, each) is not each:
                twice[each.__name__] = each

        def kind_named(admitted: Any) -> str:
            if admitted is Any or admitted is Entity:
                return ""
            if isinstance(admitted, type) and issubclass(admitted, Entity):
                return admitted.declared.kind
            named = str(getattr(admitted, "__forward_arg__", admitted))
            if named not in by_class:
                raise TypeError(f"no entity kind is called {named}")
            if named in twice:
                raise TypeError(f"{named} could be {_place(by_class[named])} or {_place(twice[named])}")
            return by_class[named].declared.kind

        entities = [EntityKind.of(each, kind_named) for each in found if issubclass(each, Entity)]
        events = [EventKind.of(each, kind_named) for each in found if issubclass(each, Event)]
        for what, several in (("entity kind", entities), ("event kind", events)):
            _refuse_twice(what, several)
        _refuse_taken_fields(entities, events)
        if problem := names.collision(names.generated(entities, events)):
            raise TypeError(problem)
        attributes = {each.path: each for kind in entities for each in kind.attributes.values()}
        own_first = sorted(attributes.values(), key=lambda each: each.path != each.stored)
        return cls(
            events={kind.name: kind for kind in sorted(events, key=lambda kind: kind.name)},
            entities={kind.name: kind for kind in sorted(entities, key=lambda kind: kind.name)},
            attributes=attributes,
            readers={path: [each for each in own_first if each.stored == path] for path in attributes},
            fingerprint=_fingerprint(entities, events),
        )

    def event(self, name: object) -> EventKind:
        """BAD_INPUT, naming those that there are, if there is no such kind."""
        kind = self.events.get(name) if isinstance(name, str) else None
        if kind is None:
            shown = repr(name[:100]) if isinstance(name, str) else kind_of(name)
            raise BadInput(f"there is no event kind {shown}; there are {', '.join(self.events)}; --kinds loads others")
        return kind

    def doc_of(self, field: FieldType) -> str | None:
        """What a field means: what it says itself, else what the entities are that it names."""
        return field.about.doc or " ".join(self.entities[kind].doc for kind in field.kinds) or None

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
        if not _NAME.fullmatch(kind.name):
            raise TypeError(
                f"{what} {kind.name!r} of {_place(kind.cls)}: lower-case words with dots between are needed"
            )
        if what == "event kind" and kind.name in RESERVED:
            raise TypeError(f"{what} {kind.name!r} of {_place(kind.cls)}: that is a kind of record about records")
        other = owners.setdefault(kind.name, kind.cls)
        if other is not kind.cls:
            raise TypeError(f"{what} {kind.name!r} is declared by {_place(other)} and by {_place(kind.cls)}")


def _refuse_taken_fields(entities: list[EntityKind], events: list[EventKind]) -> None:
    declared = [(kind.cls, kind.fields, "Event", names.EVENT_FIELDS) for kind in events]
    declared += [(kind.cls, kind.attributes, "Entity", names.ENTITY_FIELDS) for kind in entities]  # type: ignore[misc]
    for cls, fields, interface, reserved in declared:
        owners = {names.camel(each): f"the interface {interface}" for each in reserved}
        for name in fields:
            field, place = names.camel(name), f"{_place(cls)}.{name}"
            if owners.setdefault(field, place) != place:
                raise TypeError(f"{place} and {owners[field]} would share the field {field}")


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
            kind.name: [kind.declared.graphql, kind.declared.plural]
            + [
                [each.name, each.stored, each.rule.name, each.type.type_name, each.per and each.per.type_name]
                for each in kind.attributes.values()
            ]
            for kind in entities
        },
    }
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]
