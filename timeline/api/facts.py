"""Facts in GraphQL: a value, since when and until when it held, since when it is known, and the event that set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.types import Info

from timeline.api.batching import batched, leaf
from timeline.api.nodes import EntityNode, EventNode, View, refs_in
from timeline.api.request import Request, request_of
from timeline.api.scalars import JSON, Position
from timeline.api.values import FuzzyDateType
from timeline.database.columns import NEVER
from timeline.domain.dates import END, FuzzyDate, parse_date
from timeline.domain.fields import Shape
from timeline.domain.refs import Ref, parse_ref
from timeline.domain.rules import LATEST
from timeline.projection.states import Fact, followers
from timeline.timelines.memory import Reading

if TYPE_CHECKING:
    from timeline.api.entities import Entity
    from timeline.api.events import Event

EntityLater = Annotated["Entity", strawberry.lazy("timeline.api.entities")]
EventLater = Annotated["Event", strawberry.lazy("timeline.api.events")]
Ends = Mapping[int, Mapping[int, Reading]]  # by timeline and position: what followed


@dataclass(frozen=True, slots=True)
class FactNode:
    """A fact under a view. `past`: it is what held when it had begun, not what holds at the view's date."""

    view: View
    fact: Fact
    past: bool = False

    @property
    def place(self) -> tuple[str, str]:
        return self.fact.attribute.path, self.fact.key


def entity_of(request: Request, view: View, ref: str | Ref[Any]) -> EntityNode:
    """The node of an entity whose id stands for itself here."""
    parsed = parse_ref(ref) if isinstance(ref, str) else ref
    return EntityNode(view, parsed, request.timelines.kinds.entities[parsed.kind].declared.graphql)


def events_that_set(facts: Sequence[FactNode], info: Any) -> list[EventNode]:
    request = request_of(info)
    found = request.readings((fact.view.timeline.id, fact.fact.row.position) for fact in facts)
    return [EventNode(fact.view, found[fact.view.timeline.id][fact.fact.row.position]) for fact in facts]


def begun(facts: list[FactNode], info: Info) -> list[FuzzyDate | None]:
    return [event.record.occurred for event in events_that_set(facts, info)]


def ended(facts: list[FactNode], info: Info) -> list[FuzzyDate | None]:
    """The date from which on another value holds, or the end of the period that set this one. Null: not known."""
    request = request_of(info)
    groups: dict[tuple[View, bool], set[int]] = {}
    for fact in facts:
        if fact.fact.attribute.rule is LATEST:
            groups.setdefault((fact.view, fact.past), set()).add(fact.fact.row.id)
    following: dict[tuple[View, bool], dict[int, Any]] = {}
    if groups:
        with request.reading() as connection:
            for (view, past), ids in groups.items():
                moment = None if past else view.when.moment
                following[view, past] = followers(connection, ids, view.basis.position, moment)
    places = ((view.timeline.id, row.position) for (view, _), rows in following.items() for row in rows.values())
    ends = request.readings(places)
    return [
        _end(ends, fact, event.record.occurred, _follower(following, fact))
        for fact, event in zip(facts, events_that_set(facts, info), strict=True)
    ]


def _follower(following: Mapping[tuple[View, bool], Mapping[int, Any]], fact: FactNode) -> Any:
    """Of the latest only: another attribute that reads the same row is not ended by what follows it."""
    if fact.fact.attribute.rule is not LATEST:
        return None
    return following.get((fact.view, fact.past), {}).get(fact.fact.row.id)


def _end(ends: Ends, fact: FactNode, date: FuzzyDate | None, following: Any) -> FuzzyDate | None:
    closes = fact.fact.row.closes
    if following is not None and following.start_hi < closes:
        return ends[fact.view.timeline.id][following.position].record.occurred
    if date is None or closes == END:
        return None
    return parse_date(date.edtf.partition("/")[2])


def texts(facts: list[FactNode], info: Info) -> list[str]:
    """The value for people: entities by their names."""
    request = request_of(info)
    called = iter(request.identities([(fact.view, ref.key) for fact in facts for ref in refs_in(fact.fact.value)]))
    said = []
    for fact in facts:
        names = {ref.key: next(called).name for ref in refs_in(fact.fact.value)}
        values = fact.fact.value if isinstance(fact.fact.value, tuple) else (fact.fact.value,)
        said.append(", ".join(_text(value, names) for value in values) or "none")
    return said


def _text(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, Ref):
        return names[value.key]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return "none" if value is None else str(value)


def json_of(fact: Fact) -> Any:
    write, value = fact.attribute.type.write, fact.value
    if value is None:
        return None
    if isinstance(value, tuple):
        return [write(each) for each in value]
    return write(value)


def _key_entities(facts: list[FactNode], info: Info) -> list[EntityNode | None]:
    request = request_of(info)
    return [
        entity_of(request, each.view, each.fact.key)
        if each.fact.attribute.per is not None and each.fact.attribute.per.shape is Shape.REF
        else None
        for each in facts
    ]


def _known_until(fact: FactNode) -> int | None:
    until: int = fact.fact.row.known_until
    return None if until == NEVER or until > fact.view.basis.position else until


@strawberry.type(name="Fact", description="A value that holds from a moment in the world and is known from a position.")
class FactType:
    attribute: str = leaf(lambda fact: fact.fact.attribute.path, description="entityKind.attribute")
    key: strawberry.ID | None = leaf(
        lambda fact: fact.fact.key or None, description="Of attributes that have a value for each key."
    )
    key_entity: EntityLater | None = batched(_key_entities, description="The key, where keys are entities.")
    value: JSON | None = leaf(lambda fact: json_of(fact.fact), description="The value as JSON.")
    text: str = batched(texts)
    since: FuzzyDateType = batched(begun, description="When the event that set it occurred.")
    until: FuzzyDateType | None = batched(ended)
    known_from: Position = leaf(lambda fact: fact.fact.row.known_from, description="The record that made it known.")
    known_until: Position | None = leaf(
        _known_until, description="The record from which on something else was held; null while it stands."
    )
    event: EventLater = batched(events_that_set, description="What set it. Of sums and sets: what added to them last.")


@dataclass(frozen=True, slots=True)
class FactChange:
    entity: EntityNode
    before: FactNode | None
    after: FactNode | None

    @property
    def fact(self) -> Fact:
        known = self.after or self.before
        assert known is not None
        return known.fact


@strawberry.type(name="FactChange", description="What differs in one attribute of one entity.")
class FactChangeType:
    entity: EntityLater = leaf(lambda change: change.entity, description="Whose attribute it is.")
    attribute: str = leaf(lambda change: change.fact.attribute.path, description="entityKind.attribute")
    key: strawberry.ID | None = leaf(
        lambda change: change.fact.key or None, description="Of attributes that have a value for each key."
    )
    before: FactType | None = leaf(lambda change: change.before, description="Null: there was no value.")
    after: FactType | None = leaf(lambda change: change.after, description="Null: there is no value.")
