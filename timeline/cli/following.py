"""Following a timeline in the terminal, from its database."""

from contextlib import aclosing
from typing import Any

import orjson
import typer
from rich.text import Text

from timeline.api.faults import ComeBack, Fault
from timeline.api.feeds import Answer
from timeline.api.live import Live
from timeline.api.schema import schema_for
from timeline.api.subscription import cursor_at
from timeline.cli.console import err, fail, out
from timeline.log.read import heads
from timeline.timelines import Timelines

_HEARTBEAT = 3600.0  # nobody needs one here

_QUERY = """
subscription ($timeline: ID!, $after: String, $afterPosition: Position) {
  events(timeline: $timeline, after: $after, afterPosition: $afterPosition) {
    events {
      position eventId kind occurred { edtf text } recordedAt recordedBy headline note
      entities { role entity { ref name } }
      sources { url publisher title author published { edtf } retrieved quote }
      data hash
    }
  }
}
"""


def place(timelines: Timelines, slug: str, after: str | None, last: int) -> dict[str, Any]:
    """The arguments that say where to begin; `last` is how many records before the end."""
    if after is None:
        info = timelines.find(slug)
        with timelines.reading() as connection:
            return {"afterPosition": max(0, heads(connection, [info.id])[info.id].position - last)}
    return {"afterPosition": int(after)} if after.isascii() and after.isdigit() else {"after": after}


async def follow(timelines: Timelines, slug: str, begin: dict[str, Any], *, as_json: bool) -> None:
    live = Live(schema_for(timelines.kinds), timelines, heartbeat=_HEARTBEAT)
    while True:
        operation = live.operations.of({"query": _QUERY, "variables": {"timeline": slug, **begin}})
        try:
            async with aclosing(live.answers(operation)) as answers:
                async for answer in answers:
                    _show(answer, as_json=as_json)
                    assert answer.batch is not None
                    begin = {"after": answer.batch.cursor}
        except ComeBack:
            err.print("The database does not answer. Trying again …")
        except Fault:
            fail("something unexpected went wrong; the traceback above says what")


def _show(answer: Answer, *, as_json: bool) -> None:
    if answer.batch is None or answer.failed:
        fail(orjson.loads(answer.payload)["errors"][0]["message"])
    events = orjson.loads(answer.payload)["data"]["events"]["events"]
    for record, event in zip(answer.batch.records, events, strict=True):
        if as_json:
            cursor = cursor_at(answer.batch.timeline.slug, record.basis)
            typer.echo(orjson.dumps({"cursor": cursor, **event}))
        else:
            occurred = event["occurred"]["text"] if event["occurred"] else event["kind"]
            out.print(
                Text.assemble((f"{event['position']:>8}  ", "dim"), (f"{occurred}  ", "cyan"), event["headline"]),
                soft_wrap=True,
            )
