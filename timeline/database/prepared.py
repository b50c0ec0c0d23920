"""Statements whose text is made once: SQLAlchemy says what they are, and the driver is sent the text."""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ARRAY,
    BinaryExpression,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Update,
    any_,
    bindparam,
)
from sqlalchemy.sql.operators import in_op
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import replacement_traverse

from timeline.database import backend_of
from timeline.database.arrays import array_of

Statement = SelectBase | Update
Convert = Callable[[Any], Any]
_TEXTS = 100  # of each statement, for lists of so many lengths
_PADDED = 1_024  # SQLite takes 32,766 parameters, and a list may stand in a statement several times


class Prepared:
    """A statement that differs in its parameters only, and so is built and compiled once.

    A parameter that is a list is a `bindparam(…, expanding=True)`: where the backend has `ARRAYS` it is sent as one,
    elsewhere as as many parameters. Others go to the driver as they are: numbers, texts, bytes.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._texts: dict[tuple[object, ...], _Text] = {}
        make: Any = namedtuple
        self._columns: Collection[ColumnElement[Any]] = (
            () if isinstance(statement, Update) else list(statement.selected_columns)
        )
        self._row = make("Row", [column.key for column in self._columns], rename=True)._make

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Named tuples, whose values are read by name ten times as fast as those of SQLAlchemy's rows. `given`: every
        parameter by its name, lists as lists.
        """
        text, whole = self._of(connection.dialect, given)
        rows = backend_of(connection.dialect).rows(connection, text.sql, text.parameters(whole))
        return [self._row(text.read(row)) for row in rows] if text.results else list(map(self._row, rows))

    def run(self, connection: Connection, given: Mapping[str, Any]) -> None:
        backend_of(connection.dialect).send(connection, *self.sent(connection.dialect, given))

    def sent(self, dialect: Dialect, given: Mapping[str, Any]) -> tuple[str, Any]:
        """What the driver is given: the text, and its parameters."""
        text, whole = self._of(dialect, given)
        return text.sql, text.parameters(whole)

    def _of(self, dialect: Dialect, given: Mapping[str, Any]) -> tuple["_Text", Mapping[str, Any]]:
        pack: Callable[[Sequence[Any]], Any] = array_of if backend_of(dialect).ARRAYS else _padded
        whole = {name: pack(value) if isinstance(value, list | tuple) else value for name, value in given.items()}
        shape = (dialect.name, dialect.paramstyle, *[len(value) for value in whole.values() if isinstance(value, list)])
        text = self._texts.get(shape)
        if text is None:
            if len(self._texts) >= _TEXTS:
                self._texts.clear()
            text = self._texts[shape] = self._compiled(dialect, whole)
        return text, whole

    def _compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> "_Text":
        statement = _of_arrays(self._statement) if backend_of(dialect).ARRAYS else self._statement
        compiled = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(given)
        constant = {name: value for name, value in expanded.parameters.items() if name not in given}
        lists = expanded.parameter_expansion
        types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in lists}
        converts = {name: convert for name, type_ in types.items() if (convert := type_.bind_processor(dialect))}
        return _Text(
            expanded.statement,
            constant,
            lists,
            converts,
            expanded.positiontup,
            _results(self._columns, dialect),
        )


def _of_arrays(statement: Statement) -> Statement:
    """With an array for each list of parameters."""
    return cast("Statement", replacement_traverse(statement, {}, _in_array))


def _in_array(element: Any, **_: Any) -> Any:
    # The type is the parameter's own: a text that is cast to an array would be cast for every row.
    if isinstance(element, BinaryExpression) and element.operator is in_op and isinstance(element.right, BindParameter):
        return element.left == any_(bindparam(element.right.key, type_=ARRAY(element.left.type)))
    return None


class _Text(NamedTuple):
    """`order`: the names of parameters that are told by their place; None where they are told by their names.

    `converts` has what the driver does not take as it is, by the names of lists; `results` what it gives otherwise
    than it was stored, by the places of columns.
    """

    sql: str
    constant: Mapping[str, Any]
    lists: Mapping[str, Sequence[str]]
    converts: Mapping[str, Convert]
    order: Sequence[str] | None
    results: Sequence[tuple[int, Convert]]

    def parameters(self, given: Mapping[str, Any]) -> Any:
        flat = dict(self.constant)
        for name, value in given.items():
            if (names := self.lists.get(name)) is not None:
                convert = self.converts.get(name)
                flat.update(zip(names, value if convert is None else map(convert, value), strict=True))
            else:
                flat[name] = value
        return flat if self.order is None else tuple([flat[name] for name in self.order])

    def read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, convert in self.results:
            values[place] = convert(values[place])
        return values


def _results(columns: Iterable[ColumnElement[Any]], dialect: Dialect) -> list[tuple[int, Convert]]:
    converts = (
        None  # drivers give bytes as they are, whatever SQLAlchemy makes of them
        if isinstance(column.type, LargeBinary)
        else column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in columns
    )
    return [(place, convert) for place, convert in enumerate(converts) if convert is not None]


def _padded(values: Sequence[Any]) -> list[Any]:
    """As many as the next power of two, the last one repeated: so that there are few texts."""
    size = len(values)
    if not 1 < size <= _PADDED:
        return list(values)
    return [*values, *[values[-1]] * ((1 << (size - 1).bit_length()) - size)]
