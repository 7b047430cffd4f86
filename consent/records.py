"""The agreements' part of one person's record: each act with the version and the hash of the text.

With them who decides for a young person, and what was filled into a paper made out for somebody.
"""

import json

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds.wording import shipped
from consent.models import (
    Act,
    ActKind,
    AgreementQuestion,
    ConsentBasis,
    EsignConsent,
    GateOverride,
    GuardianLink,
    KioskHandover,
    Particulars,
    TeachBack,
)
from groupcare.practice.records import Entry, Fact, Scope
from groupcare.vault import unlock

COVERS = (
    "consent.Act",
    "consent.AgreementQuestion",
    "consent.AgreementReply",
    "consent.ConsentBasis",
    "consent.Document",
    "consent.EsignConsent",
    "consent.GateOverride",
    "consent.GuardianLink",
    "consent.KioskHandover",
    "consent.Particulars",
    "consent.SpokenAgreement",
    "consent.TeachBack",
)
#: Evidence that no person typed; anything else is searched for the names of others.
BY_MACHINE = frozenset(
    {
        "at_utc",
        "body_sha256",
        "device",
        "drawing",
        "esign",
        "handover",
        "in_person",
        "language",
        "network_address",
        "presented_at",
        "questions_asked",
        "read_at",
        "reviewed_at",
        "scrolled_to_end_at",
        "session_sha256",
        "shown_at",
        "signature_form",
        "signer_zone",
        "staff_id",
        "step_up",
        "teach_back",
        "text_sha256",
        "version_number",
    }
)


def _moment(value: object) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M %Z") if value else ""  # type: ignore[arg-type]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def acts(scope: Scope) -> list[Entry]:
    """Return what the person did about each agreement of this group, in order, with the evidence kept of it.

    What a guardian answered about a young person is in it from the day on which the young person is of age, as on
    their own pages.
    """
    basis = ConsentBasis.objects.filter(person=OuterRef("subject")).order_by("-decided_at", "-pk")
    is_of_age = Coalesce(Subquery(basis.values("decides")[:1]), Value(ConsentBasis.Decides.ADULT))
    found = list(
        Act.objects.filter(subject__in=scope.people, group_id=scope.group_id)
        .annotate(said=is_of_age)
        .filter(Q(signer__in=scope.people) | Q(said=ConsentBasis.Decides.ADULT))
        .select_related("document", "version", "spoken")
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
        facts += _spoken(act)
        entries.append(Entry(_("Answer to an agreement"), tuple(fact for fact in facts if fact.text)))
    return entries


def _spoken(act: Act) -> list[Fact]:
    """Return what the record of an agreement made aloud adds to the act; nothing for any other answer."""
    if act.act != ActKind.AGREED_ALOUD:
        return []
    kept = getattr(act, "spoken", None)
    if kept is None:
        # Made before the record of its own was kept.
        return [Fact(_("To be followed up in writing by"), _("not recorded"))]
    said = [Fact(name, _plain(value), free=True) for name, value in sorted(kept.said.items())]
    return [
        Fact(_("Where it was said"), str(kept.get_modality_display())),
        Fact(_("Check sum of the text that was read aloud (SHA-256)"), kept.script_sha256),
        Fact(_("To be followed up in writing by"), kept.follow_up_on.isoformat()),
        *said,
    ]


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
                    Fact(_("Name"), one.named_as or "", free=True),
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


def overrides(scope: Scope) -> list[Entry]:
    """Return when one who leads let the person in although something was missing, and why, in order."""
    found = list(GateOverride.objects.filter(person__in=scope.people, group=scope.group_id).order_by("at", "pk"))
    unlock(found)
    return [
        Entry(
            _("Let in without a promise"),
            (
                Fact(_("When"), _moment(one.at)),
                Fact(_("Good until"), _moment(one.until)),
                Fact(_("On what grounds"), one.reason, free=True),
            ),
        )
        for one in found
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


def ceremonies(scope: Scope) -> list[Entry]:
    """Return what went with the answers in this group: the yes to a screen, what was understood and asked, devices."""
    said = EsignConsent.objects.filter(person__in=scope.people).order_by("at", "pk")
    tried = TeachBack.objects.filter(subject__in=scope.people, version__group=scope.group_id).order_by("at", "pk")
    handed = KioskHandover.objects.filter(person__in=scope.people, group=scope.group_id).order_by("began_at", "pk")
    asked = list(
        AgreementQuestion.objects.filter(person__in=scope.people, group=scope.group_id)
        .select_related("reply")
        .order_by("at", "pk")
    )
    unlock(asked, [one.reply for one in asked if hasattr(one, "reply")])
    return [
        *(
            _entry(_("Reading and signing on a screen"), (_("What was said"), one.get_answer_display()), one.at)
            for one in said
        ),
        *(_entry(_("Short question about an agreement"), (one.question, one.chosen), one.at) for one in tried),
        *(_asked(one) for one in asked),
        *(_entry(_("Device handed over"), (_("Until"), _moment(one.expires_at)), one.began_at) for one in handed),
    ]


def _entry(title: str, fact: tuple[str, str], at: object) -> Entry:
    return Entry(title, (Fact(fact[0], fact[1]), Fact(_("When"), _moment(at))))


def _asked(one: AgreementQuestion) -> Entry:
    facts = [Fact(_("Question"), one.words, free=True), Fact(_("When"), _moment(one.at))]
    if hasattr(one, "reply"):
        facts += [Fact(_("Answer"), one.reply.words, free=True), Fact(_("Answered"), _moment(one.reply.replied_at))]
    return Entry(_("Question about an agreement"), tuple(facts))


def everything(scope: Scope) -> list[Entry]:
    """Return the whole part: answers, what went with them, who decides, overrides, and papers."""
    return [*acts(scope), *ceremonies(scope), *deciders(scope), *overrides(scope), *papers(scope)]
