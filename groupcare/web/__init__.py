"""The web room; see its modules."""
