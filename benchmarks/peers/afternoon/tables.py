"""Two tables: entities, and the events that name them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index
from sqlmodel import Field, SQLModel


class Entity(SQLModel, table=True):
    __tablename__ = "entity"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    kind: str
    name: str
    description: str


class Event(SQLModel, table=True):
    __tablename__ = "event"
    __table_args__ = (
        Index("event_order", "occurred", "position"),
        Index("event_of_entity", "entity_id", "occurred", "position"),
        Index("event_of_chart", "entity_id", "chart_id", "occurred"),
    )

    position: int | None = Field(default=None, primary_key=True)
    event_id: UUID
    kind: str
    occurred: date
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))  # type: ignore[call-overload]
    headline: str
    note: str
    rank: int | None = None
    entity_id: int = Field(foreign_key="entity.id")
    chart_id: int | None = Field(default=None, foreign_key="entity.id")
    developer_id: int | None = Field(default=None, foreign_key="entity.id")
