"""How markets and policy makers react."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from timeline.domain.attributes import Change
from timeline.domain.dates import FuzzyDate
from timeline.domain.declare import Event
from timeline.domain.fields import about
from timeline.domain.refs import Ref
from timeline.kinds.controls import Control


@dataclass(frozen=True, kw_only=True)
class MarketReaction(Event, kind="market.reaction"):
    """A market, an industry or policy makers reacted to something."""

    summary: Annotated[str, about("The reaction in one sentence.", example="Shares fell.")]
    subjects: Annotated[tuple[Ref[Any], ...], about("Whom or what it concerns.")] = ()
    control: Annotated[Ref[Control] | None, about("The control it questions or answers.")] = None
    change: Annotated[Decimal | None, about("Of a price, in per cent.", example="-17.0")] = None

    def changes(self, occurred: FuzzyDate) -> Iterator[Change]:
        if self.control:
            yield Control.reactions.of(self.control).count()

    def headline(self) -> str:
        return self.summary
