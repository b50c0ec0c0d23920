"""What is derived from the log in the append's own transaction: when events occurred, facts, names, and words."""
