"""The Celery application: small idempotent sweeps fired by one beat with a static schedule."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")

app = Celery("groupcare")
app.config_from_object("django.conf:settings", namespace="CELERY")
# One queue, named alike on every broker.
app.conf.task_default_queue = "default"
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Leave the logging to the settings: with a receiver here, Celery sets up none of its own."""
    import django

    django.setup()


@worker_process_init.connect
def close_pools(**_: Any) -> None:
    """Close the database pools that a forked worker inherited: two processes must not share a socket (F14)."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
