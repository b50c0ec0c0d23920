"""Rounds: everything once, one after the other, so that what disturbs the machine disturbs all that is compared."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.bare import capture
from benchmarks.cases import MEASUREMENTS, RATIOS, Ratio
from benchmarks.collector import quiet
from benchmarks.events import Workload
from benchmarks.places import Place


@dataclass(frozen=True)
class Sample:
    """One measurement in one round."""

    round: int
    place: str
    name: str
    count: int
    seconds: float
    facts: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.count / self.seconds


def measure(
    places: Sequence[Place], names: Sequence[str], rounds: int, budget: float, done: Callable[[str], None]
) -> list[Sample]:
    """Up to `rounds` rounds; none begins once `budget` seconds have gone by, but one is always made."""
    wanted = [MEASUREMENTS[name] for name in names]
    workload = Workload.of(max(each.warm + each.count for each in wanted))
    rows = {place.name: capture(place, workload) for place in places if any(each.bare for each in wanted)}
    until = time.monotonic() + budget
    samples = []
    for number in range(rounds):
        if number and time.monotonic() > until:
            break
        turns = [(place, name) for place in places for name in names]
        # Every other round runs backwards: what goes before is not always the same.
        for place, name in turns[:: -1 if number % 2 else 1]:
            one = MEASUREMENTS[name]
            quiet()
            seconds, facts = one.run(place, workload, rows.get(place.name), one.warm, one.count)
            samples.append(Sample(number, place.name, name, one.count, seconds, facts))
            done(f"round {number + 1}: {name} on {place.name}")
    return samples


def rates(samples: Iterable[Sample], place: str, name: str) -> list[float]:
    return [sample.rate for sample in samples if (sample.place, sample.name) == (place, name)]


def ratios(samples: Sequence[Sample], place: str, ratio: Ratio) -> list[float]:
    """One ratio a round, of rates in that round."""
    pairs = zip(rates(samples, place, ratio.name), rates(samples, place, ratio.over), strict=True)
    return [ours / theirs for ours, theirs in pairs]


def facts(samples: Iterable[Sample], place: str, name: str) -> dict[str, float]:
    """The median of each fact."""
    several = [sample.facts for sample in samples if (sample.place, sample.name) == (place, name)]
    return {key: statistics.median(each[key] for each in several) for key in several[0]} if several else {}


def compared(cases: set[str]) -> list[Ratio]:
    return [ratio for ratio in RATIOS if ratio.case in cases]
