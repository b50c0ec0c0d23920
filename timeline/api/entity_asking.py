"""The arguments of questions about entities: which ones, by the values of which attributes, in which order."""

import enum
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import strawberry
from sqlalchemy import Connection

from timeline.api.asking import given, refs
from timeline.api.entity_facts import attribute_named, key_of
from timeline.api.nodes import View
from timeline.api.request import Request
from timeline.api.scalars import JSON
from timeline.api.searching import ViewNames, searched
from timeline.api.words import described
from timeline.domain.entity_kinds import AttributeKind
from timeline.domain.fields import Shape
from timeline.domain.kinds import Kinds
from timeline.domain.rules import MEMBERS, TALLY, TOTAL
from timeline.domain.sorting import sort_key
from timeline.errors import BadInput, TooLarge
from timeline.projection import entities as listing
from timeline.projection import entity_search

UNSET = strawberry.UNSET
MAX_TESTS = 10
_COMPARISONS = ("eq", "lt", "lte", "gt", "gte")


class Direction(enum.Enum):
    ASC = "ASC"
    DESC = "DESC"


described(Direction, "Which way values are sorted.", ASC="The lowest first.", DESC="The highest first.")


@strawberry.input(
    description="app.rank, per chart us-top-free, lte 3: all comparisons that are given must hold. Dates compare by"
    " when they have certainly begun; texts without regard to case, by their first 200 characters; amounts in one"
    " currency, but as numbers where the rule is lowest or highest. Only a tally is tested where there is no value: it"
    " is 0."
)
class AttributeTest:
    attribute: str = strawberry.field(description="entityKind.attribute")
    key: strawberry.ID | None = strawberry.field(default=UNSET, description="Of attributes with a value for each key.")
    eq: JSON | None = strawberry.field(default=UNSET, description="Is this; of sets: has this member.")
    lt: JSON | None = strawberry.field(default=UNSET, description="Is less than this.")
    lte: JSON | None = strawberry.field(default=UNSET, description="Is this or less.")
    gt: JSON | None = strawberry.field(default=UNSET, description="Is more than this.")
    gte: JSON | None = strawberry.field(default=UNSET, description="Is this or more.")
    in_: list[JSON] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")


@strawberry.input(description="Conditions that narrow, all of them together.")
class EntityFilter:
    kinds: list[str] | None = strawberry.field(default=UNSET, description="Of one of these entity kinds.")
    refs: list[strawberry.ID] | None = strawberry.field(default=UNSET, description="One of these; at most 100.")
    search: str | None = strawberry.field(
        default=UNSET,
        description="By names, aliases and descriptions, as for events. Without orderBy those come first whose names"
        " have all of it, then by ref.",
    )
    where: list[AttributeTest] | None = strawberry.field(
        default=UNSET, description="By the values of attributes at the date; at most 10 tests."
    )


@strawberry.input(description="By ref; or by an attribute, and then only entities that have a value are listed.")
class EntityOrder:
    attribute: str | None = strawberry.field(default=UNSET, description="entityKind.attribute")
    key: strawberry.ID | None = strawberry.field(default=UNSET, description="Of attributes with a value for each key.")
    direction: Direction | None = strawberry.field(default=Direction.ASC, description="Ascending if not given.")


def wanted(request: Request, asked: EntityFilter | None, kind: str | None = None) -> listing.EntityFilter:
    """A filter as the projection takes it; BAD_INPUT, with the path, for what does not exist or does not fit."""
    kinds = request.timelines.kinds
    admitted = tuple(kinds.entities) if kind is None else (kind,)
    if asked is None:
        return listing.EntityFilter(kinds=admitted)
    if (named := given(asked.kinds)) is not None:
        for index, each in enumerate(named):
            if each not in kinds.entities:
                raise BadInput(f"there is no entity kind {each[:100]!r}", ("filter", "kinds", index))
        admitted = tuple(each for each in admitted if each in named)
    tests = given(asked.where) or []
    if len(tests) > MAX_TESTS:
        raise TooLarge(f"at most {MAX_TESTS} tests, not {len(tests):,}", ("filter", "where"))
    return listing.EntityFilter(
        kinds=admitted,
        refs=None if given(asked.refs) is None else refs(given(asked.refs), ("filter", "refs")),
        search=searched(given(asked.search)),
        where=tuple(_test(request, test, kind, ("filter", "where", index)) for index, test in enumerate(tests)),
    )


