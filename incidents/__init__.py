"""The incidents app; see its modules."""
