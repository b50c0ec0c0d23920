"""The algebra of attributes: how the ordered contributions to one slot combine into its value.

Every rule is a pure function of the contributions in their order, so that one which arrives late can be put in, and
the result proven equal to a replay. `latest`, `earliest`, `lowest` and `highest` pick one, which is left to whoever has
them in an index; the others fold them all. A contribution whose period has ended is closed: `latest`, `total`, `tally`
and `members` leave it out, `earliest`, `lowest` and `highest` keep it (what was lowest once stays the lowest).
"""

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from timeline.domain.decimals import add_decimals
from timeline.domain.quantities import Money, Quantity, total_money, total_quantity


class Op(enum.StrEnum):
    SET = "set"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one claim says of one slot. `item` is what a total or tally counts once; `closed`: its period has ended."""

    value: Any
    item: str
    op: Op = Op.SET
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to combine, by name; `ops` says which changes it admits, and `fold` is None for one that picks."""

    name: str
    ops: frozenset[Op]
    fold: Callable[[Sequence[Contribution]], Any] | None = None

    @property
    def needs_value(self) -> bool:
        """Whether a contribution without a value counts for nothing; in `latest` it says that there is none by now."""
        return self.name != "latest"


def _total(contributions: Sequence[Contribution]) -> Any:
    by_item = {c.item: c.value for c in contributions if not c.closed and c.value is not None}
    return _sum(by_item.values())


def _tally(contributions: Sequence[Contribution]) -> int:
    return len({c.item for c in contributions if not c.closed})


def _members(contributions: Sequence[Contribution]) -> tuple[Any, ...]:
    standing: dict[Any, Op] = {}
    for contribution in contributions:
        if not contribution.closed:
            standing[contribution.value] = contribution.op
    return tuple(value for value, op in standing.items() if op is Op.ADD)


def _sum(values: Iterable[Any]) -> Any:
    """Numbers add up exactly; quantities give one sum by bounds for each unit, money one for each currency."""
    terms = list(values)
    if any(isinstance(term, Money) for term in terms):
        return _sums(terms, lambda money: money.currency, total_money)
    if any(isinstance(term, Quantity) for term in terms):
        return _sums(terms, lambda quantity: quantity.unit or "", total_quantity)
    if any(isinstance(term, Decimal) for term in terms):
        return add_decimals(terms)
    return sum(terms)


def _sums(terms: list[Any], group: Callable[[Any], str], add: Callable[[list[Any]], Any]) -> tuple[Any, ...]:
    """In the order of their groups; a sum of which no bound is known is left out."""
    groups = sorted({group(term) for term in terms})
    sums = (add([term for term in terms if group(term) == each]) for each in groups)
    return tuple(each for each in sums if each is not None)


_SET = frozenset({Op.SET})
_ADD = frozenset({Op.ADD})

LATEST = Rule("latest", _SET)
EARLIEST = Rule("earliest", _SET)
LOWEST = Rule("lowest", _SET)
HIGHEST = Rule("highest", _SET)
TOTAL = Rule("total", _ADD, _total)
TALLY = Rule("tally", _ADD, _tally)
MEMBERS = Rule("members", frozenset({Op.ADD, Op.REMOVE}), _members)
