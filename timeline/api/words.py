"""What arguments and the values of enums mean: they mean the same wherever they stand."""

import enum
from typing import Annotated, Any, get_origin

import strawberry

ARGUMENTS = {
    "after": "Go on after this cursor; goes with first.",
    "at": "The date that entities inside are given at; when not given, the end of time.",
    "attribute": "An attribute's name, as entityKind.attribute.",
    "attributes": "Only these attributes, as entityKind.attribute.",
    "axis": "By when events occurred, or by when they were recorded.",
    "before": "Go back before this cursor; goes with last.",
    "by": "How long a period is.",
    "certainty": "Whether what may have begun by then counts too.",
    "entities": "Each kind:slug.",
    "event_id": "The eventId of any record of the timeline.",
    "filter": "Only what meets all of these conditions.",
    "first": "How many from the start, at most 200.",
    "group_by": "Bars for each group; one for all when not given.",
    "id": "A global id, as it was given by this API.",
    "ids": "Global ids, at most 100.",
    "key": "The key of an attribute that has one value for each key.",
    "known_at": "As it was known then; when not given, as it is known in this answer.",
    "last": "How many from the end, at most 200.",
    "order_by": "Which come first.",
    "ref": "kind:slug.",
    "refs": "Each kind:slug, at most 100.",
    "slug": "Its name for programs, without the kind.",
    "to": "Where to stop looking; the later of two moments.",
}
INPUT = strawberry.argument(description="What is to be done.")
SLUG = strawberry.argument(description="The timeline's name for programs.")
AT_LEAST = strawberry.argument(description="Wait, briefly, for this position; else an error with the code BEHIND.")


def described(values: type[enum.Enum], description: str, name: str | None = None, **words: str) -> None:
    """Make an enum of the domain one of the schema; `words` says what each of its values means."""
    strawberry.enum(values, name=name, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = words[value.name]


def argument(name: str, annotation: Any) -> Any:
    """An argument's annotation with what it means, where that is said here and not there."""
    if name not in ARGUMENTS or get_origin(annotation) is Annotated:
        return annotation
    return Annotated[annotation, strawberry.argument(description=ARGUMENTS[name])]
