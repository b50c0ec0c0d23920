"""Where in the index to look for what is searched: words of records, and entities by what they are called."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select

from timeline.database import tables
from timeline.domain.searches import Phrase
from timeline.domain.wording import HEADLINE, NAME, QUOTE
from timeline.errors import TooLarge
from timeline.projection.called import IN_NAME
from timeline.projection.generation import Generation, together
from timeline.projection.merges import related
from timeline.projection.phrases import Keys, beginning, begins, called_so, has_words, rarest_first
from timeline.projection.unions import ask_all

FEW_WORDS = 4  # that begin alike, and are read one by one in the order of the world; more are read together and sorted
FEW = 12  # entities that may be called so, likewise
MOST = 5_000  # entities of one name that a count takes in

word, mention, wording, called = tables.word.c, tables.mention.c, tables.wording.c, tables.called.c
_IN_RECORDS = range(HEADLINE, QUOTE + 1)


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
    """A phrase, the words and the entities under which records that have it stand; None: more than a few.

    `keys`: the words by which entities are found, the rarest one first.
    """

    phrase: Phrase
    keys: Keys
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
            those = select(called.entity).where(has_words(generation, self.keys, (IN_NAME,)))
            found.append(Branch(tables.mention, mention.entity.in_(those if self.entities is None else self.entities)))
        return found


def terms_of(connection: Connection, generation: Generation, names: Names, phrases: Sequence[Phrase]) -> list[Term]:
    """A term for each phrase, in their order."""
    keys, candidates = _candidates(connection, generation, phrases, FEW)
    few = {each for found in candidates if len(found) <= FEW for each in found}
    lines = names.lines(few)
    leading = rarest_first(connection, generation, tables.word, phrases, _IN_RECORDS)
    terms = []
    for phrase, own, found, order in zip(phrases, keys, candidates, leading, strict=True):
        entities: tuple[str, ...] | None = None
        if len(found) <= FEW:
            entities = _called_so(names, lines, phrase, found)
        words = next(((key,) for key, is_beginning in order if not is_beginning), None)
        terms.append(Term(phrase, own, words or _beginning(connection, generation, phrase.key[0]), entities))
    return terms


def _beginning(connection: Connection, generation: Generation, key: str) -> tuple[str, ...] | None:
    """The words that begin like this; None: there are more than a few."""
    words = beginning(connection, generation, key, FEW_WORDS + 1)
    return tuple(words) if len(words) <= FEW_WORDS else None


def _candidates(
    connection: Connection, generation: Generation, phrases: Sequence[Phrase], most: int | None
) -> tuple[list[Keys], list[list[str]]]:
    """For each phrase its words, the rarest one first, and entities that may be called so; one more than `most` of
    them, if there are more.
    """
    keys = rarest_first(connection, generation, tables.called, phrases, (IN_NAME,))
    return keys, called_so(connection, generation, keys, None if most is None else most + 1)


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
    _, candidates = _candidates(connection, generation, phrases, MOST)
    for phrase, entities in zip(phrases, candidates, strict=True):
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
    _, (candidates,) = _candidates(connection, generation, [phrase], None)
    found = set(candidates)
    merges = related(connection, generation, found) if found else []
    return found | {each for row in merges for each in (row.entity, row.into)}
