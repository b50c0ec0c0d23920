"""Export controls and sanctions: imposed, expanded, eased."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from timeline.domain.attributes import Change, earliest, latest, members, tally
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.refs import Ref
from timeline.domain.texts import enumerated
from timeline.kinds.organisations import Organisation, Place


class Control(Entity, kind="control"):
    """An export control or a sanction: a body of measures by one issuer."""

    issuer = latest(Ref[Organisation], inverse="controls")
    imposed = earliest(FuzzyDate)
    targets = members(Ref[Organisation | Place], inverse="targeted_by")
    measures = members(str, doc="What it forbids or demands, in force.")
    goods = members(str, doc="What it lists.")
    reactions = tally(doc="How many reactions to it were reported.")


Targets = Annotated[tuple[Ref[Organisation | Place], ...], about("Whom it is aimed at.")]
Measures = Annotated[tuple[str, ...], about("What is forbidden or demanded.", example="Exports need a licence")]
Goods = Annotated[tuple[str, ...], about("What is listed.", example="High-performance chips")]
Issuer = Annotated[Ref[Organisation] | None, about("The government or body that acts.")]


@dataclass(frozen=True, kw_only=True)
class ControlImposed(Event, kind="control.imposed"):
    """An export control or a sanction was imposed."""

    control: Ref[Control]
    issuer: Issuer = None
    targets: Targets = ()
    measures: Measures = ()
    goods: Goods = ()

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Control.imposed.of(self.control).set(occurred)
        yield from _widened(self.control, self.issuer, self.targets, self.measures, self.goods)

    def headline(self) -> str:
        return f"{_by(self.issuer)} imposed {self.control}{_whom('against', self.targets)}"


@dataclass(frozen=True, kw_only=True)
class ControlExpanded(Event, kind="control.expanded"):
    """An export control or a sanction was widened: new targets, measures or goods."""

    control: Ref[Control]
    issuer: Issuer = None
    targets: Targets = ()
    measures: Measures = ()
    goods: Goods = ()

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield from _widened(self.control, self.issuer, self.targets, self.measures, self.goods)

    def headline(self) -> str:
        return f"{_by(self.issuer)} expanded {self.control}{_whom('against', self.targets)}"


@dataclass(frozen=True, kw_only=True)
class ControlEased(Event, kind="control.eased"):
    """An export control or a sanction was narrowed or lifted: what it names applies no longer."""

    control: Ref[Control]
    issuer: Issuer = None
    targets: Targets = ()
    measures: Measures = ()
    goods: Goods = ()

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        for target in self.targets:
            yield Control.targets.of(self.control).remove(target)
        for measure in self.measures:
            yield Control.measures.of(self.control).remove(measure)
        for good in self.goods:
            yield Control.goods.of(self.control).remove(good)

    def headline(self) -> str:
        return f"{_by(self.issuer)} eased {self.control}{_whom('for', self.targets)}"


def _widened(
    control: Ref[Control], issuer: Ref[Organisation] | None, targets: Targets, measures: Measures, goods: Goods
) -> Iterator[Change]:
    if issuer:
        yield Control.issuer.of(control).set(issuer)
    for target in targets:
        yield Control.targets.of(control).add(target)
    for measure in measures:
        yield Control.measures.of(control).add(measure)
    for good in goods:
        yield Control.goods.of(control).add(good)


def _by(issuer: Ref[Organisation] | None) -> str:
    return str(issuer or "An authority")


def _whom(word: str, targets: Iterable[Ref[Any]]) -> str:
    named = enumerated(targets)
    return f" {word} {named}" if named else ""
