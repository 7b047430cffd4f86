"""The practice room; see its modules."""
