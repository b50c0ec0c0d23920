"""What is measured, how much of it, and what is compared with what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import bare, http, library, product
from benchmarks.bare import Rows
from benchmarks.events import Workload
from benchmarks.places import Place

CALLERS, BATCH = 64, 1_000

Result = tuple[float, Mapping[str, float]]  # seconds, and what else was seen


@dataclass(frozen=True)
class Measurement:
    """One way of appending `count` events, after `warm` ones that are not timed."""

    warm: int
    count: int
    run: Callable[[Place, Workload, Rows | None, int, int], Result]
    bare: bool = False


def _product(**how: int) -> Any:
    return lambda place, workload, _, warm, count: (product.append(place, workload, warm, count, **how), {})


def _library(**how: int) -> Any:
    return lambda place, workload, _, warm, count: (library.insert(place, workload, warm, count, **how), {})


def _bare(batch: int) -> Any:
    return lambda place, workload, rows, warm, count: (bare.insert(place, workload, rows, warm, count, batch), {})


MEASUREMENTS: Mapping[str, Measurement] = {
    "timeline single": Measurement(50, 1_000, _product()),
    "bare single": Measurement(50, 1_000, _bare(1), bare=True),
    "library single": Measurement(50, 1_000, _library()),
    "timeline concurrent": Measurement(CALLERS * 5, CALLERS * 80, _product(callers=CALLERS)),
    "library concurrent": Measurement(CALLERS * 5, CALLERS * 40, _library(callers=CALLERS)),
    # In groups as Timeline makes them: half of the callers get ready while the events of the others are committed.
    "bare concurrent": Measurement(CALLERS * 5, CALLERS * 40, _bare(CALLERS // 2), bare=True),
    "timeline batch": Measurement(BATCH, BATCH * 15, _product(batch=BATCH)),
    "bare batch": Measurement(BATCH, BATCH * 15, _bare(BATCH), bare=True),
    "library batch": Measurement(BATCH, BATCH * 15, _library(batch=BATCH)),
    "timeline http": Measurement(
        CALLERS * 3,
        CALLERS * 40,
        lambda place, workload, _, warm, count: http.append(place, workload, warm, count, callers=CALLERS),
    ),
}


@dataclass(frozen=True)
class Ratio:
    """The rate of one measurement over that of another; `goal` is the least that it should be.

    `of`: whose it is. The bare rows over the library tell what rows cost, whatever is above them.
    """

    case: str
    over: str
    goal: float | None = None
    of: str = "timeline"

    @property
    def name(self) -> str:
        return f"{self.of} {self.case}"


RATIOS = (
    Ratio("single", "bare single"),
    Ratio("single", "library single", 1.0),
    Ratio("single", "library single", of="bare"),
    Ratio("concurrent", "bare single", 2.0),
    Ratio("concurrent", "library concurrent", 1.0),
    Ratio("concurrent", "library concurrent", of="bare"),
    Ratio("batch", "bare batch", 0.5),
    Ratio("batch", "library batch", 1.0),
    Ratio("batch", "library batch", of="bare"),
    Ratio("http", "bare single"),
)

CASES = tuple(dict.fromkeys(ratio.case for ratio in RATIOS))


def needed(cases: set[str]) -> list[str]:
    """The measurements that these cases and their ratios need, in the order of the table."""
    names = {name for ratio in RATIOS if ratio.case in cases for name in (ratio.name, ratio.over)}
    return [name for name in MEASUREMENTS if name in names]
