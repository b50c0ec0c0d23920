"""Apps, and the charts they climb."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from timeline.domain.attributes import Change, earliest, latest, lowest
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.refs import Ref
from timeline.kinds.models import Model
from timeline.kinds.organisations import Organisation


class Chart(Entity, kind="chart"):
    """A ranking of apps, as an app store publishes it."""


class App(Entity, kind="app"):
    """A consumer application, as app stores list it."""

    developer = latest(Ref[Organisation], inverse="apps")
    model = latest(Ref[Model], doc="The model that drives it.", inverse="apps")
    launched = earliest(FuzzyDate)
    rank = latest(int, per=Chart, doc="1 is the top.", inverse="standings")
    best_rank = lowest(rank, doc="The best it ever reached.")


@dataclass(frozen=True, kw_only=True)
class AppLaunched(Event, kind="app.launched"):
    """An app became available."""

    app: Ref[App]
    developer: Ref[Organisation] | None = None
    model: Annotated[Ref[Model] | None, about("The model that drives it.")] = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield App.launched.of(self.app).set(occurred)
        if self.developer:
            yield App.developer.of(self.app).set(self.developer)
        if self.model:
            yield App.model.of(self.app).set(self.model)

    def headline(self) -> str:
        by = f"{self.developer} launched {self.app}" if self.developer else f"{self.app} was launched"
        return by + (f", driven by {self.model}" if self.model else "")


@dataclass(frozen=True, kw_only=True)
class ChartMilestone(Event, kind="chart.milestone"):
    """An app reached a position on a chart, or left it."""

    app: Ref[App]
    chart: Ref[Chart]
    rank: Annotated[int | None, about("1 is the top; null: it left the chart.", least=1)]

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield App.rank.of(self.app, self.chart).set(self.rank)

    def headline(self) -> str:
        if self.rank is None:
            return f"{self.app} left {self.chart}"
        return f"{self.app} was number {self.rank} on {self.chart}"
