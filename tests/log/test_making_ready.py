"""What is done before the lock is taken, by whoever appends: the words of brief events, since the writer has enough."""

import threading
from typing import Any

import pytest

from tests.making import made
from timeline.domain.limits import MAX_QUOTE, MAX_SOURCES
from timeline.domain.wording import wording_of
from timeline.errors import TooLarge
from timeline.timelines import Timelines


@pytest.fixture
def worded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that made words, in turn."""
    threads: list[str] = []

    def noted(*given: Any) -> Any:
        threads.append(threading.current_thread().name)
        return wording_of(*given)

    for maker in ("timeline.log.append", "timeline.projection.project"):
        monkeypatch.setattr(f"{maker}.wording_of", noted)
    return threads


@pytest.mark.parametrize(
    ("note", "thread"), [("brief", threading.current_thread().name), ("è " * 900, "timeline-writer")]
)
def test_words_are_made_once(timelines: Timelines, worded: list[str], note: str, thread: str) -> None:
    timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear"}, note=note)])
    assert worded == [thread]


def test_what_is_refused_has_no_words(timelines: Timelines, worded: list[str]) -> None:
    sources = [{"url": "https://a.example/", "quote": "新" * MAX_QUOTE}] * MAX_SOURCES
    with pytest.raises(TooLarge):
        timelines.append("toys", [made(timelines.kinds, "toy.moved", {"toy": "bear"}, sources=sources)])
    assert worded == []
