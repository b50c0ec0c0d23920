"""Models, and the chips they are trained on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from timeline.domain.attributes import Change, earliest, latest, tally
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Entity, Event
from timeline.domain.fields import about
from timeline.domain.quantities import Money, Quantity
from timeline.domain.refs import Ref
from timeline.errors import BadInput
from timeline.kinds.organisations import Organisation


class Chip(Entity, kind="chip"):
    """A processor that models are trained on or run on."""

    maker = latest(Ref[Organisation], inverse="chips")
    models = tally(doc="How many models are said to have been trained on it.")


class Model(Entity, kind="model"):
    """A trained model."""

    developer = latest(Ref[Organisation], inverse="models")
    released = earliest(FuzzyDate)
    training_cost = latest(Money)
    training_hardware = latest(Ref[Chip], inverse="trained")
    training_chips = latest(Quantity)


@dataclass(frozen=True, kw_only=True)
class ModelReleased(Event, kind="model.released"):
    """A model became available, as a service or as weights."""

    model: Ref[Model]
    developer: Ref[Organisation] | None = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        yield Model.released.of(self.model).set(occurred)
        if self.developer:
            yield Model.developer.of(self.model).set(self.developer)

    def headline(self) -> str:
        return f"{self.developer} released {self.model}" if self.developer else f"{self.model} was released"


@dataclass(frozen=True, kw_only=True)
class TrainingDisclosed(Event, kind="training.disclosed"):
    """What it took to train a model became known: its cost, the hardware, the number of chips."""

    model: Ref[Model]
    cost: Annotated[Money | None, about("Of the training run, as stated.")] = None
    hardware: Annotated[Ref[Chip] | None, about("The chip it was trained on.")] = None
    maker: Annotated[Ref[Organisation] | None, about("Who makes the chip.")] = None
    chips: Annotated[Quantity | None, about("How many of them.")] = None

    def __post_init__(self) -> None:
        if self.maker and not self.hardware:
            raise BadInput("the maker of which chip? hardware is missing", ("maker",))

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        if self.cost:
            yield Model.training_cost.of(self.model).set(self.cost)
        if self.chips:
            yield Model.training_chips.of(self.model).set(self.chips)
        if self.hardware:
            yield Model.training_hardware.of(self.model).set(self.hardware)
            yield Chip.models.of(self.hardware).count(self.model)
            if self.maker:
                yield Chip.maker.of(self.hardware).set(self.maker)

    def headline(self) -> str:
        cost = f" for {self.cost.text}" if self.cost else ""
        count = replace(self.chips, unit=None).text if self.chips else None
        unit = (self.chips and self.chips.unit) or "chips"
        named = " ".join(str(each) for each in (count, self.maker, self.hardware) if each)
        return f"{self.model} was trained{cost}" + (f" on {named} {unit}" if named else "")
