"""The groups app; see its modules."""
