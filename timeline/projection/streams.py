"""What a search looks at, from rows that stand in the order of the world: of words at their places, and of entities."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Connection, bindparam, select, tuple_

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.projection.events import Ask, EventOrder, Key, in_order, place_of
from timeline.projection.filter_shapes import parameters, shape_of, with_parameters
from timeline.projection.filters import EventFilter, conditions
from timeline.projection.generation import Generation, together
from timeline.projection.terms import Source
from timeline.projection.unions import BRANCHES, united

occurrence, wording = tables.occurrence.c, tables.wording.c
SAME = together(wording, occurrence) & (wording.position == occurrence.position)


def streamed(
    connection: Connection, ask: Ask, sources: Sequence[Source], beyond: Key | None, limit: int, *, worded: bool
) -> Sequence[Any]:
    """Up to `limit` records that they lead to, in the order that is asked for, which is one of the world.

    `worded`: with what they say.
    """
    found: dict[int, Any] = {}
    for start in range(0, len(sources), BRANCHES):
        some = sources[start : start + BRANCHES]
        found |= {row.position: row for row in _read(connection, ask, some, beyond, limit, worded=worded)}
    ordered = sorted(found.values(), key=lambda row: place_of(ask.order, row), reverse=ask.descends)
    return ordered[:limit]


def _read(
    connection: Connection, ask: Ask, sources: Sequence[Source], beyond: Key | None, limit: int, *, worded: bool
) -> Sequence[Any]:
    assert not ask.wanted.found  # it is no parameter
    given: dict[str, Any] = {**ask.generation.given, "basis": ask.basis, "limit": limit, **parameters(ask.wanted, 0)}
    for number, source in enumerate(sources):
        given |= {f"{name}_{number}": value for name, value in source.given.items()}
    if beyond is not None:
        given |= {f"beyond_{name}": value for name, value in zip(ask.order.names, beyond, strict=True)}
    shape = _Shape(
        tuple([source.table.name for source in sources]),
        ask.order.names,
        ask.descends,
        beyond is not None,
        worded,
        shape_of(replace(ask.wanted, search=None)),
    )
    return _stream(shape).rows(connection, given)


class _Shape(NamedTuple):
    """What streams have in common that are read by the same statement: of which tables; in the order of these columns.

    `wanted` says which conditions there are.
    """

    tables: tuple[str, ...]
    columns: tuple[str, ...]
    descends: bool
    further: bool
    worded: bool
    wanted: EventFilter


@lru_cache(maxsize=200)
def _stream(shape: _Shape) -> Prepared:
    basis: Any = bindparam("basis")
    generation = Generation(*cast("Any", (bindparam("timeline"), bindparam("number"))))
    statements = []
    for number, name in enumerate(shape.tables):
        table = tables.word if name == tables.word.name else tables.mention
        row = table.c
        known = ("word", "place") if table is tables.word else ("entity",)
        columns = [row[column] for column in shape.columns]
        position = in_order(EventOrder.OCCURRED_ASC, occurrence.position)
        joined = together(occurrence, row) & (occurrence.position == row.position)
        statement = select(row.position, row.start_hi, row.start_lo).join_from(table, tables.occurrence, joined)
        if shape.worded:
            statement = statement.add_columns(wording.words, wording.entities).join(tables.wording, SAME)
        statement = statement.where(
            generation.holds(row),
            *(row[column] == bindparam(f"{column}_{number}") for column in known),
            *conditions(with_parameters(shape.wanted, 0), generation, basis, position),
        )
        limit = bindparam("limit", type_=BigInteger())
        beyond = [bindparam(f"beyond_{column}", type_=BigInteger()) for column in shape.columns]
        further = beyond if shape.further else None
        statements.append(cut(statement, columns, further, limit, descends=shape.descends))
    return Prepared(united(statements))


def cut(statement: Any, columns: Sequence[Any], beyond: Sequence[Any] | None, limit: Any, *, descends: bool) -> Any:
    """The first rows beyond a key, in the order of these columns."""
    if beyond is not None:
        here, there = tuple_(*columns), tuple_(*beyond)
        statement = statement.where(here < there if descends else here > there)
    return statement.order_by(*(column.desc() if descends else column for column in columns)).limit(limit)
