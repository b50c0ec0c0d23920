"""The named logs themselves."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from timeline.database import tables
from timeline.domain.records import TimelineInfo

_timeline = tables.timeline.c
_COLUMNS = (_timeline.id, _timeline.slug, _timeline.title, _timeline.description)


def by_slug(connection: Connection, slugs: Collection[str]) -> dict[str, TimelineInfo]:
    # PostgreSQL refuses to be asked for a text with NUL.
    askable = [slug for slug in slugs if "\x00" not in slug]
    rows = connection.execute(select(*_COLUMNS).where(_timeline.slug.in_(askable)))
    return {row.slug: _info(row) for row in rows}


def page(connection: Connection, beyond: str | None, limit: int, *, backwards: bool) -> Sequence[TimelineInfo]:
    """Up to `limit` timelines after the slug `beyond`, in the order of slugs; `backwards`: the last ones before it."""
    slug = _timeline.slug
    statement = select(*_COLUMNS).order_by(slug.desc() if backwards else slug).limit(limit)
    if beyond is not None:
        statement = statement.where(slug < beyond if backwards else slug > beyond)
    found = [_info(row) for row in connection.execute(statement)]
    return found[::-1] if backwards else found


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(tables.timeline)).scalar_one()


def create(connection: Connection, slug: str, title: str, description: str | None, now: int) -> TimelineInfo:
    """A new timeline with an empty log. The database refuses a slug that is taken."""
    values = {"slug": slug, "title": title, "description": description, "created_at": now}
    created = connection.execute(insert(tables.timeline).values(values).returning(_timeline.id)).scalar_one()
    connection.execute(insert(tables.head).values(timeline_id=created, position=0, recorded_at=None, hash=None))
    return TimelineInfo(created, slug, title, description)


def _info(row: Row[Any]) -> TimelineInfo:
    return TimelineInfo(row.id, row.slug, row.title, row.description)
