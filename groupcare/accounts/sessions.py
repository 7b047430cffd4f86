"""Sessions in the database (foundation F9), sealed: sign-in steps leave addresses and secrets in them."""

import json
import logging
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from groupcare.vault import DecryptionError, open_text, seal_text

logger = logging.getLogger(__name__)
LABEL = "accounts.session"


class SessionStore(DatabaseStore):
    """Django's database sessions with the content sealed and bound to the session's key."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the sealed content."""
        text = json.dumps(session_dict, separators=(",", ":"))
        return seal_text(LABEL, text, row=self.session_key)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the content; one that cannot be read is nobody's session, and is logged."""
        sealed = session_data.decode() if isinstance(session_data, bytes) else session_data
        try:
            found: dict[str, Any] = json.loads(open_text(LABEL, sealed, row=self.session_key))
        except DecryptionError:
            logger.warning("session.unreadable")
            return {}
        return found
