"""The agreements' part of one person's record: each act with the version and the hash of the text."""

import json

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds.wording import shipped
from consent.models import Act
from groupcare.practice.records import Entry, Fact, Scope
from groupcare.vault import unlock

COVERS = ("consent.Act",)
#: Evidence that no person typed; anything else is searched for the names of others.
BY_MACHINE = frozenset(
    {"at_utc", "language", "read_at", "signature_form", "signer_zone", "step_up", "text_sha256", "version_number"}
)


def _moment(value: object) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M %Z") if value else ""  # type: ignore[arg-type]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def acts(scope: Scope) -> list[Entry]:
    """Return what the person did about each agreement of this group, in order, with the evidence kept of it."""
    found = list(
        Act.objects.filter(subject__in=scope.people, group_id=scope.group_id)
        .select_related("document", "version")
        .defer("version__clauses", "version__summary")
        .order_by("at", "pk")
    )
    unlock(found)
    entries = []
    for act in found:
        facts = [
            Fact(_("Agreement"), shipped(act.document.kind, act.version.language).title),
            Fact(_("Version"), f"{act.version.number} ({act.version.language})"),
            Fact(_("What was done"), str(act.get_act_display())),
            Fact(_("When"), _moment(act.at)),
            Fact(_("Good until"), _moment(act.valid_until)),
            Fact(_("Hash of the text (SHA-256)"), act.version.text_sha256),
        ]
        # All of the evidence, in its own technical names: what was kept is given, not a choice of it.
        facts += [
            Fact(name, _plain(value), free=name not in BY_MACHINE) for name, value in sorted(act.evidence.items())
        ]
        entries.append(Entry(_("Answer to an agreement"), tuple(fact for fact in facts if fact.text)))
    return entries
