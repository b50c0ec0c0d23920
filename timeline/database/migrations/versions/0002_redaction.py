"""Redaction: a record's content and salt may go, once a redaction of it is recorded."""

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "redaction",
        sa.Column("timeline_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("redaction", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["timeline_id", "position"], ["record.timeline_id", "record.position"]),
        sa.ForeignKeyConstraint(["timeline_id", "redaction"], ["record.timeline_id", "record.position"]),
    )
    op.create_index("redaction_order", "redaction", ["timeline_id", "redaction"])
    backend = context.config.attributes["backend"]
    for statement in (*backend.append_only("redaction", "position"), *backend.redactable()):
        op.execute(statement)
