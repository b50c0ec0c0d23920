"""Which records of a stretch of the log a follower gets: each is judged at its own position, so late and live agree."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true, union_all

from timeline.database import tables
from timeline.domain.acts import REDACTION
from timeline.projection.filters import EventFilter, lasting
from timeline.projection.generation import Generation, together

_own, _target = tables.occurrence.alias("own"), tables.occurrence.alias("target")
_about = union_all(
    *(
        select(each.c.timeline_id, each.c.generation, each.c.position, each.c.target)
        for each in (tables.revision, tables.dispute)
    )
).subquery("about")


def positions(
    connection: Connection, generation: Generation, after: int, until: int, wanted: EventFilter, limit: int
) -> list[int]:
    """The first `limit` records from after `after` to `until` that the filter admits, or that correct, withdraw or
    dispute one that it admits; and every redaction, since nothing tells any more whether its target was admitted.
    """
    admitted_target = (
        select(_about.c.position)
        .join_from(
            _about,
            _target,
            together(_target.c, _about.c) & (_target.c.position == _about.c.target),
        )
        .where(generation.holds(_about.c), _about.c.position > after, _about.c.position <= until)
        .where(_admits(wanted, generation, _target.c))
    )
    own = _own.c
    statement = (
        select(own.position)
        .where(generation.holds(own), own.position > after, own.position <= until)
        .where(
            or_(_admits(wanted, generation, own), own.kind == REDACTION, own.position.in_(admitted_target)),
        )
        .order_by(own.position)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def _admits(wanted: EventFilter, generation: Generation, row: Any) -> ColumnElement[bool]:
    kinds = true() if wanted.kinds is None else row.kind.in_(wanted.kinds)
    return and_(kinds, *lasting(wanted, generation, row))
