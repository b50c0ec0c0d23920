"""Attributes of entities, and the changes that events make to them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from timeline.domain.refs import Ref
from timeline.domain.rules import EARLIEST, HIGHEST, LATEST, LOWEST, MEMBERS, TALLY, TOTAL, Op, Rule

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Change:
    """What one event does to one attribute of one entity. `item` None: the claim itself is the item."""

    entity: Ref[Any]
    attribute: str  # entityKind.attribute
    key: str | None
    op: Op
    value: Any
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Slot(Generic[V]):
    """One attribute of one entity, under one key if it has keys."""

    attribute: "Attribute[V]"
    entity: Ref[Any]
    key: str | None

    def set(self, value: V | None) -> Change:
        """For `latest`, `earliest`, `lowest` and `highest`. None says that there is no value."""
        return self._change(Op.SET, value)

    def add(self, value: V, *, item: Ref[Any] | str | None = None) -> Change:
        """For `total` and `members`; contributions of one `item` to a total count once, the latest."""
        return self._change(Op.ADD, value, item)

    def remove(self, value: V) -> Change:
        """For `members`."""
        return self._change(Op.REMOVE, value)

    def count(self, item: Ref[Any] | str | None = None) -> Change:
        """For `tally`: one more, unless this `item` was counted."""
        return self._change(Op.ADD, 1, item)

    def _change(self, op: Op, value: Any, item: Ref[Any] | str | None = None) -> Change:
        if self.attribute.source is not None:
            raise TypeError(f"{self.attribute.path} is read from {self.attribute.source.path}: change that")
        if op not in self.attribute.rule.ops:
            raise TypeError(f"{self.attribute.path} is {self.attribute.rule.name}: it cannot {op}")
        return Change(
            self.entity, self.attribute.path, self.key, op, value, item.key if isinstance(item, Ref) else item
        )


class Attribute(Generic[V]):
    """An attribute as declared on an entity kind; `App.rank.of(app, chart)` is its slot for one app and one chart.

    `source`: the attribute whose changes it combines by a rule of its own; nothing sets it but those.
    """

    def __init__(self, of: Any, rule: Rule, per: Any, doc: str | None, inverse: str | None) -> None:
        if isinstance(of, Attribute) and per is not None:
            raise TypeError("an attribute that reads another one has its keys: leave per out")
        self.source: Attribute[V] | None = of if isinstance(of, Attribute) else None
        self.type: Any = of.type if isinstance(of, Attribute) else of
        self.rule = rule
        self.per: Any = of.per if isinstance(of, Attribute) else per
        self.doc = doc
        self.inverse = inverse
        self.name = ""
        self.path = ""

    def bound(self, entity_kind: str) -> None:
        """Called once by the entity kind that declares it."""
        self.path = f"{entity_kind}.{self.name}"

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def of(self, entity: Ref[Any], key: Ref[Any] | str | None = None) -> Slot[V]:
        if (key is None) != (self.per is None):
            raise TypeError(f"{self.path} has {'no key' if self.per is None else 'a key'}")
        return Slot(self, entity, key.key if isinstance(key, Ref) else key)


# `inverse` names a field of the entities that the values name (with `per`: that the keys name), which leads back here.


def latest(type_: type[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None) -> Attribute[V]:
    """The value set last, among the events that still hold."""
    return Attribute(type_, LATEST, per, doc, inverse)


def earliest(type_: type[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None) -> Attribute[V]:
    """The value set first."""
    return Attribute(type_, EARLIEST, per, doc, inverse)


def lowest(
    of: type[V] | Attribute[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None
) -> Attribute[V]:
    """The lowest value ever set: to this attribute, or to the one that it is `of`. Quantities compare by their upper
    bounds.
    """
    return Attribute(of, LOWEST, per, doc, inverse)


def highest(
    of: type[V] | Attribute[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None
) -> Attribute[V]:
    """The highest value ever set: to this attribute, or to the one that it is `of`. Quantities compare by their lower
    bounds.
    """
    return Attribute(of, HIGHEST, per, doc, inverse)


def total(type_: type[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None) -> Attribute[V]:
    """The sum over items, by bounds: for money one sum per currency, for quantities one per unit."""
    return Attribute(type_, TOTAL, per, doc, inverse)


def tally(*, per: Any = None, doc: str | None = None, inverse: str | None = None) -> Attribute[int]:
    """The number of different items."""
    return Attribute(int, TALLY, per, doc, inverse)


def members(type_: type[V], *, per: Any = None, doc: str | None = None, inverse: str | None = None) -> Attribute[V]:
    """The set of what was added and not removed since."""
    return Attribute(type_, MEMBERS, per, doc, inverse)
