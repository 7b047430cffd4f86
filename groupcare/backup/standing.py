"""What the practice knows of its backups: from the trail, in one query."""

from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groupcare.audit.models import TrailEvent
from groupcare.backup import container, keyfile, recovery
from groupcare.backup.making import ELSEWHERE
from groupcare.practice.ports import Precaution, register_precaution
from groupcare.practice.selectors import find_practice
from groupcare.web.context import current_request_id

# Source: SEC-73, backups at most 48 hours old.
OLDEST = timedelta(hours=48)
# Our choice: a drill costs minutes, and a quarter is how long a habit survives without it.
DRILL_EVERY = timedelta(days=92)
_PAGE = "backup:recovery"


class Known(NamedTuple):
    """The last event of one kind: when, and the words that the trail keeps of it."""

    at: datetime
    purpose: str
    result: str


_of_request: ContextVar[tuple[str, dict[str, Known]] | None] = ContextVar("groupcare_backups", default=None)


def known() -> dict[str, Known]:
    """Return the last event by what it was about (data, keys, sheet, drill); one query a request."""
    request_id, kept = current_request_id(), _of_request.get()
    if request_id and kept is not None and kept[0] == request_id:
        return kept[1]
    last: dict[str, Known] = {}
    events = TrailEvent.objects.filter(object_type="backup").exclude(result__in=("refused", "made"))
    for row in events.values("object_id", "purpose", "result").annotate(last=Max("at")):
        before = last.get(row["object_id"])
        if before is None or before.at < row["last"]:
            last[row["object_id"]] = Known(row["last"], row["purpose"], row["result"])
    if request_id:
        _of_request.set((request_id, last))
    return last


def has_fresh_backups() -> bool:
    """Return whether the data was backed up within 48 hours and the keys since they last changed."""
    data, keys = known().get(container.DATA), known().get(container.KEYS)
    return data is not None and _is_fresh(data) and keys is not None and keys.at.timestamp() >= _keys_changed()


def lies_apart() -> bool:
    """Return whether keys and data lie in places of their own and both last backups went to another disk."""
    last = [known().get(kind) for kind in (container.DATA, container.KEYS)]
    return not _keys_below_data() and all(one is not None and one.purpose == ELSEWHERE for one in last)


def has_sheet() -> bool:
    """Return whether a recovery sheet was typed back and still counts."""
    return recovery.current() is not None


def drilled() -> bool:
    """Return whether the last drill passed and is not older than a quarter."""
    last = known().get("drill")
    return last is not None and last.result == "done" and timezone.now() - last.at <= DRILL_EVERY


def health() -> str | None:
    """Return None while the last backup of the data is at most 48 hours old, or before the first one."""
    data = known().get(container.DATA)
    return None if data is None or _is_fresh(data) else "backup.older_than_48_hours"


def register() -> None:
    """Show the four precautions on the page of the first run, in the order in which they are taken."""
    for precaution in (
        Precaution("recovery_sheet", _SHEET, lazy(_why_sheet, str)(), has_sheet, _PAGE),
        Precaution("backup", _BACKUP, lazy(_why_backup, str)(), has_fresh_backups),
        Precaution("backup_apart", _APART, lazy(_why_apart, str)(), lies_apart),
        Precaution("drill", _DRILL, lazy(_why_drill, str)(), drilled),
    ):
        register_precaution(precaution)


_SHEET = gettext_lazy("Print the recovery sheet and type its code back.")
_BACKUP = gettext_lazy("Back up data and keys at least every 48 hours.")
_APART = gettext_lazy("Keep the backups on other disks, data and keys apart.")
_DRILL = gettext_lazy("Try whether the backups can be restored.")


def _why_sheet() -> str:
    sheet = known().get("sheet")
    why = _("Only its code opens the backup of the keys. Without it a lost disk takes every record with it.")
    if sheet is None:
        return why
    return " ".join([why, _("Typed back: %(when)s.") % {"when": _when(sheet.at)}])


def _why_backup() -> str:
    data, keys = known().get(container.DATA), known().get(container.KEYS)
    parts = [_("On the server: make backup.")]
    parts.append(_("Last backup of the data: %(when)s.") % {"when": _when(data.at if data else None)})
    parts.append(_("Last backup of the keys: %(when)s.") % {"when": _when(keys.at if keys else None)})
    if keys and keys.at.timestamp() < _keys_changed():
        parts.append(_("The keys have changed since."))
    return " ".join(parts)


def _why_apart() -> str:
    if _keys_below_data():
        return _("The keys lie below the data. Set GROUPCARE_KEYS_DIR to another place.")
    return _(
        "Whoever finds data and keys together can read. GroupCare sees whether the last backups went to another disk "
        "than the practice; whether the two are kept in different rooms only you can see."
    )


def _why_drill() -> str:
    last = known().get("drill")
    parts = [_("On the server: make drill. It restores into an empty place, measures it and changes nothing.")]
    if last is None:
        parts.append(_("No drill so far."))
    elif last.result == "done":
        parts.append(_("Last drill: passed, %(when)s.") % {"when": _when(last.at)})
    else:
        parts.append(_("Last drill: failed, %(when)s. Run it again and read what it says.") % {"when": _when(last.at)})
    return " ".join(parts)


def _is_fresh(one: Known) -> bool:
    return timezone.now() - one.at <= OLDEST


def _keys_changed() -> float:
    return keyfile.newest_change()


def _keys_below_data() -> bool:
    keys, data = Path(settings.KEYS_DIR).resolve(), Path(settings.DATA_DIR).resolve()
    return keys.is_relative_to(data) or data.is_relative_to(keys)


def _when(at: datetime | None) -> str:
    if at is None:
        return _("never")
    practice = find_practice()
    zone = ZoneInfo(practice.time_zone) if practice else None
    return date_format(timezone.localtime(at, zone), "j M Y, H:i T")
