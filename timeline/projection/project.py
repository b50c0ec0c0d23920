"""Projecting records: pure functions of the log, so that all of it can be thrown away and made again."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Table, bindparam, func, select

from timeline.database import tables
from timeline.database.bulk import insert_rows
from timeline.domain.declare import Event
from timeline.domain.entities import EntityDescribed
from timeline.domain.records import Record
from timeline.domain.texts import host_of


class Projected(NamedTuple):
    """A record as the registry reads it. What it cannot read (None) has a place in time, and names no entities."""

    record: Record
    event: Event | None
    entities: tuple[str, ...]


_NAMED = select(tables.naming.c.entity, tables.naming.c.name).where(
    tables.naming.c.timeline_id == bindparam("timeline"),
    tables.naming.c.entity.in_(bindparam("entities", expanding=True)),
    tables.naming.c.described.is_(False),
)
_LAST_NAMED = (
    select(tables.mention.c.entity, func.max(tables.mention.c.position).label("last"))
    .where(
        tables.mention.c.timeline_id == bindparam("timeline"),
        tables.mention.c.entity.in_(bindparam("entities", expanding=True)),
    )
    .group_by(tables.mention.c.entity)
)
_AT_ONCE = 10_000


def known_names(connection: Connection, timeline_id: int, entities: Collection[str]) -> dict[str, set[str | None]]:
    """The names given so far to those of `entities` that exist; an entity first named without a name has None."""
    known: dict[str, set[str | None]] = {}
    for some in _slices(entities):
        for entity, name in connection.execute(_NAMED, {"timeline": timeline_id, "entities": some}):
            known.setdefault(entity, set()).add(name)
    return known


def last_named(connection: Connection, timeline_id: int, entities: Collection[str]) -> dict[str, int]:
    """The position of the last record that names each of `entities`."""
    last: dict[str, int] = {}
    for some in _slices(entities):
        rows = connection.execute(_LAST_NAMED, {"timeline": timeline_id, "entities": some})
        last |= {row.entity: row.last for row in rows}
    return last


def _slices(entities: Collection[str]) -> Iterator[list[str]]:
    """As many at a time as a statement can carry: 65,535 on PostgreSQL, 32,766 on some SQLites."""
    listed = list(entities)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def project(
    connection: Connection,
    timeline_id: int,
    projected: Iterable[Projected],
    known: dict[str, set[str | None]],
) -> None:
    """Add what these records say. `known` is what `known_names` says of their entities; it is brought up to date."""
    rows: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in tables.DISPOSABLE}
    for record, event, entities in projected:
        position, date = record.position, record.occurred
        rows[tables.occurrence].append((timeline_id, position, record.kind, date.start_lo, date.start_hi, date.reach))
        hosts = {host_of(source["url"]) for source in record.content.get("sources", ()) if "url" in source}
        rows[tables.citation] += [(timeline_id, host, position) for host in hosts]
        rows[tables.mention] += [(timeline_id, entity, position) for entity in entities]
        for entity in entities:
            name = record.names.get(entity)
            if _is_new(known, entity, name):
                rows[tables.naming].append((timeline_id, entity, position, False, None, None, name, None, None))
        if isinstance(event, EntityDescribed):
            said = (event.name, orjson.dumps(event.aliases).decode(), event.description)
            when = (date.start_lo, date.start_hi)
            rows[tables.naming].append((timeline_id, event.entity.key, position, True, *when, *said))
    for table, batch in rows.items():
        insert_rows(connection, table, batch)


def _is_new(known: dict[str, set[str | None]], entity: str, name: str | None) -> bool:
    """Whether this is the first mention of an entity, or the first by this name; remembers it."""
    if entity in known and (name is None or name in known[entity]):
        return False
    known.setdefault(entity, set()).add(name)
    return True
