"""Why a well-formed mutation was refused, as payloads tell it."""

import enum
from dataclasses import dataclass
from typing import Self

import strawberry

from timeline.api.batching import leaf
from timeline.errors import TimelineError


@strawberry.enum(description="What was wrong.")
class ErrorCode(enum.Enum):
    BAD_INPUT = "BAD_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    ID_REUSED = "ID_REUSED"
    TOO_LARGE = "TOO_LARGE"
    UNKNOWN_ENTITY = "UNKNOWN_ENTITY"
    FORBIDDEN = "FORBIDDEN"


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
    message: str = leaf(lambda refusal: refusal.message)
    code: ErrorCode = leaf(lambda refusal: ErrorCode(refusal.code))
    path: list[str] | None = leaf(lambda refusal: ["input", *map(str, refusal.path)] if refusal.path else None)


def is_refusal(error: TimelineError) -> bool:
    """Whether a payload can tell it; whatever else goes wrong is an error of the whole request."""
    return error.code in ErrorCode.__members__
