"""Projecting records: pure functions of the log, so that all of it can be thrown away and made again."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select

from timeline.database import tables
from timeline.domain.declare import Event
from timeline.domain.entities import EntityDescribed
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.domain.texts import host_of

Projected = tuple[Record, Event | None]  # None: the registry cannot read it, so it has a place in time and nothing else

_NAMED = select(tables.naming.c.entity, tables.naming.c.name).where(
    tables.naming.c.timeline_id == bindparam("timeline"),
    tables.naming.c.entity.in_(bindparam("entities", expanding=True)),
    tables.naming.c.described.is_(False),
)
_LAST_NAMED = (
    select(tables.mention.c.entity, func.max(tables.mention.c.position))
    .where(
        tables.mention.c.timeline_id == bindparam("timeline"),
        tables.mention.c.entity.in_(bindparam("entities", expanding=True)),
    )
    .group_by(tables.mention.c.entity)
)
_INSERTS = {table: insert(table) for table in tables.DISPOSABLE}


def known_names(connection: Connection, timeline_id: int, entities: Collection[str]) -> dict[str, set[str | None]]:
    """The names given so far to those of `entities` that exist; an entity first named without a name has None."""
    known: dict[str, set[str | None]] = {}
    if entities:
        rows = connection.execute(_NAMED, {"timeline": timeline_id, "entities": list(entities)})
        for entity, name in rows:
            known.setdefault(entity, set()).add(name)
    return known


def last_named(connection: Connection, timeline_id: int, entities: Collection[str]) -> dict[str, int]:
    """The position of the last record that names each of `entities`."""
    rows = connection.execute(_LAST_NAMED, {"timeline": timeline_id, "entities": list(entities)})
    return {row[0]: row[1] for row in rows}


def project(
    connection: Connection,
    kinds: Kinds,
    timeline_id: int,
    projected: Sequence[Projected],
    known: dict[str, set[str | None]],
) -> None:
    """Add what these records say. `known` is what `known_names` says of their entities; it is brought up to date."""
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in tables.DISPOSABLE}
    for record, event in projected:
        at = {"timeline_id": timeline_id, "position": record.position}
        rows[tables.occurrence].append(_occurrence(at, record))
        hosts = {host_of(source["url"]) for source in record.content.get("sources", ()) if "url" in source}
        rows[tables.citation] += [{**at, "host": host} for host in hosts]
        if event is not None:
            entities = list(dict.fromkeys(ref.key for _, ref in kinds.kind_of(event).refs(event)))
            rows[tables.mention] += [{**at, "entity": entity} for entity in entities]
            rows[tables.naming] += _given(at, record, entities, known)
            if isinstance(event, EntityDescribed):
                rows[tables.naming].append(_described(at, record, event))
    for table, batch in rows.items():
        if batch:
            connection.execute(_INSERTS[table], batch)


def _occurrence(at: dict[str, Any], record: Record) -> dict[str, Any]:
    date = record.occurred
    return {**at, "kind": record.kind, "start_lo": date.start_lo, "start_hi": date.start_hi, "reach": date.reach}


def _given(
    at: dict[str, Any], record: Record, entities: Iterable[str], known: dict[str, set[str | None]]
) -> list[dict[str, Any]]:
    """A row for an entity's first mention, and one for each name that it was not given before."""
    rows = []
    for entity in entities:
        name = record.names.get(entity)
        if entity not in known or (name is not None and name not in known[entity]):
            known.setdefault(entity, set()).add(name)
            rows.append({**_NO_NAMING, **at, "entity": entity, "described": False, "name": name})
    return rows


def _described(at: dict[str, Any], record: Record, event: EntityDescribed) -> dict[str, Any]:
    date = record.occurred
    return {
        **at,
        "entity": event.entity.key,
        "described": True,
        "start_lo": date.start_lo,
        "start_hi": date.start_hi,
        "name": event.name,
        "aliases": orjson.dumps(event.aliases).decode(),
        "description": event.description,
    }


_NO_NAMING: dict[str, Any] = dict.fromkeys(("start_lo", "start_hi", "name", "aliases", "description"))
