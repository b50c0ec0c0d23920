"""What every contender answers from: 100,000 events about 2,000 entities, as Timeline's own and as plain rows."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, insert

from benchmarks.peers.afternoon.tables import Entity, Event
from timeline import kinds as shipped
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

SLUG = "world"
EVENTS, CHARTS, ORGANISATIONS, APPS = 100_000, 20, 180, 1_800
BATCH = 1_000
RECORDED = 1_762_000_000_000  # when all of it was recorded, in ms: the same for everybody
_FIRST = date(2024, 1, 1)


class Entry(NamedTuple):
    """An event in the terms of Timeline, what it says about its entity, and when it occurred."""

    kind: str
    day: date
    entity: str
    data: dict[str, Any]
    note: str


def entries() -> Iterator[Entry]:
    """Each entity described, each app launched, and then milestones on charts, two years of them."""
    chance = random.Random(2025)
    for ref in refs():
        said = {
            "entity": ref,
            "name": name_of(ref),
            "description": f"{name_of(ref)}, as the {ref.partition(':')[0]}s go.",
        }
        yield Entry("entity.described", date(2022, 1, 1), ref, said, f"First seen as {ref}.")
    for number in range(APPS):
        said = {"app": app(number), "developer": organisation(number % ORGANISATIONS)}
        day = date(2023, 1, 1) + timedelta(days=number % 300)
        yield Entry("app.launched", day, app(number), said, f"Launch number {number}.")
    left = EVENTS - len(list(refs())) - APPS
    for number in range(left):
        one, rank = app(chance.randrange(APPS)), chance.randint(1, 200)
        said = {"app": one, "chart": chart(chance.randrange(CHARTS)), "rank": rank}
        yield Entry("chart.milestone", _FIRST + timedelta(days=number * 700 // left), one, said, f"Entry {number}.")


def refs() -> Iterator[str]:
    yield from map(chart, range(CHARTS))
    yield from map(organisation, range(ORGANISATIONS))
    yield from map(app, range(APPS))


def chart(number: int) -> str:
    return f"chart:store-{number:02}-top-free-apps"


def organisation(number: int) -> str:
    return f"organisation:maker-{number:03}"


def app(number: int) -> str:
    return f"app:assistant-{number:04}"


def name_of(ref: str) -> str:
    return ref.partition(":")[2].replace("-", " ").title()


def headline_of(entry: Entry) -> str:
    match entry.kind:
        case "entity.described":
            return f"{entry.entity} is called {name_of(entry.entity)}"
        case "app.launched":
            return f"{name_of(entry.data['developer'])} launched {name_of(entry.entity)}"
        case _:
            return f"{name_of(entry.entity)} was number {entry.data['rank']} on {name_of(entry.data['chart'])}"


def fill_ours(timelines: Timelines) -> None:
    kinds = Kinds.of(shipped)
    timelines.create(SLUG, "The world", "What all contenders answer from.")
    events: list[New] = [
        new_event(
            kinds,
            {
                "id": str(_id(number)),
                "kind": entry.kind,
                "occurred": entry.day.isoformat(),
                "data": entry.data,
                "note": entry.note,
                "sources": [{"url": f"https://charts.example.com/{entry.day}/{number}", "publisher": "The Observer"}],
            },
        )
        for number, entry in enumerate(entries())
    ]
    for start in range(0, len(events), BATCH):
        timelines.append(SLUG, events[start : start + BATCH])


def fill_theirs(engine: Engine) -> None:
    """The same as rows."""
    SQLModel.metadata.create_all(engine, tables=[Entity.__table__, Event.__table__])  # type: ignore[attr-defined]
    numbers = {ref: number for number, ref in enumerate(refs(), 1)}
    entities = [
        {
            "id": number,
            "ref": ref,
            "kind": ref.partition(":")[0],
            "name": name_of(ref),
            "description": f"{name_of(ref)}, as the {ref.partition(':')[0]}s go.",
        }
        for ref, number in numbers.items()
    ]
    events = [
        {
            "position": position,
            "event_id": _id(position - 1),
            "kind": entry.kind,
            "occurred": entry.day,
            "recorded_at": datetime.fromtimestamp(RECORDED / 1000, UTC),
            "headline": headline_of(entry),
            "note": entry.note,
            "rank": entry.data.get("rank"),
            "entity_id": numbers[entry.entity],
            "chart_id": numbers.get(entry.data.get("chart", "")),
            "developer_id": numbers.get(entry.data.get("developer", "")),
        }
        for position, entry in enumerate(entries(), 1)
    ]
    with Session(engine) as session:
        session.execute(insert(Entity), entities)
        for start in range(0, len(events), BATCH):
            session.execute(insert(Event), events[start : start + BATCH])
        session.commit()


def _id(number: int) -> UUID:
    return UUID(int=number + 1, version=4)
