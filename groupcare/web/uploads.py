"""Uploads stay in memory: a file of a person must never lie in clear in a temporary folder."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

# One byte more than the largest file that a form of ours takes (10 MB), so that the form sees that it is too large.
KEPT = 10 * 1024 * 1024 + 1


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Keeps at most ``KEPT`` bytes of a request's files and counts the rest without keeping it."""

    kept = 0

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take every upload, however large it says it is."""
        super().handle_raw_input(*args, **kwargs)
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what fits."""
        room = max(KEPT - self.kept, 0)
        self.kept += min(len(raw_data), room)
        super().receive_data_chunk(raw_data[:room], start)
