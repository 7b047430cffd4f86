"""What is shown on one database because it is the same on both."""

import os

import pytest


def on_sqlite(reason: str) -> pytest.MarkDecorator:
    """Return a mark that leaves a slow test out on PostgreSQL; ``make deep`` runs it there too."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    return pytest.mark.skipif(on_postgres and not os.environ.get("GROUPCARE_DEEP"), reason=reason)
