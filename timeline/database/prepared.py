"""Statements whose text is made once: SQLAlchemy says what they are, and the driver is sent the text."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BinaryExpression,
    BindParameter,
    Connection,
    Dialect,
    Row,
    Select,
    TypeDecorator,
    any_,
    bindparam,
)
from sqlalchemy.sql.operators import in_op
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import replacement_traverse

from timeline.database import backend_of
from timeline.database.arrays import array_of

Statement = TypeVar("Statement", bound=SelectBase)
_TEXTS = 100  # of each statement, for lists of so many lengths
_PADDED = 1_024  # SQLite takes 32,766 parameters, and a list may stand in a statement several times


class Prepared:
    """A question that differs in its parameters only, and so is built and compiled once.

    A parameter that is a list is a `bindparam(…, expanding=True)`: where the backend has `ARRAYS` it is sent as one,
    elsewhere as as many parameters. Columns have to be of types that both drivers give as they are: numbers, texts,
    bytes.
    """

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._texts: dict[tuple[object, ...], _Text] = {}
        make: Any = namedtuple
        self._row = make("Row", statement.selected_columns.keys(), rename=True)._make

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Named tuples, whose values are read by name ten times as fast as those of SQLAlchemy's rows. `given`: every
        parameter by its name, lists as lists.
        """
        return list(map(self._row, connection.exec_driver_sql(*self.sent(connection.dialect, given)).all()))

    def sent(self, dialect: Dialect, given: Mapping[str, Any]) -> tuple[str, Any]:
        """What the driver is given: the text, and its parameters."""
        pack: Callable[[Sequence[Any]], Any] = array_of if backend_of(dialect).ARRAYS else _padded
        whole = {name: pack(value) if isinstance(value, list | tuple) else value for name, value in given.items()}
        shape = (dialect.name, dialect.paramstyle, *[len(value) for value in whole.values() if isinstance(value, list)])
        text = self._texts.get(shape)
        if text is None:
            if len(self._texts) >= _TEXTS:
                self._texts.clear()
            text = self._texts[shape] = self._compiled(dialect, whole)
        return text.sql, text.parameters(whole)

    def _compiled(self, dialect: Dialect, given: Mapping[str, Any]) -> "_Text":
        statement = _of_arrays(self._statement) if backend_of(dialect).ARRAYS else self._statement
        compiled = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(given)
        constant = {name: value for name, value in expanded.parameters.items() if name not in given}
        return _Text(expanded.statement, constant, expanded.parameter_expansion, expanded.positiontup)


def rows_of_list(connection: Connection, statement: Select[Any], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The same for columns whose values have to be converted, such as UUIDs: `statement` is executed as ever."""
    if backend_of(connection.dialect).ARRAYS:
        statement = _of_arrays(statement)
    return connection.execute(statement, given).all()


@lru_cache(maxsize=_TEXTS)
def _of_arrays(statement: Statement) -> Statement:
    """With an array for each list of parameters."""
    return cast("Statement", replacement_traverse(statement, {}, _in_array))


def _in_array(element: Any, **_: Any) -> Any:
    if isinstance(element, BinaryExpression) and element.operator is in_op and isinstance(element.right, BindParameter):
        return element.left == any_(bindparam(element.right.key, type_=_Array(element.left.type)))
    return None


class _Array(TypeDecorator[Any]):
    """The type is the parameter's own: a text that is cast to an array would be cast for every row."""

    impl = ARRAY
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return array_of


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
