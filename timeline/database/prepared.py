"""Statements whose text is made once: SQLAlchemy says what they are, and the driver is sent the text."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Row
from sqlalchemy.sql.selectable import SelectBase

_TEXTS = 100  # of each statement, for lists of so many lengths
_PADDED = 1_024  # SQLite takes 32,766 parameters, and a list may stand in a statement several times


class Prepared:
    """A question that differs in its parameters only, and so is built and compiled once.

    A parameter that is a list is a `bindparam(…, expanding=True)`. Columns have to be of types that both drivers give
    as they are: numbers, texts and bytes.
    """

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._texts: dict[tuple[object, ...], _Text] = {}

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Row[Any]]:
        return connection.exec_driver_sql(*self.sent(connection.dialect, given)).all()

    def sent(self, dialect: Dialect, given: Mapping[str, Any]) -> tuple[str, Any]:
        """What the driver is given: the text, and its parameters."""
        whole = {name: _padded(value) if isinstance(value, list | tuple) else value for name, value in given.items()}
        lengths = [len(value) for value in whole.values() if isinstance(value, list)]
        shape = (dialect.name, *lengths)
        text = self._texts.get(shape)
        if text is None:
            if len(self._texts) >= _TEXTS:
                self._texts.clear()
            text = self._texts[shape] = self._compiled(dialect, whole)
        return text.sql, text.parameters(whole)

    def _compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> "_Text":
        compiled = self._statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(given)
        constant = {name: value for name, value in expanded.parameters.items() if name not in given}
        return _Text(expanded.statement, constant, expanded.parameter_expansion, expanded.positiontup)


class _Text(NamedTuple):
    """`order`: the names of parameters that are told by their place; None where they are told by their names."""

    sql: str
    constant: Mapping[str, Any]
    lists: Mapping[str, Sequence[str]]
    order: Sequence[str] | None

    def parameters(self, given: Mapping[str, Any]) -> Any:
        flat = dict(self.constant)
        for name, value in given.items():
            if (names := self.lists.get(name)) is not None:
                flat.update(zip(names, value, strict=True))
            else:
                flat[name] = value
        return flat if self.order is None else tuple([flat[name] for name in self.order])


def _padded(values: Sequence[Any]) -> list[Any]:
    """As many as the next power of two, the last one repeated: so that there are few texts."""
    size = len(values)
    if not 1 < size <= _PADDED:
        return list(values)
    return [*values, *[values[-1]] * ((1 << (size - 1).bit_length()) - size)]
