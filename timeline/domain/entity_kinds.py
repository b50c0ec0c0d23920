"""One kind of entity as the registry holds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from timeline.domain.declare import Declaration, Entity
from timeline.domain.event_kinds import documentation
from timeline.domain.fields import FieldType, field_type
from timeline.domain.refs import Ref
from timeline.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """An attribute with its types resolved; `per` is the type of its keys, None for an attribute without keys."""

    name: str
    rule: Rule
    type: FieldType
    per: FieldType | None
    doc: str | None


@dataclass(frozen=True, slots=True)
class EntityKind:
    name: str
    cls: type[Entity]
    declared: Declaration
    attributes: Mapping[str, AttributeKind]
    doc: str

    @classmethod
    def of(cls, entity: type[Entity], kind_named: Callable[[Any], str]) -> Self:
        """Read a declaration. TypeError, naming the attribute, when it is not one."""

        def read(name: str, type_: Any) -> FieldType:
            return field_type(entity, name, type_, required=False, kind_named=kind_named)

        attributes = {}
        for name, attribute in entity.attributes.items():
            key = attribute.per
            per = None if key is None else read(name, key if key is str else Ref[key])  # type: ignore[valid-type]
            attributes[name] = AttributeKind(name, attribute.rule, read(name, attribute.type), per, attribute.doc)
        return cls(entity.declared.kind, entity, entity.declared, attributes, documentation(entity))
