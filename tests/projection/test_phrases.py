"""Which word of a phrase is looked up first."""

import pytest

from tests.making import derived, made
from timeline.database import tables
from timeline.domain.searches import phrases_of
from timeline.projection.called import IN_NAME
from timeline.projection.phrases import COMMON, rarest_first
from timeline.timelines import Timelines

MANY = COMMON + 10


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('"number 7"', ["7", "number"]),
        ('"number 7 7"', ["7", "number"]),
        ('"number toy"', ["number", "toy"]),  # both are common: the longer one, as it tells more
        ('"number nowhere"', ["nowhere", "number"]),
        ('"number 7', ["number", "7"]),  # what begins with 7 is common, too
        ('"toy 209', ["209", "toy"]),
        ('"number"', ["number"]),
    ],
)
def test_the_rarest_word_is_first(timelines: Timelines, typed: str, words: list[str]) -> None:
    named = [{"toy": {"ref": f"t{number}", "name": f"toy number {number}"}} for number in range(MANY)]
    others = [{"toy": {"ref": f"o{number}", "name": f"7{number} others"}} for number in range(MANY)]
    timelines.append("toys", [made(timelines.kinds, "toy.moved", data) for data in (*named, *others)])
    phrases = phrases_of(typed)
    with timelines.reading() as connection:
        (found,) = rarest_first(connection, derived(timelines), tables.called, phrases, (IN_NAME,))
    assert [word for word, _ in found] == words
    assert sorted(found) == sorted(phrases[0].keys)
