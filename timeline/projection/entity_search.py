"""Pages of entities by what they are called, and then by how they are described."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, func, select

from timeline.database import tables
from timeline.domain.searches import phrases_of
from timeline.errors import TooCostly, TooLarge
from timeline.projection import entities as listing
from timeline.projection.called import IN_DESCRIPTION, IN_NAME
from timeline.projection.entities import EntityFilter, EntityOrder, narrowing
from timeline.projection.generation import Generation, together
from timeline.projection.naming import SEEN
from timeline.projection.phrases import Keys, has_words, rarest_first
from timeline.projection.states import When
from timeline.projection.terms import Names
from timeline.projection.unions import ask_all

LOOK = 10_000  # candidates that one page looks at
MOST = 5_000  # entities that a search may find where they are counted, compared, or listed by a value
_MANY = 5_000  # rows that are sorted for a page, rather than that all entities are looked at
_CHUNK = 1_000

called, naming = tables.called.c, tables.naming.c
Place = tuple[int, str]  # rank and ref


def page(
    connection: Connection,
    names: Names,
    generation: Generation,
    when: When,
    wanted: EntityFilter,
    *,
    beyond: Place | None,
    limit: int,
    backwards: bool,
) -> list[Place]:
    """Up to `limit` entities: those whose names have all that is searched, then those that need their description for
    it; each in the order of refs. TOO_COSTLY where words are common and hardly ever together.
    """
    search = _Search(connection, names, generation, when, wanted)
    found: list[Place] = []
    ranks = (IN_NAME, IN_DESCRIPTION)
    for rank in reversed(ranks) if backwards else ranks:
        if beyond is not None and (rank > beyond[0] if backwards else rank < beyond[0]):
            continue
        start = beyond[1] if beyond is not None and beyond[0] == rank else None
        for refs in search.ranked(rank, start, limit, backwards=backwards):
            found += [(rank, ref) for ref in refs]
            if len(found) >= limit:
                break
    return found[:limit][::-1] if backwards else found[:limit]


def everyone(
    connection: Connection, names: Names, generation: Generation, when: When, wanted: EntityFilter
) -> list[str]:
    """The refs of all that a search finds. TOO_LARGE if there are more than 5,000."""
    search = _Search(connection, names, generation, when, wanted)
    found: list[str] = []
    for rank in (IN_NAME, IN_DESCRIPTION):
        for refs in search.ranked(rank, None, _CHUNK, backwards=False):
            found += refs
            if len(found) > MOST:
                raise TooLarge(f"more than {MOST:,} entities are found: search for more", ("filter", "search"))
    return found


class _Search:
    """What is searched among the entities that a filter admits."""

    def __init__(
        self, connection: Connection, names: Names, generation: Generation, when: When, wanted: EntityFilter
    ) -> None:
        self._connection = connection
        self._names = names
        self._generation = generation
        self._when = when
        self._wanted = wanted
        self._phrases = phrases_of(wanted.search or "")
        self._keys = rarest_first(connection, generation, tables.called, self._phrases, (IN_NAME, IN_DESCRIPTION))
        self._looked = 0

    def ranked(self, rank: int, beyond: str | None, size: int, *, backwards: bool) -> Iterator[list[str]]:
        """Those of one rank, some at a time."""
        places = range(rank + 1) if self._phrases[1:] else (rank,)
        leading = self._leading(places)
        while True:
            refs = self._candidates(leading, places, beyond, size, backwards=backwards)
            lines = self._names.lines(refs)
            yield [ref for ref in refs if self._rank(*lines[ref]) == rank]
            if len(refs) < size:
                return
            self._looked += len(refs)
            if self._looked > LOOK:
                raise TooCostly("the words are common, but hardly ever together: add a rarer one", ("filter", "search"))
            beyond, size = refs[-1], min(size * 4, _CHUNK)

    def _rank(self, named: str, described: str) -> int | None:
        rank = IN_NAME
        for phrase in self._phrases:
            if phrase.needle not in named:
                if phrase.needle not in described:
                    return None
                rank = IN_DESCRIPTION
        return rank

    def _leading(self, places: Collection[int]) -> Keys | None:
        """The words of the phrase that the fewest may have; None: too many have it to be sorted, so look at all
        entities.
        """
        statements = []
        for keys in self._keys:
            rows = select(called.entity).where(has_words(self._generation, keys, places)).limit(_MANY + 1)
            statements.append(select(func.count().label("found")).select_from(rows.subquery()))
        found = [rows[0].found for rows in ask_all(self._connection, statements)]
        keys = self._keys[found.index(min(found))]
        in_order = len(keys) == 1 and not keys[0][1] and len(places) == 1
        return keys if in_order or min(found) <= _MANY else None

    def _candidates(
        self, keys: Keys | None, places: Collection[int], beyond: str | None, size: int, *, backwards: bool
    ) -> Sequence[str]:
        if keys is None:
            start = None if beyond is None else (beyond,)
            order = EntityOrder(descending=backwards)
            rows = listing.page(
                self._connection,
                self._generation,
                self._when,
                self._wanted,
                order,
                beyond=start,
                limit=size,
                backwards=False,
            )
            return [row[0] for row in rows]
        there = together(naming, called) & (naming.entity == called.entity) & (naming.role == SEEN)
        statement = (
            select(called.entity)
            .distinct()
            .join_from(tables.called, tables.naming, there & (naming.position <= self._when.basis))
            .where(
                has_words(self._generation, keys, places),
                *narrowing(self._generation, self._when, self._wanted, called.entity),
            )
        )
        if beyond is not None:
            statement = statement.where(called.entity < beyond if backwards else called.entity > beyond)
        statement = statement.order_by(called.entity.desc() if backwards else called.entity).limit(size)
        return self._connection.execute(statement).scalars().all()
