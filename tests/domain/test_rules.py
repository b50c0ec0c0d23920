"""The algebra of attributes: rules that fold against examples and against a plain fold; changes that are refused."""

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.toys import Toy
from timeline.domain.attributes import Change, lowest
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref
from timeline.domain.rules import MEMBERS, TALLY, TOTAL, Contribution, Op, Rule
from timeline.kinds.apps import App

BEAR: Ref[Any] = Ref("toy", "bear")
ATTIC: Ref[Any] = Ref("room", "attic")


def money(**given_data: str) -> Money:
    return Money.from_json({"currency": "USD", **given_data})


def each(*values: Any, op: Op = Op.SET, closed: tuple[int, ...] = ()) -> list[Contribution]:
    return [Contribution(value, f"claim {n}", op, n in closed) for n, value in enumerate(values)]


def folded(rule: Rule, contributions: list[Contribution]) -> Any:
    assert rule.fold is not None
    return rule.fold(contributions)


@pytest.mark.parametrize(
    ("rule", "contributions", "value"),
    [
        (TOTAL, each(1, 2, 3, op=Op.ADD, closed=(1,)), 4),
        (TOTAL, each(Decimal("0.1"), Decimal("0.2"), op=Op.ADD), Decimal("0.3")),
        (TOTAL, [], 0),
        (TOTAL, each(money(amount="5"), money(upper="6"), op=Op.ADD), (money(upper="11"),)),
        (TALLY, each(1, 1, 1, op=Op.ADD, closed=(0,)), 2),
        (MEMBERS, each("a", "b", "a", op=Op.ADD), ("a", "b")),
        (MEMBERS, each("a", "b", op=Op.ADD, closed=(0,)), ("b",)),
    ],
)
def test_examples(rule: Rule, contributions: list[Contribution], value: Any) -> None:
    assert folded(rule, contributions) == value


def test_one_deal_counts_once_the_latest_report_of_it() -> None:
    reports = [("a", 100), ("b", 5), ("a", 80)]
    assert folded(TOTAL, [Contribution(value, item, Op.ADD) for item, value in reports]) == 85
    assert folded(TALLY, [Contribution(1, item, Op.ADD) for item, _ in reports]) == 2


def test_currencies_and_units_are_never_mixed() -> None:
    euros = Money.from_json({"amount": "3", "currency": "EUR"})
    assert folded(TOTAL, each(money(amount="5"), euros, money(amount="1"), op=Op.ADD)) == (euros, money(amount="6"))
    chips, cards = (Quantity.from_json({"value": "2", "unit": unit}) for unit in ("chips", "cards"))
    assert folded(TOTAL, each(chips, cards, chips, op=Op.ADD)) == (
        cards,
        Quantity.from_json({"value": "4", "unit": "chips"}),
    )


contributions_of_numbers = st.lists(
    st.builds(Contribution, st.none() | st.integers(-9, 9), st.sampled_from("abc"), st.just(Op.SET), st.booleans())
)


@given(contributions_of_numbers)
def test_numbers_against_a_plain_fold(contributions: list[Contribution]) -> None:
    standing = [each for each in contributions if not each.closed]
    assert folded(TALLY, contributions) == len({each.item for each in standing})
    last = {each.item: each.value for each in standing if each.value is not None}
    assert folded(TOTAL, contributions) == sum(last.values())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([Op.ADD, Op.REMOVE]))))
def test_members_against_a_plain_set(steps: list[tuple[str, Op]]) -> None:
    plain: set[str] = set()
    for member, op in steps:
        plain = plain | {member} if op is Op.ADD else plain - {member}
    assert set(folded(MEMBERS, [Contribution(member, "", op) for member, op in steps])) == plain


def test_slots_make_changes() -> None:
    assert Toy.score.of(BEAR, ATTIC).set(3) == Change(BEAR, "toy.score", "room:attic", Op.SET, 3)
    assert Toy.spent.of(BEAR).add(money(amount="1"), item=ATTIC) == Change(
        BEAR, "toy.spent", None, Op.ADD, money(amount="1"), "room:attic"
    )
    assert Toy.repairs.of(BEAR).count("x") == Change(BEAR, "toy.repairs", None, Op.ADD, 1, "x")
    assert Toy.friends.of(BEAR).remove(BEAR) == Change(BEAR, "toy.friends", None, Op.REMOVE, BEAR)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Toy.room.of(BEAR).add(ATTIC), "toy.room is latest: it cannot add"),
        (lambda: Toy.spent.of(BEAR).set(money(amount="1")), "toy.spent is total: it cannot set"),
        (lambda: Toy.repairs.of(BEAR).remove(1), "toy.repairs is tally: it cannot remove"),
        (
            lambda: App.best_rank.of(Ref("app", "x"), "chart:y").set(3),
            "app.best_rank is read from app.rank: change that",
        ),
        (lambda: lowest(App.rank, per=App), "an attribute that reads another one has its keys: leave per out"),
        (lambda: Toy.score.of(BEAR), "toy.score has a key"),
        (lambda: Toy.room.of(BEAR, ATTIC), "toy.room has no key"),
    ],
)
def test_a_change_that_the_rule_does_not_know_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        wrong()
