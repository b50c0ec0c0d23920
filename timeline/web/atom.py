"""Atom (RFC 4287): what was recorded last. An entry is a claim: a correction updates it."""

import re
from collections.abc import AsyncIterator
from xml.sax.saxutils import escape, quoteattr

from timeline.web.asking import Answer
from timeline.web.wording import EPOCH, Event, page_of, summary

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


async def write(answer: Answer, page: str) -> AsyncIterator[str]:
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{_text(page)}</id>\n<title>{_text(answer.title)}</title>\n"
        f"<updated>{answer.basis['recordedAt'] or EPOCH}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href={_attribute(page + ".atom")}/>\n'
        f'<link rel="alternate" type="text/html" href={_attribute(page)}/>\n'
        f"<author><name>{_text(answer.title)}</name></author>\n"
    )
    if answer.description:
        yield f"<subtitle>{_text(answer.description)}</subtitle>\n"
    async for event in answer.events:
        yield _entry(event, page)
    yield "</feed>\n"


def _entry(event: Event, page: str) -> str:
    related = "".join(
        f'<link rel="related" href={_attribute(source["url"])}/>\n' for source in event["sources"] if source["url"]
    )
    return (
        f"<entry>\n<id>urn:uuid:{event['claimId']}</id>\n<title>{_text(event['headline'])}</title>\n"
        f"<updated>{event['recordedAt']}</updated>\n"
        f'<link rel="alternate" type="text/html" href={_attribute(page_of(page, event))}/>\n{related}'
        f"<category term={_attribute(event['kind'])}/>\n<summary>{_text(summary(event))}</summary>\n</entry>\n"
    )


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))
