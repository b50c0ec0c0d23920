"""`python -m benchmarks.peers.afternoon.server ADDRESS`: serves GraphQL on a free port, which it prints."""

import socket
import sys
from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
import uvicorn
from sqlalchemy import Engine, tuple_
from sqlmodel import Session, col, create_engine, select
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from benchmarks.peers.afternoon import tables


class Context(dict[str, Any]):
    """A session and the loaders of one request."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.entities: DataLoader[int, tables.Entity] = DataLoader(self._entities)
        self.events: DataLoader[tuple[int, int], list[tables.Event]] = DataLoader(self._events)
        self.milestones: DataLoader[tuple[int, int, date], list[tables.Event]] = DataLoader(self._milestones)
        self.launches: DataLoader[tuple[int, date], tables.Event | None] = DataLoader(self._launches)

    async def _entities(self, ids: list[int]) -> list[Any]:
        found = self.session.exec(select(tables.Entity).where(col(tables.Entity.id).in_(ids)))
        by_id = {each.id: each for each in found}
        return [by_id.get(each) for each in ids]

    async def _events(self, keys: list[tuple[int, int]]) -> list[list[tables.Event]]:
        """The last ones of each entity."""
        found = []
        for entity, first in keys:
            newest = (col(tables.Event.occurred).desc(), col(tables.Event.position).desc())
            where = tables.Event.entity_id == entity
            found.append(list(self.session.exec(select(tables.Event).where(where).order_by(*newest).limit(first))))
        return found

    async def _milestones(self, keys: list[tuple[int, int, date]]) -> list[list[tables.Event]]:
        pairs = {(entity, chart) for entity, chart, _ in keys}
        columns = tuple_(col(tables.Event.entity_id), col(tables.Event.chart_id))
        statement = select(tables.Event).where(columns.in_(pairs), tables.Event.occurred <= max(at for *_, at in keys))
        found = defaultdict(list)
        for event in self.session.exec(statement.order_by(col(tables.Event.occurred), col(tables.Event.position))):
            found[event.entity_id, event.chart_id].append(event)
        return [[each for each in found[entity, chart] if each.occurred <= at] for entity, chart, at in keys]

    async def _launches(self, keys: list[tuple[int, date]]) -> list[tables.Event | None]:
        entities = {entity for entity, _ in keys}
        statement = select(tables.Event).where(
            col(tables.Event.entity_id).in_(entities), tables.Event.kind == "app.launched"
        )
        found = {event.entity_id: event for event in self.session.exec(statement)}
        return [event if (event := found.get(entity)) and event.occurred <= at else None for entity, at in keys]


@strawberry.type
class App:
    """An entity at a date."""

    row: strawberry.Private[tables.Entity]
    at: strawberry.Private[date]

    @strawberry.field
    def ref(self) -> str:
        return self.row.ref

    @strawberry.field
    def name(self) -> str:
        return self.row.name

    @strawberry.field
    def description(self) -> str:
        return self.row.description

    @strawberry.field
    async def launched(self, info: Info) -> date | None:
        event = await info.context.launches.load((self.row.id, self.at))
        return event.occurred if event else None

    @strawberry.field
    async def developer(self, info: Info) -> "App | None":
        event = await info.context.launches.load((self.row.id, self.at))
        return App(row=await info.context.entities.load(event.developer_id), at=self.at) if event else None

    @strawberry.field
    async def rank(self, info: Info, chart: int) -> int | None:
        events = await info.context.milestones.load((self.row.id, chart, self.at))
        return events[-1].rank if events else None

    @strawberry.field
    async def best_rank(self, info: Info, chart: int) -> int | None:
        events = await info.context.milestones.load((self.row.id, chart, self.at))
        return min((each.rank for each in events), default=None)

    @strawberry.field
    async def events(self, info: Info, first: int = 50) -> "list[Event]":
        return [Event.of(each) for each in await info.context.events.load((self.row.id, first))]


@strawberry.type
class Event:
    event_id: UUID
    kind: str
    position: int
    headline: str
    note: str
    recorded_at: datetime
    occurred: date
    rank: int | None
    entity_id: strawberry.Private[int]

    @classmethod
    def of(cls, row: tables.Event) -> "Event":
        assert row.position is not None
        return cls(
            event_id=row.event_id,
            kind=row.kind,
            position=row.position,
            headline=row.headline,
            note=row.note,
            recorded_at=row.recorded_at,
            occurred=row.occurred,
            rank=row.rank,
            entity_id=row.entity_id,
        )

    @strawberry.field
    async def entity(self, info: Info) -> App:
        return App(row=await info.context.entities.load(self.entity_id), at=date.max)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Page:
    nodes: list[Event]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    def events(self, info: Info, first: int = 50, after: str | None = None) -> Page:
        """The newest first."""
        order = col(tables.Event.occurred), col(tables.Event.position)
        statement = select(tables.Event).order_by(*(column.desc() for column in order)).limit(first + 1)
        if after:
            occurred, _, position = after.partition(" ")
            statement = statement.where(tuple_(*order) < (date.fromisoformat(occurred), int(position)))
        rows = info.context.session.exec(statement).all()
        shown = rows[:first]
        end = f"{shown[-1].occurred} {shown[-1].position}" if shown else None
        return Page(
            nodes=[Event.of(each) for each in shown],
            page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end),
        )

    @strawberry.field
    def entities(self, info: Info, refs: list[str], at: date) -> list[App]:
        found = info.context.session.exec(select(tables.Entity).where(col(tables.Entity.ref).in_(refs)))
        by_ref = {each.ref: each for each in found}
        return [App(row=by_ref[ref], at=at) for ref in refs]


class View(GraphQL[Context, None]):
    def __init__(self, engine: Engine) -> None:
        super().__init__(strawberry.Schema(Query))
        self._engine = engine

    async def get_context(self, request: Any, response: Any) -> Context:
        return Context(Session(self._engine))

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:
        context = await self.get_context(request, None)
        with context.session:
            return await super().run(request, context, root_value)


def serve(address: str) -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(100)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/graphql", flush=True)
    app = Starlette(routes=[Route("/graphql", View(create_engine(address)))])
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])


if __name__ == "__main__":
    serve(sys.argv[1])
