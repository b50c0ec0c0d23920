"""The GraphQL names that declarations give rise to, and which of them are taken.

A name that stands for two things would make a schema that means something else than the declarations say; the registry
refuses it, naming both sides.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.domain.entity_kinds import EntityKind
    from timeline.domain.event_kinds import EventKind

# Fields of the interfaces, in Python's spelling; a test holds both sets against the schema.
EVENT_FIELDS = frozenset(
    "id event_id claim_id kind position timeline occurred recorded_at recorded_by headline note entities sources status"
    " disputes versions current superseded_by reason changes data hash".split()
)
ENTITY_FIELDS = frozenset("id ref slug kind name aliases description at basis uncertain facts history events".split())
TIMELINE_FIELDS = frozenset(
    "id slug title description basis event events extent histogram entity entitiesByRef entities series diff".split()
)
TYPES = frozenset(
    """
    Query Mutation Subscription Node Timeline Basis KnownAt Moment Certainty Axis Period HistogramGroup
    EventOrder Direction EventFilter Bounds FuzzyDate DatePrecision Event EventStatus EntityRole Source Entity
    Fact FactChange Series HistogramBar EntityFilter AttributeTest EntityOrder Quantity Money Qualifier
    NewEntities Expectation EntitiesUnchanged NewEvent EventData EventBatch EventKind EntityKind KindField
    ErrorCode UserError PageInfo Dispute Retraction Redaction RedactedEvent UnknownEvent EDTF DateTime
    Position Decimal JSON URL UUID ID Int Float String Boolean EventConnection EventEdge EntityConnection
    EntityEdge TimelineConnection TimelineEdge FactConnection FactEdge FactChangeConnection FactChangeEdge
    EntityInput RawEventInput SourceInput QuantityInput MoneyInput CreateTimelineInput CreateTimelinePayload
    AppendEventsInput AppendEventsPayload CorrectEventInput RetractEventInput DisputeEventInput
    RedactEventInput
    """.split()
)


def generated(entities: "list[EntityKind]", events: "list[EventKind]") -> Iterator[tuple[str, str]]:
    """(what it is called, what gives rise to it) for every type, root field and input field."""
    by_name = {entity.name: entity for entity in entities}
    for name in sorted(TYPES):
        yield f"type {name}", "the API itself"
    for entity in entities:
        graphql, owner = entity.declared.graphql, f"entity kind {entity.name!r}"
        yield from ((f"type {graphql}{suffix}", owner) for suffix in ("", "Connection", "Edge"))
        yield from ((f"field Timeline.{name}", owner) for name in (camel(graphql), entity.declared.plural))
        for attribute in entity.attributes.values():
            if attribute.per:
                stem, what = graphql + pascal(attribute.name), f"attribute {entity.name}.{attribute.name}"
                yield from ((f"type {stem}{suffix}", what) for suffix in ("", "Connection", "Edge"))
        yield from _entity_fields(entity, by_name)
    for name in sorted(TIMELINE_FIELDS):
        yield f"field Timeline.{name}", "the API itself"
    yield "field EventData.raw", "the API itself"
    yield "field EventData.raw", "the API itself"
    for event in events:
        graphql, owner = event.declared.graphql, f"event kind {event.name!r}"
        yield from ((f"type {graphql}{suffix}", owner) for suffix in ("", "Input"))
        yield f"field EventData.{camel(graphql)}", owner
        yield f"field EventData.{camel(graphql)}", owner
        for choice in event.choices:
            yield f"type {choice.__name__}", f"choice {choice.__module__}.{choice.__qualname__}"


def _entity_fields(entity: "EntityKind", entities: "dict[str, EntityKind]") -> Iterator[tuple[str, str]]:
    """The fields of entity types that its attributes give rise to, on itself and on those that they lead to."""
    graphql = entity.declared.graphql
    yield from ((f"field {graphql}.{camel(name)}", "the interface Entity") for name in ENTITY_FIELDS)
    for attribute in entity.attributes.values():
        owner = f"attribute {attribute.path}"
        yield f"field {graphql}.{camel(attribute.name)}", owner
        if attribute.per is not None:
            yield f"field {graphql}.{camel(plural(attribute.name))}", owner
        if attribute.inverse:
            for target in (attribute.per or attribute.type).kinds:
                yield f"field {entities[target].declared.graphql}.{camel(attribute.inverse)}", owner


def plural(attribute: str) -> str:
    """The name of the field that has an attribute's values under all keys."""
    return f"{attribute}s"


def collision(names: Iterator[tuple[str, str]]) -> str | None:
    """The first name that two different things give rise to, as a sentence; None if there is none."""
    owners: dict[str, str] = {}
    for name, owner in names:
        if owners.setdefault(name, owner) != owner:
            return f"{name} would be both {owners[name]} and {owner}"
    return None


def camel(name: str) -> str:
    """`best_rank` and `BestRank` as `bestRank`."""
    whole = pascal(name)
    return whole[:1].lower() + whole[1:]


def pascal(name: str) -> str:
    """`best_rank` as `BestRank`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
