"""Which record touches an entity next: each is judged at its own position, so late and live agree."""

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, union

from timeline.database import tables
from timeline.domain.acts import REDACTION
from timeline.projection.generation import Generation, in_generation, together
from timeline.projection.merges import History

_SOME = 200  # records that are looked at together

mention, fact, occurrence = tables.mention.c, tables.fact.c, tables.occurrence.c
revision, dispute = tables.revision.c, tables.dispute.c


def _here(row: Any) -> tuple[Any, ...]:
    return (
        in_generation(row),
        row.position > bindparam("after"),
        row.position <= bindparam("until"),
    )


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# The rows that tell which entities a record names, or states something of; merges restate facts under other ids later.
_NAMED = ((mention, mention.entity.in_(_IDS)), (fact, fact.entity.in_(_IDS) & (fact.known_from == fact.position)))


def _about(act: Any) -> list[Any]:
    """The records of `act` (a table with a target) about such a record."""
    return [
        select(act.c.position, named.entity).where(
            *_here(act.c), together(named, act.c), named.position == act.c.target, wanted
        )
        for named, wanted in _NAMED
    ]


# A retraction of a dispute is about the record that was disputed.
_UNDISPUTED = select(revision.position, mention.entity).where(
    *_here(revision),
    together(dispute, revision),
    dispute.position == revision.target,
    together(mention, dispute),
    mention.position == dispute.target,
    mention.entity.in_(_IDS),
)
_TOUCHING = (
    union(
        *(select(named.position, named.entity).where(*_here(named), wanted) for named, wanted in _NAMED),
        *_about(tables.revision),
        *_about(tables.dispute),
        _UNDISPUTED,
        # Nothing tells any more what it blanked.
        select(occurrence.position, bindparam("entity", type_=mention.entity.type)).where(
            *_here(occurrence), occurrence.kind == REDACTION
        ),
    )
    .order_by("position")
    .limit(_SOME)
)


def next_position(
    connection: Connection, generation: Generation, entity: str, after: int, until: int
) -> tuple[bool, int]:
    """Whether a record from after `after` to `until` touches the entity, and the first one's position, else `until`.

    It touches the entity if it names one of the ids that are one with `entity` just before it or just after; if it
    states something of it; or if it corrects, withdraws or disputes such a record. So does every redaction.
    """
    history = History.around(connection, generation, [entity])
    ids = history.entities | {entity}
    while after < until:
        given = {**generation.given, "ids": list(ids), "entity": entity, "after": after, "until": until}
        rows = connection.execute(_TOUCHING, given).all()
        for position, named in rows:
            if any(
                standing.canonical(named) == standing.canonical(entity)
                for standing in (history.at(position - 1), history.at(position))
            ):
                return True, position
        if len(rows) < _SOME:
            break
        after = rows[-1].position - 1 if rows[-1].position - 1 > after else rows[-1].position
    return False, until
