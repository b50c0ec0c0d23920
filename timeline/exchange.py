"""Events as lines of JSON: what an export writes, and an append reads again."""

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import orjson

from timeline.domain.acts import REDACTED
from timeline.domain.calendar import format_instant
from timeline.domain.claims import New
from timeline.domain.contents import new_event, read_id
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent
from timeline.errors import BadInput, Conflict, NotFound, TimelineError
from timeline.log.chain import canonical
from timeline.log.read import heads, rows_after
from timeline.timelines import Timelines

N = TypeVar("N", bound=New)
BATCH = 1_000
_WANTED = "`timeline append` reads lines of JSON in UTF-8, `timeline import` other files"
_NAMESPACE = uuid.UUID("f2b3c7a4-6f0e-5a51-9c7e-3f1d2b8a9e60")


class Progress(NamedTuple):
    """How many lines were read; how many events were there already; how many lines were left out."""

    read: int
    duplicates: int
    left_out: int


def read_line(kinds: Kinds, line: bytes) -> New | UUID:
    """One event; of one that was redacted its id, which is all that is left.

    A line without an id gets one made from its content, so that appending a file twice adds nothing.
    """
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        what = f"not JSON: {error}" if _is_text(line) else "not UTF-8"
        raise BadInput(f"{what}; {_WANTED}") from None
    if isinstance(data, dict) and data.get("kind") == REDACTED:
        return read_id(data.get("id"))
    return identified(new_event(kinds, data), data)


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def identified(new: N, data: Mapping[str, Any]) -> N:
    """The same event with an id: its own, else one made from `data`, the content that it was read from."""
    if new.id is not None:
        return new
    try:
        return dataclasses.replace(new, id=uuid.uuid5(_NAMESPACE, canonical(data).decode()))
    except orjson.JSONEncodeError as error:
        raise BadInput(f"it cannot be given an id: {error}") from None


def check_first(kinds: Kinds, lines: Iterable[bytes]) -> None:
    """BAD_INPUT, naming the line, if the first one cannot be read: then a file is most likely something else."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                read_line(kinds, line)
            except BadInput as bad:
                raise _at_line(number, bad) from None
            return


def append_lines(timelines: Timelines, slug: str, lines: Iterable[bytes]) -> Iterator[Progress]:
    """Append lines of JSON in batches; yields after each batch.

    Of an event that was redacted there is nothing to append. Its line is left out, and so are retractions, disputes and
    redactions of it. A correction of it, which is a whole event, becomes the first version of its claim. That is so
    only where the timeline does not have the event: there everything is as it was.

    BAD_INPUT, NOT_FOUND, CONFLICT and ID_REUSED name the line, and have no path. What stands before it is appended;
    appending the mended file again skips that. They say so.
    """
    batch: list[tuple[int, New]] = []
    ids: set[UUID | None] = set()
    gone: set[UUID] = set()
    read = duplicates = left_out = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                new = read_line(timelines.kinds, line)
            except BadInput as bad:
                _flush(timelines, slug, batch)
                raise _at_line(number, bad) from None
            kept = _kept(timelines, slug, new, gone)
            if kept is None:
                left_out += 1
            else:
                if len(batch) == BATCH or kept.id in ids:  # an id that comes twice in a file is for the log to judge
                    duplicates += _flush(timelines, slug, batch)
                    batch, ids = [], set()
                    yield Progress(read, duplicates, left_out)
                batch.append((number, kept))
                ids.add(kept.id)
        read = number
    duplicates += _flush(timelines, slug, batch)
    yield Progress(read, duplicates, left_out)


def _kept(timelines: Timelines, slug: str, new: New | UUID, gone: set[UUID]) -> New | None:
    """What is to be appended of a line; `gone` has what is neither in this file nor in the timeline."""
    if isinstance(new, UUID):
        if not timelines.find_records(timelines.known(slug), [new]):
            gone.add(new)
        return None
    if new.target not in gone:
        return new
    if isinstance(new, NewEvent):
        return dataclasses.replace(new, corrects=None, changed=(), reason=None)
    if new.id is not None:
        gone.add(new.id)
    return None


def _flush(timelines: Timelines, slug: str, batch: list[tuple[int, New]]) -> int:
    if not batch:
        return 0
    try:
        return timelines.append(slug, [event for _, event in batch]).duplicates
    except (BadInput, NotFound, Conflict) as refused:
        match refused.path:
            case ("events", int(index), *rest):
                _flush(timelines, slug, batch[:index])
                refused.path = tuple(rest)
                raise _at_line(batch[index][0], refused) from None
        raise


def _at_line(number: int, refused: TimelineError) -> TimelineError:
    where = ".".join(map(str, refused.path))
    before = " (what stands before it is appended: mend the line and append the file again)" if number > 1 else ""
    return type(refused)(f"line {number}{f', {where}' if where else ''}: {refused.message}{before}")


def export_lines(timelines: Timelines, slug: str) -> Iterator[tuple[int, bytes]]:
    """(records in all, line) for each record up to the head, in position order, with all that proves it."""
    info = timelines.find(slug)
    with timelines.reading() as connection:
        head = heads(connection, [info.id])[info.id].position
        after = 0
        while rows := rows_after(connection, info.id, after, head, BATCH):
            for row in rows:
                yield head, _line(row)
            after = rows[-1].position


def _line(row: Any) -> bytes:
    content = {"kind": REDACTED} if row.content is None else orjson.loads(row.content)
    by = content.pop("by", None)
    return orjson.dumps(
        {
            "position": row.position,
            "id": str(row.event_id),
            "recordedAt": format_instant(row.recorded_at),
            **({} if by is None else {"recordedBy": by}),
            **content,
            **({} if row.salt is None else {"salt": row.salt.hex()}),
            "commitment": row.commitment.hex(),
            "hash": row.hash.hex(),
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )
