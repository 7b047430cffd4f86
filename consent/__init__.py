"""The consent app; see its modules."""
