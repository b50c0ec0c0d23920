"""Whose rows are asked for: all that is derived from a timeline is there once for each of its generations."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam


class Generation(NamedTuple):
    """What one version of the kinds derived from one timeline; in the order of the columns that all its rows have."""

    timeline_id: int
    number: int

    @property
    def given(self) -> dict[str, Any]:
        """What a statement with `in_generation` is executed with."""
        return {"timeline": self.timeline_id, "number": self.number}

    def holds(self, row: Any) -> ColumnElement[bool]:
        return and_(row.timeline_id == self.timeline_id, row.generation == self.number)


def in_generation(row: Any) -> ColumnElement[bool]:
    """The same as `Generation.holds`, of whichever one a prepared statement is given."""
    return and_(row.timeline_id == bindparam("timeline"), row.generation == bindparam("number"))


def together(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.timeline_id == other.timeline_id, one.generation == other.generation)
