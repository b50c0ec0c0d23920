"""Where in the index to look for what is searched: words of records, and entities by what they are called."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, cast

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
    or_,
    select,
)

from timeline.database import tables
from timeline.database.columns import Key
from timeline.database.prepared import Prepared
from timeline.domain.searches import Phrase
from timeline.domain.wording import NAME
from timeline.errors import TooLarge
from timeline.projection.called import IN_NAME
from timeline.projection.generation import Generation, in_generation, together
from timeline.projection.merges import related
from timeline.projection.unions import apart, ask_all, united

FEW_WORDS = 4  # that begin alike, and are read one by one in the order of the world; more are read together and sorted
FEW = 12  # entities that may be called so, likewise
MOST = 5_000  # entities of one name that a count takes in
_LAST = "\U0010ffff"  # no word has it

word, mention, wording, called = tables.word.c, tables.mention.c, tables.wording.c, tables.called.c


class Names(Protocol):
    """What entities are called in the view of a question."""

    def lines(self, entities: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """The words of the names and of the description of each."""

    def ids(self, entities: Collection[str]) -> Collection[str]:
        """Every id under which records name these."""


class Found(NamedTuple):
    """A phrase, and the entities that are called so, under each of their ids."""

    phrase: Phrase
    entities: tuple[str, ...]


class Source(NamedTuple):
    """Rows of one word at one place, or of one entity: they stand in the order of the world."""

    table: Table
    given: Mapping[str, Any]  # what these columns are


class Branch(NamedTuple):
    """Rows of `word`, or of `mention`, that satisfy a condition. Both tables tell when their records occurred."""

    table: Table
    condition: ColumnElement[bool]

    def positions(self, generation: Generation) -> Select[int]:
        row = self.table.c
        return select(row.position).where(generation.holds(row), self.condition)


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase, the words and the entities under which records that have it stand; None: more than a few."""

    phrase: Phrase
    words: tuple[str, ...] | None
    entities: tuple[str, ...] | None

    def is_narrow(self, places: Collection[int]) -> bool:
        own = any(place != NAME for place in places)
        return (self.words is not None or not own) and (self.entities is not None or NAME not in places)

    def sources(self, places: Collection[int]) -> list[Source]:
        """Of a narrow term: they lead to each record that has the phrase at one of these places."""
        own = [place for place in places if place != NAME]
        words = [Source(tables.word, {"word": each, "place": place}) for each in self.words or () for place in own]
        entities = self.entities or () if NAME in places else ()
        return [*words, *(Source(tables.mention, {"entity": each}) for each in entities)]

    def together(self, generation: Generation, places: Collection[int]) -> list[Branch]:
        """As few as lead to the same."""
        own = [place for place in places if place != NAME]
        found = []
        if own and self.words != ():
            words = begins(word.word, *self.phrase.key) if self.words is None else word.word.in_(self.words)
            found.append(Branch(tables.word, words & word.place.in_(own)))
        if NAME in places and self.entities != ():
            called_so = select(called.entity).where(has_words(generation, self.phrase, (IN_NAME,)))
            found.append(
                Branch(tables.mention, mention.entity.in_(called_so if self.entities is None else self.entities))
            )
        return found


def terms_of(connection: Connection, generation: Generation, names: Names, phrases: Sequence[Phrase]) -> list[Term]:
    """A term for each phrase, in their order."""
    candidates = _candidates(connection, generation, phrases, FEW)
    few = {each for found in candidates if len(found) <= FEW for each in found}
    lines = names.lines(few)
    terms = []
    for phrase, found in zip(phrases, candidates, strict=True):
        entities: tuple[str, ...] | None = None
        if len(found) <= FEW:
            entities = _called_so(names, lines, phrase, found)
        key, is_beginning = phrase.key
        words = _beginning(connection, generation, key) if is_beginning else (key,)
        terms.append(Term(phrase, words, entities))
    return terms


def counts(
    connection: Connection, generation: Generation, terms: Sequence[Term], places: Collection[int], most: int
) -> list[int]:
    """How many rows each term leads to; up to about `most` are counted."""
    statements = []
    numbers = []
    for number, term in enumerate(terms):
        for branch in term.together(generation, places):
            some = branch.positions(generation).limit(most + 1)
            statements.append(select(func.count().label("found")).select_from(some.subquery()))
            numbers.append(number)
    found = [0] * len(terms)
    for number, rows in zip(numbers, ask_all(connection, statements), strict=True):
        found[number] += rows[0].found
    return found


