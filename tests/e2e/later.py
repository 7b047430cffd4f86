"""Runs one sweep of a running practice at a later hour: ``python -m tests.e2e.later <name of the sweep> <hours>``.

The product has no switch that shortens a wait, and what was written cannot be made older. So this process alone
lives later; it does what the worker will do then, on the same data.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main(name: str, hours: int) -> None:
    """Run the sweep ``name`` as if ``hours`` had passed."""
    import django

    from groupcare.celery import app

    django.setup()
    app.loader.import_default_modules()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
        app.tasks[name]()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")
    main(sys.argv[1], int(sys.argv[2]))
