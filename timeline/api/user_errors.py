"""Why a well-formed mutation was refused, as payloads tell it."""

import enum
from dataclasses import dataclass
from typing import Self

import strawberry

from timeline.api.batching import leaf
from timeline.api.words import described
from timeline.errors import TimelineError


class ErrorCode(enum.Enum):
    BAD_INPUT = "BAD_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    ID_REUSED = "ID_REUSED"
    TOO_LARGE = "TOO_LARGE"
    UNKNOWN_ENTITY = "UNKNOWN_ENTITY"
    FORBIDDEN = "FORBIDDEN"


described(
    ErrorCode,
    "What was wrong.",
    BAD_INPUT="The input is wrong.",
    NOT_FOUND="There is no such thing.",
    CONFLICT="Something has changed since you looked.",
    ID_REUSED="The id belongs to another event.",
    TOO_LARGE="It is more than a limit allows.",
    UNKNOWN_ENTITY="Nothing has named this entity.",
    FORBIDDEN="You may not.",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as a value: graphql-core takes exceptions among results for failures of the field."""

    message: str
    code: str
    path: tuple[str | int, ...]

    @classmethod
    def of(cls, error: TimelineError) -> Self:
        return cls(error.message, error.code, error.path)


@strawberry.type(description="Why a well-formed mutation was refused. path starts at input.")
class UserError:
    message: str = leaf(lambda refusal: refusal.message, description="For people.")
    code: ErrorCode = leaf(lambda refusal: ErrorCode(refusal.code), description="For programs.")
    path: list[str] | None = leaf(
        lambda refusal: ["input", *map(str, refusal.path)] if refusal.path else None, description="Where in the input."
    )


def is_refusal(error: TimelineError) -> bool:
    """Whether a payload can tell it; whatever else goes wrong is an error of the whole request."""
    return error.code in ErrorCode.__members__
