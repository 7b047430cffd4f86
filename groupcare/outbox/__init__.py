"""The outbox room: addresses, neutral messages with one recipient each, and their delivery."""
