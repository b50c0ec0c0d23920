"""Facts: what records say of the attributes of entities, each from a moment in the world and known from a position."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from timeline.database import tables
from timeline.database.columns import NEVER
from timeline.domain.dates import END, FuzzyDate
from timeline.domain.effects import Effect
from timeline.domain.records import Record
from timeline.projection.generation import Generation, in_generation

fact, slot = tables.fact.c, tables.slot.c


class Row(NamedTuple):
    """A row of `fact` in its generation, in the order of the columns."""

    entity: str
    attribute: str
    key: str
    start_hi: int
    start_lo: int
    claim: int
    ordinal: int
    known_from: int
    known_until: int
    position: int
    closes: int
    op: str
    item: str
    value: str | None
    sort: str | None
    said: str | None

    @property
    def slot(self) -> tuple[str, str, str]:
        return self[:3]


def closing(date: FuzzyDate) -> int:
    """From when on, in ms, what a date opened certainly holds no longer; END: it was not closed."""
    if date.end_hi is None or date.end_hi == END:
        return END
    return max(date.end_hi, date.start_hi) + 1


def rows_of(record: Record, claim: int, effects: Iterable[Effect], canonical: Mapping[str, str]) -> Iterator[Row]:
    """`canonical` says which of the entities named are others by now."""
    date = record.occurred
    assert date is not None
    position, start, closes = record.position, (date.start_hi, date.start_lo), closing(date)
    for ordinal, effect in enumerate(effects):
        row = Row(
            effect.entity,
            effect.attribute,
            effect.key,
            *start,
            claim,
            ordinal,
            position,
            NEVER,
            position,
            closes,
            effect.op,
            f"#{claim}" if effect.item is None else effect.item,
            effect.value,
            effect.sort,
            None,
        )
        refers = effect.refers is not None
        yield renamed(row, lambda ref: canonical.get(ref, ref), refers=refers) if canonical else row


def renamed(row: Row, canonical: Callable[[str], str], *, refers: bool) -> Row:
    """A row that was said as it stands, as it reads where ids have become others. `refers`: its value is an id."""
    entity, key, item = canonical(row.entity), canonical(row.key), canonical(row.item)
    value, sort = row.value, row.sort
    if refers and sort is not None:
        sort = canonical(sort)
        value = json.dumps(sort)
    new = row._replace(entity=entity, key=key, item=item, value=value, sort=sort, said=None)
    if new == row:
        return row
    return new._replace(said=json.dumps([row.entity, row.key, row.item, row.sort if refers else None]))


def as_said(row: Row) -> tuple[Row, bool]:
    """The row as its record said it, and whether its value is an id that a merge made another of."""
    if row.said is None:
        return row, False
    entity, key, item, refers = json.loads(row.said)
    plain = row._replace(entity=entity, key=key, item=item, said=None)
    return (plain, False) if refers is None else (plain._replace(value=json.dumps(refers), sort=refers), True)


_TARGET = in_generation(fact) & (fact.position == bindparam("at"))
CLOSE = update(tables.fact).where(_TARGET, fact.known_until == NEVER).values(known_until=bindparam("now"))


def forget(connection: Connection, generation: Generation, position: int) -> None:
    """Take away what a record that is being blanked said, at whatever knowledge."""
    given: dict[str, Any] = {**generation.given, "at": position}
    slots = connection.execute(select(fact.entity, fact.attribute, fact.key).where(_TARGET).distinct(), given).all()
    connection.execute(delete(tables.fact).where(_TARGET), given)
    for entity, attribute, key in slots:
        here = (generation.holds(slot), slot.entity == entity, slot.attribute == attribute, slot.key == key)
        left = exists().where(
            generation.holds(fact), fact.entity == entity, fact.attribute == attribute, fact.key == key
        )
        connection.execute(delete(tables.slot).where(*here, ~left))
