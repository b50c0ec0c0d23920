"""Which records of a stretch of the log a follower gets: each is judged at its own position, so late and live agree."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, true, union_all

from timeline.database import tables
from timeline.domain.acts import REDACTION
from timeline.domain.searches import Phrase, phrases_of
from timeline.domain.words import line
from timeline.projection.filters import EventFilter, lasting
from timeline.projection.generation import Generation, together
from timeline.projection.names import Names
from timeline.projection.search import rank
from timeline.projection.terms import possible

_own, _target = tables.occurrence.alias("own"), tables.occurrence.alias("target")
_wording = tables.wording
_about = union_all(
    *(
        select(each.c.timeline_id, each.c.generation, each.c.position, each.c.target)
        for each in (tables.revision, tables.dispute)
    )
).subquery("about")
_is_about = together(_target.c, _about.c) & (_target.c.position == _about.c.target)


def positions(
    connection: Connection, generation: Generation, after: int, until: int, wanted: EventFilter, limit: int
) -> list[int]:
    """The first `limit` records from after `after` to `until` that the filter admits, or that correct, withdraw or
    dispute one that it admits; and every redaction, since nothing tells any more whether its target was admitted.
    """
    found = None
    if wanted.search is not None:
        found = _found(connection, generation, after, until, phrases_of(wanted.search))
    admitted_target = (
        select(_about.c.position)
        .join_from(_about, _target, _is_about)
        .where(generation.holds(_about.c), _about.c.position > after, _about.c.position <= until)
        .where(_admits(wanted, generation, _target.c, found))
    )
    own = _own.c
    statement = (
        select(own.position)
        .where(generation.holds(own), own.position > after, own.position <= until)
        .where(
            or_(_admits(wanted, generation, own, found), own.kind == REDACTION, own.position.in_(admitted_target)),
        )
        .order_by(own.position)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def _found(
    connection: Connection, generation: Generation, after: int, until: int, phrases: Sequence[Phrase]
) -> list[int]:
    """Which records of this stretch, or that these are about, have every phrase, as they read when recorded."""
    stretch = _wording.c.position > after, _wording.c.position <= until
    targets = select(_about.c.target).where(
        generation.holds(_about.c), _about.c.position > after, _about.c.position <= until
    )
    here = select(_wording.c.position, _wording.c.words, _wording.c.entities).where(
        generation.holds(_wording.c), or_(and_(*stretch), _wording.c.position.in_(targets))
    )
    rows = connection.execute(here).all()
    callable_so = [possible(connection, generation, phrase) for phrase in phrases]
    found, asked = [], []
    for row in rows:
        entities = set(row.entities.split())
        missing = [
            entities & some for phrase, some in zip(phrases, callable_so, strict=True) if phrase.needle not in row.words
        ]
        if not missing:
            found.append(row.position)
        elif all(missing):
            asked.append((row, entities))
    if not asked:
        return found
    places = [row.position for row, _ in asked]
    everyone = {entity for _, entities in asked for entity in entities}
    called = Names(connection, generation, everyone, min(places), max(places))
    for row, entities in asked:
        identities = [called.identity(entity, row.position) for entity in entities]
        names = [line((each.name, *each.aliases)) for each in identities if each is not None]
        if rank(phrases, row.words, names) is not None:
            found.append(row.position)
    return found


def _admits(
    wanted: EventFilter, generation: Generation, row: Any, found: Collection[int] | None
) -> ColumnElement[bool]:
    kinds = true() if wanted.kinds is None else row.kind.in_(wanted.kinds)
    searched: Any = true()
    if found is not None:  # so many that they would be too many parameters
        searched = row.position.in_(bindparam(None, found, expanding=True, literal_execute=True))
    return and_(kinds, searched, *lasting(wanted, generation, row))
