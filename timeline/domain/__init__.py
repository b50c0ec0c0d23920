"""What events, entities and dates are. Standard library only, no I/O."""
