"""One sentence for each event."""

import logging
from collections.abc import Sequence

from strawberry.types import Info

from timeline.api.claims import targets_of
from timeline.api.nodes import EventNode
from timeline.api.request import Request, request_of
from timeline.domain.acts import DISPUTE, REDACTED, REDACTION, RETRACTION
from timeline.timelines.memory import Reading

logger = logging.getLogger(__name__)


def headlines(events: list[EventNode], info: Info) -> list[str]:
    """One sentence, rendered by the kind, with entities called what they are called under this view."""
    request = request_of(info)
    chains = _chains(request, events)
    sentences = _plain(request, [chain[-1] for chain in chains])
    return [
        _about(chain, sentence) if chain[1:] else sentence for chain, sentence in zip(chains, sentences, strict=True)
    ]


def _chains(request: Request, events: Sequence[EventNode]) -> list[list[EventNode]]:
    """Each event; after a retraction or a dispute what it is about, and what that is about in turn."""
    chains = [[event] for event in events]
    while ends := [chain for chain in chains if chain[-1].record.kind in (RETRACTION, DISPUTE)]:
        for chain, target in zip(ends, targets_of(request, [chain[-1] for chain in ends]), strict=True):
            chain.append(target)
    return chains


def _about(chain: Sequence[EventNode], sentence: str) -> str:
    match [event.record.kind for event in chain[:-1]]:
        case [kind]:
            return f"{'Disputed' if kind == DISPUTE else 'Withdrawn'}: {sentence}"
        case _:
            return f"No longer disputed: {sentence}"


def _plain(request: Request, events: Sequence[EventNode]) -> list[str]:
    named = iter(request.identities([(event.view, entity) for event in events for entity in event.reading.named]))
    sentences = []
    for event in events:
        if event.event is not None:
            sentences.append(_headline(event.reading, tuple([next(named).name for _ in event.reading.named])))
        elif event.record.kind == REDACTED:
            sentences.append("An event whose content was removed")
        elif event.record.kind == REDACTION:
            sentences.append(f"The content of the record {event.record.target} was removed")
        else:
            sentences.append(f"A record of the kind {event.record.kind}, which this server cannot read")
    return sentences


def _headline(reading: Reading, names: tuple[str, ...]) -> str:
    try:
        return reading.headline(names)
    except Exception:
        kind = reading.record.kind
        logger.exception("no headline for a record of the kind %s", kind)
        return f"A record of the kind {kind}, which has no headline"
