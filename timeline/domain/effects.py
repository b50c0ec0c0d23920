"""What an event does to attributes, written down: changes with their values as JSON and as sort keys."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from timeline.domain.attributes import Change
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.fields import Shape
from timeline.domain.refs import Ref
from timeline.domain.sorting import sort_key

_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode  # `dumps` would make one for each value


class Effect(NamedTuple):
    """One change. `key` is empty for attributes without keys; `item` None is the claim itself.

    `value` is JSON. Where it names an entity, `refers` is that entity's `kind:slug`.
    """

    entity: str
    attribute: str
    key: str
    op: str
    item: str | None
    value: str | None
    sort: str | None
    refers: str | None


def effects_of(attributes: Mapping[str, AttributeKind], changes: Iterable[Change]) -> Iterator[Effect]:
    """ValueError, KeyError or TypeError where the kind's `changes()` yields what its attributes cannot hold."""
    for change in changes:
        attribute = attributes[change.attribute]
        if change.value is None and attribute.rule.needs_value:
            continue
        refers = change.value.key if isinstance(change.value, Ref) else None
        yield Effect(
            change.entity.key,
            change.attribute,
            "" if change.key is None else attribute.read_key(change.key),
            str(change.op),
            change.item,
            _written(attribute, change.value),
            sort_key(attribute, change.value),
            refers,
        )


def _written(attribute: AttributeKind, value: Any) -> str | None:
    if value is None:
        return None
    plain = attribute.type.write(value)
    return str(plain) if type(plain) is int else _json(plain)  # which takes ten times as long to write a number


def read_value(attribute: AttributeKind, value: str | None) -> Any:
    """The value that an effect wrote down."""
    return None if value is None else attribute.type.read(json.loads(value))


def names_entities(attribute: AttributeKind) -> bool:
    return attribute.type.shape is Shape.REF
