"""Records about other records, and records that cannot be read as their kind: each is an event of a type of its own."""

import strawberry

from timeline.api import claims
from timeline.api.batching import batched
from timeline.api.events import Event


@strawberry.type(description="A version of a claim was withdrawn, and the claim with it; or a dispute was.")
class Retraction(Event):
    target: Event = batched(claims.targets)


@strawberry.type(description="Somebody says otherwise. What is disputed stands all the same.")
class Dispute(Event):
    target: Event = batched(claims.targets)


@strawberry.type(description="The content of a record was removed.")
class Redaction(Event):
    target: Event = batched(claims.targets)


@strawberry.type(description="A record whose content was removed. Its place, its id and its proof are left.")
class RedactedEvent(Event):
    redaction: Redaction = batched(claims.redactions_of)


@strawberry.type(description="A record whose kind this server does not know, or knows otherwise by now.")
class UnknownEvent(Event):
    pass


RECORD_TYPES: tuple[type, ...] = (Retraction, Dispute, Redaction, RedactedEvent, UnknownEvent)