def order(request: Request, asked: EntityOrder | None, kind: str | None = None) -> listing.EntityOrder:
    if asked is None:
        return listing.EntityOrder()
    descending = given(asked.direction) is Direction.DESC
    if (name := given(asked.attribute)) is None:
        if given(asked.key) is not None:
            raise BadInput("a key needs its attribute", ("orderBy", "key"))
        return listing.EntityOrder(descending=descending)
    attribute = attribute_named(request, kind, name, ("orderBy", "attribute"))
    if attribute.rule in (TOTAL, TALLY, MEMBERS):
        raise BadInput(f"{attribute.path} is a {attribute.rule.name}: it gives no order", ("orderBy", "attribute"))
    return listing.EntityOrder(attribute, key_of(attribute, given(asked.key), ("orderBy", "key")), descending)


def _test(request: Request, asked: AttributeTest, kind: str | None, where: tuple[str | int, ...]) -> listing.Test:
    attribute = attribute_named(request, kind, asked.attribute, (*where, "attribute"))
    if attribute.rule is TOTAL:
        raise BadInput(f"{attribute.path} is a total: it cannot be tested", (*where, "attribute"))
    key = key_of(attribute, given(asked.key), (*where, "key"))
    values = {name: given(getattr(asked, name)) for name in _COMPARISONS}
    bounds = [(name, _value(attribute, each, (*where, name))) for name, each in values.items() if each is not None]
    among = given(asked.in_)
    if not bounds and among is None:
        raise BadInput("a test compares with something: eq, lt, lte, gt, gte or in", where)
    if attribute.rule is MEMBERS and any(name != "eq" for name, _ in bounds):
        raise BadInput(f"{attribute.path} is a set: test its members with eq or in", where)
    several = (
        None if among is None else [_value(attribute, each, (*where, "in", index)) for index, each in enumerate(among)]
    )
    units = {suffix for _, suffix in (*(value for _, value in bounds), *(several or ())) if suffix}
    if len(units) > 1:
        raise BadInput(f"{' and '.join(sorted(units))} cannot be compared", where)
    return listing.Test(
        attribute,
        key,
        tuple((name, sort) for name, (sort, _) in bounds),
        None if several is None else tuple(sort for sort, _ in several),
        f"|{units.pop()}" if units else None,
    )


def _value(attribute: AttributeKind, value: Any, path: tuple[str | int, ...]) -> tuple[str, str | None]:
    """The sort key that stands for a JSON value, and its unit or currency."""
    try:
        sort = sort_key(attribute, attribute.type.read(value))
    except BadInput as bad:
        raise bad.under(*path) from None
    if sort is None:
        raise BadInput(f"{attribute.path} cannot be compared with this", path)
    unit = sort.partition("|")[2] if attribute.type.shape in (Shape.MONEY, Shape.QUANTITY) else None
    return sort, unit or None


def canonical(
    request: Request, connection: Connection, view: View, asked: listing.EntityFilter
) -> listing.EntityFilter:
    """The same filter, with the ids that stand for those that it names."""
    if asked.refs is None:
        return asked
    own = request.canonical(connection, view, asked.refs)
    return replace(asked, refs=tuple(own.get(ref, ref) for ref in asked.refs))


def looked_up(
    request: Request, connection: Connection, view: View, asked: listing.EntityFilter
) -> listing.EntityFilter:
    """The same filter, with the refs of what its search finds in the place of the search."""
    if asked.search is None:
        return asked
    names = ViewNames(request, connection, view)
    found = entity_search.everyone(connection, names, view.generation, view.when, asked)
    return replace(asked, refs=tuple(found), search=None)


def every_attribute(kinds: Kinds, names: Iterable[str]) -> list[AttributeKind]:
    return [each for name in names for each in kinds.entities[name].attributes.values()]
