"""One kind of entity as the registry holds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from timeline.domain.attributes import Attribute
from timeline.domain.declare import Declaration, Entity
from timeline.domain.event_kinds import documentation
from timeline.domain.fields import FieldType, field_type
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref
from timeline.domain.rules import HIGHEST, LATEST, LOWEST, Rule
from timeline.errors import BadInput


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """An attribute with its types resolved; `per` is the type of its keys, None for an attribute without keys.

    `path` is `entityKind.attribute`, and `stored` the path under which what it combines is stored: its own, or that of
    the attribute whose changes it reads by another rule. `inverse` names the field of the entities that its values (or,
    with keys, its keys) name, by which they lead back here.
    """

    path: str
    stored: str
    name: str
    rule: Rule
    type: FieldType
    per: FieldType | None
    doc: str | None
    inverse: str | None

    def takes(self, contribution: Any) -> bool:
        """Whether a row of `fact` under `stored` counts for it: what others store may have nothing to compare."""
        return self.stored == self.path or contribution.sort is not None

    def read_key(self, key: str) -> str:
        """BAD_INPUT unless it is one of this attribute's keys; `kind:slug` where keys are entities of one kind."""
        if self.per is None:
            raise BadInput(f"{self.path} has no key")
        read = self.per.read(key)
        return read.key if isinstance(read, Ref) else str(read)


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
            if attribute.rule in (LOWEST, HIGHEST) and attribute.type not in (int, Decimal, Quantity, Money):
                raise TypeError(f"{entity.__qualname__}.{name}: {attribute.rule.name} compares numbers, not these")
            if attribute.source is not None:
                _refuse_unreadable(entity, name, attribute, attribute.source)
            per = None if key is None else read(name, key if key is str else Ref[key])  # type: ignore[valid-type]
            attributes[name] = AttributeKind(
                attribute.path,
                (attribute.source or attribute).path,
                name,
                attribute.rule,
                read(name, attribute.type),
                per,
                attribute.doc,
                attribute.inverse,
            )
        return cls(entity.declared.kind, entity, entity.declared, attributes, documentation(entity))


def _refuse_unreadable(entity: type[Entity], name: str, attribute: Attribute[Any], source: Attribute[Any]) -> None:
    """TypeError unless what is stored for `source` is what is stored for any other attribute of its entity."""
    place = f"{entity.__qualname__}.{name} is read from {source.path}"
    if source not in entity.attributes.values():
        raise TypeError(f"{place}, which is no attribute of {entity.__qualname__}")
    # Amounts are stored with the bound that their rule compares.
    if source.rule is not LATEST or source.type not in (int, Decimal):
        raise TypeError(f"{place}: only a number that is `latest` can be read by another rule")
    if attribute.rule not in (LOWEST, HIGHEST):
        raise TypeError(f"{place}: by lowest or highest only, not by {attribute.rule.name}")
    same = [each.name for each in entity.attributes.values() if (each.source, each.rule) == (source, attribute.rule)]
    if same[1:]:
        raise TypeError(f"{entity.__qualname__}: {' and '.join(same)} are the same")
