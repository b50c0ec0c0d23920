"""The log: timelines, heads and records, which the database refuses to change."""

import sqlalchemy as sa
from alembic import context, op

from timeline.database.columns import Key

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", Key, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "head",
        sa.Column("timeline_id", sa.Integer, sa.ForeignKey("timeline.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger),
        sa.Column("hash", sa.LargeBinary),
    )
    op.create_table(
        "record",
        sa.Column("timeline_id", sa.Integer, sa.ForeignKey("timeline.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("record_event", "record", ["timeline_id", "event_id"], unique=True)
    op.create_index("record_recorded", "record", ["timeline_id", "recorded_at"])
    for statement in context.config.attributes["backend"].append_only("record", "position", "event_id"):
        op.execute(statement)
