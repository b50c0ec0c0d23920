"""Phrases in the index of words: which rows have them, and whose names do."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
)

from timeline.database import tables
from timeline.database.columns import Key
from timeline.database.prepared import Prepared
from timeline.domain.searches import Phrase
from timeline.projection.called import IN_NAME
from timeline.projection.generation import Generation, in_generation
from timeline.projection.unions import apart, united

COMMON = 200  # rows by which words are told apart
_LAST = "\U0010ffff"  # no word has it

word, called = tables.word.c, tables.called.c
Keys = Sequence[tuple[str, bool]]  # words, and whether each is the beginning of one


def rarest_first(
    connection: Connection, generation: Generation, table: Table, phrases: Sequence[Phrase], places: Collection[int]
) -> list[Keys]:
    """The words of each phrase, the one first that the fewest rows have: who looks the others up begins there."""
    keys = [phrase.keys for phrase in phrases]
    compared = list(dict.fromkeys(key for several in keys if several[1:] for key in several))
    if not compared:
        return list(keys)
    given = {**generation.given, **_given(0, compared), "places": list(places), "limit": COMMON}
    counted = _counted(table, tuple([is_beginning for _, is_beginning in compared])).rows(connection, given)
    rows = {compared[row.ask]: row.found for row in counted}
    return [sorted(several, key=lambda key: rows.get(key, 0)) for several in keys]


def called_so(
    connection: Connection, generation: Generation, keys: Sequence[Keys], most: int | None
) -> list[list[str]]:
    """Entities that were ever called by all words of each; at most so many."""
    given: dict[str, Any] = {**generation.given, "places": [IN_NAME]}
    if most is not None:
        given["limit"] = most
    for number, several in enumerate(keys):
        given |= _given(number, several)
    shapes = tuple(tuple([is_beginning for _, is_beginning in several]) for several in keys)
    rows = _called(shapes, most is not None).rows(connection, given)
    return [[row.entity for row in some] for some in apart(len(keys), rows)]


def beginning(connection: Connection, generation: Generation, key: str, most: int) -> list[str]:
    """Up to `most` words that begin like this, each found by a step in the index."""
    rows = _STEPS.rows(connection, {**generation.given, "key": key, "end": _end(key), "most": most})
    return [row.word for row in rows]


def has_words(generation: Generation, keys: Sequence[tuple[Any, bool]], places: Any) -> ColumnElement[bool]:
    """Of a row of `called`: it is of the first of these words, and its entity has all others too."""
    first, *others = keys
    conditions = [generation.holds(called), begins(called.word, *first), called.place.in_(places)]
    for number, key in enumerate(others):
        other = tables.called.alias(f"called_{number}").c
        here = generation.holds(other), begins(other.word, *key), other.place.in_(places)
        # Asked of each row: of IN, SQLite makes a list of all that have the other word first, however many they are.
        # Without OFFSET so does PostgreSQL, to which all words are equally frequent once it keeps a plan.
        conditions.append(exists(select(other.entity).where(*here, other.entity == called.entity).offset(0)))
    return and_(*conditions)


def begins(column: ColumnElement[str], key: Any, is_beginning: bool) -> ColumnElement[bool]:
    """A word is `key`, or begins with it."""
    return and_(column >= key, column < _end(key)) if is_beginning else column == key


def _end(key: Any) -> Any:
    """What all that begins with `key` stands before; of a parameter, one called like it."""
    return bindparam(f"{key.key}_end", type_=key.type) if isinstance(key, BindParameter) else key + _LAST


def _given(number: int, keys: Keys) -> dict[str, str]:
    """What the parameters of `_parameters` are."""
    given = {f"key_{number}_{place}": key for place, (key, _) in enumerate(keys)}
    return given | {f"key_{number}_{place}_end": _end(key) for place, (key, begins) in enumerate(keys) if begins}


def _parameters(number: int, beginnings: Sequence[bool]) -> list[tuple[Any, bool]]:
    return [(bindparam(f"key_{number}_{place}", type_=Key), begins) for place, begins in enumerate(beginnings)]


_GENERATION = Generation(*cast("Any", (bindparam("timeline"), bindparam("number"))))
_PLACES: Any = bindparam("places", expanding=True)
_LIMIT = bindparam("limit", type_=BigInteger())


@lru_cache(maxsize=100)
def _counted(table: Table, beginnings: tuple[bool, ...]) -> Prepared:
    statements: list[Select[Any]] = []
    for number, key in enumerate(_parameters(0, beginnings)):
        row = table.alias(f"row_{number}").c
        some = select(row.word).where(_GENERATION.holds(row), begins(row.word, *key), row.place.in_(_PLACES))
        statements.append(select(func.count().label("found")).select_from(some.limit(_LIMIT).subquery()))
    return Prepared(united(statements))


@lru_cache(maxsize=100)
def _called(shapes: tuple[tuple[bool, ...], ...], limited: bool) -> Prepared:
    """`shapes`: of each phrase, which of its words are beginnings of one."""
    statements = []
    for number, beginnings in enumerate(shapes):
        condition = has_words(_GENERATION, _parameters(number, beginnings), _PLACES)
        statements.append(select(called.entity).where(condition).distinct().limit(_LIMIT if limited else None))
    return Prepared(united(statements))


def _steps() -> Select[Any]:
    here = (in_generation(word), word.word < bindparam("end"))
    first = select(func.min(word.word).label("word"), literal(1).label("number"))
    steps = first.where(*here, word.word >= bindparam("key")).cte("steps", recursive=True)
    following = select(func.min(word.word)).where(*here, word.word > steps.c.word).scalar_subquery()
    steps = steps.union_all(
        select(following, steps.c.number + 1).where(steps.c.word.is_not(None), steps.c.number < bindparam("most"))
    )
    return select(steps.c.word).where(steps.c.word.is_not(None))


_STEPS = Prepared(_steps())
