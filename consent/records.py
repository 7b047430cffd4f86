"""The agreements' part of one person's record: each act with the version and the hash of the text.

With them who decides for a young person, and what was filled into a paper made out for somebody.
"""

import json

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds.wording import shipped
from consent.models import Act, ConsentBasis, GuardianLink, Particulars
from groupcare.practice.records import Entry, Fact, Scope
from groupcare.vault import unlock

COVERS = ("consent.Act", "consent.ConsentBasis", "consent.Document", "consent.GuardianLink", "consent.Particulars")
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


def deciders(scope: Scope) -> list[Entry]:
    """Return who decides about taking part, and which guardians were recorded, in order; none names another member."""
    bases = list(ConsentBasis.objects.filter(person__in=scope.people).order_by("decided_at", "pk"))
    links = list(GuardianLink.objects.filter(person__in=scope.people).order_by("valid_from", "pk"))
    unlock(bases, links)
    return [
        Entry(
            _("Who decides about taking part"),
            (
                Fact(_("Who decides"), str(one.get_decides_display())),
                Fact(_("When"), _moment(one.decided_at)),
                Fact(_("On what grounds"), one.grounds, free=True),
            ),
        )
        for one in bases
    ] + [
        Entry(
            _("Guardian"),
            tuple(
                fact
                for fact in (
                    Fact(_("Relationship"), str(one.get_relationship_display())),
                    Fact(_("Authority"), str(one.get_authority_display())),
                    Fact(_("What was seen of it"), one.evidence, free=True),
                    Fact(_("From"), _moment(one.valid_from)),
                    Fact(_("Ended"), _moment(one.ended_at)),
                )
                if fact.text
            ),
        )
        for one in links
    ]


def papers(scope: Scope) -> list[Entry]:
    """Return what was filled into the papers made out for the person in this group, in order."""
    found = list(
        Particulars.objects.filter(person__in=scope.people, document__group=scope.group_id)
        .select_related("document")
        .order_by("created_at", "pk")
    )
    unlock(found)
    return [
        Entry(
            _("Paper made out for the person"),
            (
                Fact(_("Agreement"), shipped(one.document.kind, "en").name),
                Fact(_("When"), _moment(one.created_at)),
                *(Fact(name, _plain(value), free=True) for name, value in sorted(one.filled.items())),
            ),
        )
        for one in found
    ]


def everything(scope: Scope) -> list[Entry]:
    """Return the whole part: answers, who decides, and papers."""
    return [*acts(scope), *deciders(scope), *papers(scope)]
