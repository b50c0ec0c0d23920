"""From rows to the log: what can be read is appended, and what cannot is reported."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from timeline.domain.contents import content_of, new_event
from timeline.domain.dates import FuzzyDate
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent
from timeline.errors import BadInput, IdReused, TimelineError
from timeline.exchange import BATCH, identified
from timeline.imports.building import built, wanted
from timeline.imports.mapping import Plan
from timeline.imports.report import Rejected, Report, suspicions
from timeline.imports.table import Row, Table
from timeline.log.chain import canonical
from timeline.timelines import Timelines

Append = Callable[[Sequence[NewEvent]], int]  # says how many were there already
_NAMESPACE = UUID("6c1f7a52-0a5e-5d0b-8c57-2a1e0c7f4d93")


class Read(NamedTuple):
    """An event that can be appended; `content` is what will be recorded of it."""

    number: int
    new: NewEvent
    content: bytes


def into(timelines: Timelines, slug: str, *, validate_only: bool = False) -> Append:
    return lambda events: timelines.append(slug, events, validate_only=validate_only).duplicates


def import_table(kinds: Kinds, table: Table, plans: Sequence[Plan], append: Append | None) -> Iterator[Report]:
    """Append a table's events; yields the report so far after each batch, and at the end.

    Without `append` there is no timeline yet, and the events are only checked.
    """
    report = Report(table.unit)
    seen: dict[UUID | None, Read] = {}
    batch: list[Read] = []
    dates: list[FuzzyDate] = []
    for row in table.rows:
        report.rows += 1
        found = list(_events(kinds, row, plans))
        report.passed_over += not found
        for each in found:
            if isinstance(each, Rejected):
                report.rejected.append(each)
                continue
            dates.append(each.new.occurred)
            first = seen.setdefault(each.new.id, each)
            if first is each:
                batch.append(each)
            elif first.content == each.content:
                report.duplicates += 1
            else:
                reason = f"its id is that of {table.unit} {first.number:,}, which says something else"
                report.rejected.append(Rejected(each.number, each.new.kind, reason))
        if len(batch) >= BATCH:
            _append(append, batch[:BATCH], report)
            batch = batch[BATCH:]
            yield report
    while batch:
        _append(append, batch[:BATCH], report)
        batch = batch[BATCH:]
    report.rejected.sort(key=lambda each: each.number)
    report.warnings = suspicions(dates)
    yield report


def _events(kinds: Kinds, row: Row, plans: Sequence[Plan]) -> Iterator[Read | Rejected]:
    if row.fault is not None:
        yield Rejected(row.number, None, row.fault)
    elif row.event is not None:
        yield _read(kinds, row, row.event["kind"], lambda: row.event)
    else:
        for plan in plans:
            if wanted(plan, row.cells):
                yield _read(kinds, row, plan.kind.name, partial(built, kinds, plan, row.cells))


def _read(kinds: Kinds, row: Row, kind: str, build: Callable[[], Any]) -> Read | Rejected:
    try:
        data = build()
        new = new_event(kinds, data)
        assert isinstance(new, NewEvent)
        content = canonical(content_of(kinds, new).recorded)
    except BadInput as bad:
        return Rejected(row.number, kind, _said(bad))
    if row.key:
        new = replace(new, id=uuid5(_NAMESPACE, canonical({"kind": kind, "key": list(row.key)}).decode()))
        return Read(row.number, new, content)
    return Read(row.number, identified(new, data), content)


def _append(append: Append | None, batch: list[Read], report: Report) -> None:
    while batch:
        try:
            duplicates = append([each.new for each in batch]) if append else 0
            report.appended += len(batch) - duplicates
            report.duplicates += duplicates
            return
        except (BadInput, IdReused) as refused:
            match refused.path:
                case ("events", int(index), *rest):
                    refused.path = tuple(rest)
                    each = batch.pop(index)
                    report.rejected.append(Rejected(each.number, each.new.kind, _said(refused)))
                case _:
                    raise


def _said(refused: TimelineError) -> str:
    where = ".".join(map(str, refused.path))
    return f"{where}: {refused.message}" if where else refused.message
