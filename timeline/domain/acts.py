"""What a record can do to another one, and what becomes of that one."""

import enum

CORRECTION = "correction"  # what an event with `corrects` does; it is recorded under its own kind
RETRACTION, DISPUTE, REDACTION = META = ("retraction", "dispute", "redaction")
REVISIONS = frozenset((CORRECTION, RETRACTION))  # what changes which version of a claim stands
REDACTED = "redacted"  # the kind of a record whose content is gone
RESERVED = frozenset((*META, REDACTED))  # stored names that no declared kind may have


class Status(enum.Enum):
    """What became of a record, as known at a basis. A dispute changes nothing of it."""

    CURRENT = "CURRENT"
    CORRECTED = "CORRECTED"
    RETRACTED = "RETRACTED"
    REDACTED = "REDACTED"
