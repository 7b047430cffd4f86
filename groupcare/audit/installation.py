"""What every ``migrate`` puts in place again: keys of a new installation, triggers, rights, the chain's head."""

import logging
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

from groupcare.audit import grants, keys, triggers
from groupcare.audit.events import GENESIS
from groupcare.audit.models import ChainHead, TrailEvent

log = logging.getLogger(__name__)


def install(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Bring the database to what the code declares; safe to run any number of times."""
    if using != DEFAULT_DB_ALIAS:
        return
    triggers.install()
    if TrailEvent._meta.db_table in connection.introspection.table_names():
        _load_head()
    grants.grant()


def _load_head() -> None:
    """Begin the chain of an empty trail; a trail that lost its head stays as it is, and nothing is written to it."""
    if ChainHead.objects.exists():
        return
    if TrailEvent.objects.exists():
        log.critical("trail.head_missing")
        return
    if not settings.PRODUCTION:
        keys.make_missing()
    ChainHead.objects.create(sequence=0, mac=GENESIS)
