"""Why a well-formed mutation was refused, as payloads tell it."""

import enum

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


@strawberry.type(description="Why a well-formed mutation was refused. path starts at input.")
class UserError:
    message: str = leaf(lambda error: error.message)
    code: ErrorCode = leaf(lambda error: ErrorCode(error.code))
    path: list[str] | None = leaf(lambda error: ["input", *map(str, error.path)] if error.path else None)


def is_refusal(error: TimelineError) -> bool:
    """Whether a payload can tell it; whatever else goes wrong is an error of the whole request."""
    return error.code in ErrorCode.__members__
