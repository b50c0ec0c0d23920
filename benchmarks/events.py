"""What is appended: chart milestones of 1,000 apps on 20 charts, each with a source and an id of the client's."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from timeline import kinds as shipped
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.domain.records import NewEvent

SLUG = "bench"
APPS, CHARTS = 1_000, 20


@dataclass(frozen=True)
class Workload:
    """The same events in the three forms that are needed: as JSON, as the facade takes them, and as GraphQL inputs."""

    kinds: Kinds
    lines: Sequence[Mapping[str, Any]]
    events: Sequence[NewEvent]

    @classmethod
    def of(cls, count: int) -> "Workload":
        chance = random.Random(2025)
        kinds = Kinds.of(shipped)
        lines = [_line(chance) for _ in range(count)]
        return cls(kinds, lines, [new_event(kinds, line) for line in lines])

    def payload(self, index: int) -> bytes:
        """What the event says, as JSON: as long as what Timeline stores of it."""
        return orjson.dumps({key: value for key, value in self.lines[index].items() if key != "id"})

    def graphql(self, index: int) -> dict[str, Any]:
        line = self.lines[index]
        data = line["data"]
        milestone = {"app": {"ref": data["app"]}, "chart": {"ref": data["chart"]}, "rank": data["rank"]}
        return {
            "id": line["id"],
            "occurred": line["occurred"],
            "event": {"chartMilestone": milestone},
            "sources": line["sources"],
        }


def _line(chance: random.Random) -> dict[str, Any]:
    app, chart, rank = chance.randrange(APPS), chance.randrange(CHARTS), chance.randint(1, 200)
    day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return {
        "id": str(UUID(bytes=chance.randbytes(16), version=4)),
        "kind": "chart.milestone",
        "version": 1,
        "occurred": day,
        "data": {"app": f"app:assistant-{app:04}", "chart": f"chart:store-{chart:02}-top-free-apps", "rank": rank},
        "sources": [
            {
                "url": f"https://www.charts{chart}.example.com/{day.replace('-', '/')}/top-free-apps?app={app}",
                "publisher": "The Chart Observer",
                "title": f"Top free apps of {day}: who climbed and who fell",
                "published": day,
            }
        ],
    }
