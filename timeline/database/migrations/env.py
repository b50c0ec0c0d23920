"""Runs the migrations on the connection that `timeline.database.migrate` hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
