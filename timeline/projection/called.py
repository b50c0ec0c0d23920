"""By which words entities may be found, as rows of `called`: whatever they were ever called, whenever and by whom."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import orjson
from sqlalchemy import Connection, delete, select

from timeline.database import tables
from timeline.database.bulk import Row, insert_rows, slices
from timeline.domain.words import words
from timeline.projection.generation import Generation

IN_NAME, IN_DESCRIPTION = range(2)  # where a word stands, the better first

_called, _naming = tables.called.c, tables.naming.c
_TOLD = [_naming.entity, _naming.name, _naming.aliases, _naming.description]


def rows_of(namings: Iterable[Row]) -> Iterator[Row]:
    """Rows of `called` for (entity, name, aliases, description) as rows of `naming` have them.

    An entity's slug is its name as long as it has no other.
    """
    for entity, name, aliases, description in namings:
        names = [entity.partition(":")[2] if name is None else name, *(orjson.loads(aliases) if aliases else ())]
        for place, texts in ((IN_NAME, names), (IN_DESCRIPTION, [description] if description else [])):
            for word in {word for text in texts for word in words(text)}:
                yield word, place, entity


def of(connection: Connection, generation: Generation, entities: Collection[str]) -> dict[str, set[tuple[str, int]]]:
    """(word, place) of each of these entities."""
    found: dict[str, set[tuple[str, int]]] = {entity: set() for entity in entities}
    for some in slices(entities):
        here = (generation.holds(_called), _called.entity.in_(some))
        for row in connection.execute(select(_called.entity, _called.word, _called.place).where(*here)):
            found[row.entity].add((row.word, row.place))
    return found


def add(connection: Connection, generation: Generation, words: Mapping[str, Collection[tuple[str, int]]]) -> None:
    rows = [(word, place, entity) for entity, several in words.items() for word, place in several]
    insert_rows(connection, tables.called, rows, shared=generation)


def tell_again(connection: Connection, generation: Generation, entities: Collection[str]) -> None:
    """Make the rows of entities anew from what `naming` has left of them."""
    connection.execute(delete(tables.called).where(generation.holds(_called), _called.entity.in_(entities)))
    told = connection.execute(select(*_TOLD).where(generation.holds(_naming), _naming.entity.in_(entities)))
    insert_rows(connection, tables.called, list(set(rows_of(map(tuple, told)))), shared=generation, once=True)
