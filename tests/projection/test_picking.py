"""Which of several contributions, in their order, is the value, for rules that pick one."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from tests.projection import things
from timeline.domain.kinds import Kinds
from timeline.domain.rules import EARLIEST, HIGHEST, LATEST, LOWEST, Rule
from timeline.projection.states import value_of

SIZE = Kinds.of(things).attributes["thing.size"]
NOW = 10


class Row(NamedTuple):
    value: str | None
    closes: int = NOW + 1

    @property
    def sort(self) -> str | None:
        return self.value


ONE, TWO, THREE, NONE = Row("1"), Row("2"), Row("3"), Row(None)
ENDED = Row("2", closes=NOW)


@pytest.mark.parametrize(
    ("rule", "rows", "picked"),
    [
        (LATEST, [THREE, ONE], ONE),
        (LATEST, [THREE, ENDED], THREE),
        (LATEST, [ENDED], None),
        (LATEST, [ONE, NONE], NONE),
        (LATEST, [], None),
        (EARLIEST, [TWO, ONE, THREE], TWO),
        (EARLIEST, [ENDED, ONE], ENDED),
        (EARLIEST, [], None),
        (LOWEST, [THREE, ONE, TWO], ONE),
        (LOWEST, [THREE, NONE, ENDED], ENDED),
        (LOWEST, [NONE], None),
        (HIGHEST, [ONE, NONE, THREE, TWO], THREE),
        (HIGHEST, [ONE, ENDED], ENDED),
        (HIGHEST, [NONE], None),
    ],
)
def test_one_is_picked(rule: Rule, rows: list[Row], picked: Row | None) -> None:
    value, setter = value_of(replace(SIZE, rule=rule), rows, NOW)
    assert setter is picked
    assert value == (None if picked is None or picked.value is None else int(picked.value))


@pytest.mark.parametrize("rule", [LOWEST, HIGHEST])
def test_of_equal_ones_the_first_is_picked(rule: Rule) -> None:
    first, second = Row("2"), Row("2", closes=NOW + 2)
    _, setter = value_of(replace(SIZE, rule=rule), [first, second], NOW)
    assert setter is first
