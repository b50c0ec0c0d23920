"""What is derived from the log in the append's own transaction: when things occurred, who is named, and how."""
