"""The append-only log: records in position order, each bound to the one before it."""