def found(connection: Connection, generation: Generation, names: Names, phrases: Sequence[Phrase]) -> tuple[Found, ...]:
    """For `holds`. TOO_LARGE if a phrase is in the names of more than 5,000 entities."""
    several = []
    for phrase, entities in zip(phrases, _candidates(connection, generation, phrases, MOST), strict=True):
        if len(entities) > MOST:
            raise TooLarge(
                f"more than {MOST:,} entities may be called {' '.join(phrase.words)!r}: search for more of the name",
                ("filter", "search"),
            )
        lines = names.lines(entities)
        several.append(Found(phrase, _called_so(names, lines, phrase, entities)))
    return tuple(several)


def _called_so(
    names: Names, lines: Mapping[str, tuple[str, str]], phrase: Phrase, entities: Collection[str]
) -> tuple[str, ...]:
    """Those whose names have the phrase, under each of their ids; `lines` as `names` gave them."""
    return tuple(names.ids([each for each in entities if phrase.needle in lines[each][0]]))


def holds(found: Found, generation: Generation, row: Any) -> ColumnElement[bool]:
    """Of a row with a position: its record, or one of its entities, has the phrase."""
    own = select(word.position).where(generation.holds(word), begins(word.word, *found.phrase.key))
    if found.phrase.words[1:]:
        own = own.join(tables.wording, together(wording, word) & (wording.position == word.position)).where(
            wording.words.contains(found.phrase.needle, autoescape=True)
        )
    named = select(mention.position).where(generation.holds(mention), mention.entity.in_(found.entities))
    return or_(row.position.in_(own), row.position.in_(named))


def possible(connection: Connection, generation: Generation, phrase: Phrase) -> set[str]:
    """The ids under which records may name entities that are, were or will be called so, and others."""
    found = set(_candidates(connection, generation, [phrase], None)[0])
    merges = related(connection, generation, found) if found else []
    return found | {each for row in merges for each in (row.entity, row.into)}


def _candidates(
    connection: Connection, generation: Generation, phrases: Sequence[Phrase], most: int | None
) -> list[list[str]]:
    keys = [phrase.keys for phrase in phrases]
    given: dict[str, Any] = {**generation.given, "places": [IN_NAME]}
    if most is not None:
        given["limit"] = most + 1
    for number, several in enumerate(keys):
        for place, (key, is_beginning) in enumerate(several):
            given[f"key_{number}_{place}"] = key
            if is_beginning:
                given[f"key_{number}_{place}_end"] = _end(key)
    statement = _called(tuple(tuple([begins for _, begins in several]) for several in keys), most is not None)
    return [[row.entity for row in rows] for rows in apart(len(keys), statement.rows(connection, given))]


@lru_cache(maxsize=100)
def _called(shapes: tuple[tuple[bool, ...], ...], limited: bool) -> Prepared:
    """`shapes`: of each phrase, which of its words are beginnings of one."""
    generation = Generation(*cast("Any", (bindparam("timeline"), bindparam("number"))))
    limit = bindparam("limit", type_=BigInteger()) if limited else None
    statements = []
    for number, beginnings in enumerate(shapes):
        keys = [(bindparam(f"key_{number}_{place}", type_=Key), begins) for place, begins in enumerate(beginnings)]
        condition = _has_keys(generation, keys, bindparam("places", expanding=True))
        statements.append(select(called.entity).where(condition).distinct().limit(limit))
    return Prepared(united(statements))


def has_words(generation: Generation, phrase: Phrase, places: Collection[int]) -> ColumnElement[bool]:
    """Of a row of `called`: it is of the first of the words of a phrase, and its entity has all others too."""
    return _has_keys(generation, phrase.keys, places)


def _has_keys(generation: Generation, keys: Sequence[tuple[Any, bool]], places: Any) -> ColumnElement[bool]:
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


def _steps() -> Select[str]:
    here = (in_generation(word), word.word < bindparam("end"))
    first = select(func.min(word.word).label("word"), literal(1).label("number"))
    steps = first.where(*here, word.word >= bindparam("key")).cte("steps", recursive=True)
    following = select(func.min(word.word)).where(*here, word.word > steps.c.word).scalar_subquery()
    steps = steps.union_all(
        select(following, steps.c.number + 1).where(steps.c.word.is_not(None), steps.c.number <= FEW_WORDS)
    )
    return select(steps.c.word).where(steps.c.word.is_not(None))


_STEPS = Prepared(_steps())


def _beginning(connection: Connection, generation: Generation, key: str) -> tuple[str, ...] | None:
    """The words that begin like this, each found by a step in the index; None: there are more than a few."""
    rows = _STEPS.rows(connection, {**generation.given, "key": key, "end": _end(key)})
    return tuple([row.word for row in rows]) if len(rows) <= FEW_WORDS else None
