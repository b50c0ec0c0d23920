"""Pages of events by what they say, and by what their entities are called: names and aliases.

The index gives candidates in the order that is asked for; what is read of them decides. So both databases find the
same, whatever they think of texts.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, false, select, union_all

from timeline.database import tables
from timeline.domain.searches import Phrase, phrases_of
from timeline.domain.wording import HEADLINE, NAME, QUOTE
from timeline.errors import TooCostly
from timeline.projection.events import Ask, EventOrder, Hit, Key, in_order, place_of
from timeline.projection.filters import conditions
from timeline.projection.streams import SAME, cut, streamed
from timeline.projection.terms import Branch, Names, Term, counts, terms_of

LOOK = 50_000  # candidates that one page looks at
_MANY = 20_000  # rows that are sorted for a page, rather than that all records are looked at
_COMPARED = 1_000  # rows by which terms are told apart: the rarest one leads
_CHUNK = 2_000
_PLACES = range(NAME, QUOTE + 1)

occurrence, wording = tables.occurrence.c, tables.wording.c


def page(connection: Connection, names: Names, ask: Ask) -> list[Hit]:
    """Up to `limit` events that have every word and phrase, with their places in the order of relevance.

    TOO_COSTLY where each is common and hardly ever together: a page looks at 50,000 candidates.
    """
    phrases = phrases_of(ask.wanted.search or "")
    terms = terms_of(connection, ask.generation, names, phrases)
    if any(not term.words and not term.entities for term in terms if term.is_narrow(_PLACES)):
        return []
    sure = _is_sure(ask, terms)
    hits: list[tuple[int, Any]] = []
    looked = 0
    for level, beyond in _levels(ask):
        for rows in _chunks(connection, ask, terms, level, beyond):
            looked += len(rows)
            ranks = [NAME] * len(rows) if sure else _ranks(names, phrases, rows, ask.order)
            for row, rank in zip(rows, ranks, strict=True):
                if rank is not None and (level is None or rank == level):
                    hits.append((rank, row))
            if len(hits) >= ask.limit:
                break
            if looked > LOOK:
                raise TooCostly("the words are common, but hardly ever together: add a rarer one", ("filter", "search"))
        if len(hits) >= ask.limit:
            break
    shown = hits[: ask.limit]
    return [Hit(*hit) for hit in (shown[::-1] if ask.backwards else shown)]


def _is_sure(ask: Ask, terms: Sequence[Term]) -> bool:
    """Whether what the index gives needs no second look: one word, in the order of the world."""
    ordered = not ask.order.is_recorded and ask.order is not EventOrder.RELEVANCE
    return ordered and not terms[1:] and not terms[0].phrase.words[1:] and terms[0].is_narrow(_PLACES)


def _levels(ask: Ask) -> Iterator[tuple[int | None, Key | None]]:
    """The ranks to go through, None: all at once; and what each is read beyond."""
    if ask.order is not EventOrder.RELEVANCE:
        yield None, ask.beyond
        return
    ranks = list(reversed(_PLACES) if ask.backwards else _PLACES)
    if ask.beyond is None:
        yield from ((rank, None) for rank in ranks)
        return
    first, *place = ask.beyond
    begin = ranks.index(first) if first in ranks else len(ranks)
    yield from ((rank, tuple(place) if rank == first else None) for rank in ranks[begin:])


def _chunks(
    connection: Connection, ask: Ask, terms: Sequence[Term], level: int | None, beyond: Key | None
) -> Iterator[Sequence[Any]]:
    """Candidates in the order that is asked for; more at a time as it goes on."""
    places: Collection[int] = _PLACES
    if level is not None:
        # A word of several may stand in a better place than where all of them are found.
        places = range(level + 1) if terms[1:] or terms[0].phrase.keys[1:] else (level,)
    leading = _leading(connection, ask, terms, places, _COMPARED)
    size, looked = ask.limit, 0
    while True:
        # What is everywhere fills a page from all records before it could be counted that it is.
        if leading is None and looked <= _COMPARED < looked + size:
            leading = _leading(connection, ask, terms, places, _MANY)
        among = None if leading is None else leading.together(ask.generation, places)
        if leading is not None and leading.is_narrow(places) and not ask.order.is_recorded:
            rows = streamed(connection, ask, leading.sources(places), beyond, size, worded=not _is_sure(ask, terms))
        else:
            rows = _walked(connection, ask, among, beyond, size)
        yield rows
        if len(rows) < size:
            return
        looked += len(rows)
        beyond, size = place_of(ask.order, rows[-1]), min(size * 4, _CHUNK)


def _leading(
    connection: Connection, ask: Ask, terms: Sequence[Term], places: Collection[int], most: int
) -> Term | None:
    """The term whose rows are at most so many, or in the order that is asked for; None: look at all records."""
    ordered = [not ask.order.is_recorded and term.is_narrow(places) for term in terms]
    if ordered == [True]:
        return terms[0]
    found = counts(connection, ask.generation, terms, places, most)
    able = [
        (count, number)
        for number, (count, in_order) in enumerate(zip(found, ordered, strict=True))
        if in_order or count <= most
    ]
    return terms[min(able)[1]] if able else None


def _walked(
    connection: Connection, ask: Ask, among: Sequence[Branch] | None, beyond: Key | None, limit: int
) -> Sequence[Any]:
    """From all records; `among`: only from those that these lead to."""
    statement = select(
        occurrence.position, occurrence.start_hi, occurrence.start_lo, wording.words, wording.entities
    ).join_from(tables.occurrence, tables.wording, SAME)
    if among is None:
        position = in_order(ask.order, occurrence.position)
        statement = statement.where(*conditions(ask.wanted, ask.generation, ask.basis, position))
    else:
        rows = union_all(*(branch.positions(ask.generation) for branch in among))
        where = conditions(ask.wanted, ask.generation, ask.basis)
        statement = statement.where(occurrence.position.in_(rows) if among else false(), *where)
    columns = [occurrence[name] for name in ask.order.names]
    return connection.execute(cut(statement, columns, beyond, limit, descends=ask.descends)).all()


def _ranks(names: Names, phrases: Sequence[Phrase], rows: Sequence[Any], order: EventOrder) -> list[int | None]:
    """Where the phrase that stands in the worst place stands at best; None: one is not there.

    In another order than that of relevance it is enough to know whether all are there.
    """
    ranked = order is EventOrder.RELEVANCE
    there = [not ranked and all(phrase.needle in row.words for phrase in phrases) for row in rows]
    entities = {entity for row, found in zip(rows, there, strict=True) if not found for entity in row.entities.split()}
    lines = names.lines(entities) if entities else {}
    return [
        NAME if found else rank(phrases, row.words, [lines[each][0] for each in row.entities.split() if each in lines])
        for row, found in zip(rows, there, strict=True)
    ]


def rank(phrases: Sequence[Phrase], words: str, names: Sequence[str]) -> int | None:
    """`words`: as `wording` has them; `names`: the words of what its entities are called."""
    worst = NAME
    for phrase in phrases:
        if not any(phrase.needle in name for name in names):
            lines = enumerate(words.split("\n"), HEADLINE)
            place = next((place for place, line in lines if phrase.needle in line), None)
            if place is None:
                return None
            worst = max(worst, place)
    return worst
