"""Who decides for a young person: the basis, and the guardians with what was seen of their authority."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import ConsentBasis, GuardianLink, SignersPolicy
from consent.permissions import GUARDIAN_LINK, place_to_decide
from consent.selectors import decides_for, guardian_links
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.accounts.services import create_person, invite
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.ports import Link
from groupcare.outbox.services import queue
from groupcare.practice.selectors import practice
from groups.models import Facilitation, Membership
from groups.services.people import person_at

# As long as a person's used name may be, so that a name does for a new person and for one who is known alike.
LONGEST_GUARDIANS_NAME = 120


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """A guardian as those who run the group write them down. Without an address they answer on paper or by voice."""

    used_name: str
    relationship: str
    authority: str
    evidence: str
    email: str = ""


@unit_of_work()
def decide_who_decides(
    *, group_id: UUID, membership_id: UUID, decides: str, guardians: str, grounds: str, by: Person
) -> ConsentBasis:
    """Keep who decides about taking part for the person of a place, in all their groups; the latest row holds.

    Whoever is of age has no guardians any more: their links end in the same moment, and what guardians signed stays
    in the ledger as history. Source: consent reference, b.7 ("ends guardian access that day").

    Args:
        group_id: the group.
        membership_id: the place.
        decides: a value of ``ConsentBasis.Decides``.
        guardians: how several guardians' answers are joined, a value of ``SignersPolicy``.
        grounds: the law and what was seen.
        by: who manages the group.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        ValidationError: no grounds, or an unknown value.
    """
    place = place_to_decide(by, group_id, membership_id, "consent_basis.decide", lock=True)
    basis = ConsentBasis(
        person_id=place.person_id, decides=decides, guardians=guardians, grounds=grounds.strip(), decided_by=by
    )
    basis.full_clean(exclude=["person", "decided_by"])
    basis.save(force_insert=True)
    record("consent_basis.decide", object_type="consent.ConsentBasis", object_id=basis.pk)
    if decides == ConsentBasis.Decides.ADULT:
        for link in guardian_links().select_for_update(no_key=True).filter(person_id=place.person_id).order_by("pk"):
            _end(link, by)
    return basis


@unit_of_work()
def name_guardian(*, group_id: UUID, membership_id: UUID, guardian: NewGuardian, by: Person) -> GuardianLink:
    """Keep that somebody may answer for the young person of a place, and write to them once if there is an address.

    A person the practice knows by this address gets a neutral notice, anyone else an invitation; the caller sees the
    same either way, and on every page from then on the name that they wrote here, never the one the practice knows. So
    a name is asked for with an address too. Whose answer does not count under a court order is not asked for one, so
    gets no notice.

    Nobody who runs the group is a guardian in it (our choice, because whoever holds the group's confidence would then
    decide against it, and would read as a guardian what they know as one who leads). What is said of an address is
    only that it is in this group, where ``by`` sees everybody anyway.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        ValidationError: no evidence, no name or too long a one, it is the young person themselves, they are named
            already, or they run this group.
    """
    place = place_to_decide(by, group_id, membership_id, "guardian.name", lock=True)
    name = _name_of(guardian)
    person = person_at(guardian.email) if guardian.email else None
    if person is not None and person.pk == place.person_id:
        raise ValidationError({"email": _("This is the address of the young person. A guardian has their own.")})
    if person is not None and guardian_links().filter(person_id=place.person_id, guardian=person).exists():
        raise ValidationError({"email": _("Somebody with this address is a guardian here already.")})
    if person is not None and _runs(person, place):
        raise ValidationError(
            {"email": _("Somebody who runs this group cannot be a guardian in it. Name another guardian.")}
        )
    known = person or _new_person(name, place, by)
    link = GuardianLink(
        person_id=place.person_id,
        guardian=known,
        named_as=name,
        relationship=guardian.relationship,
        authority=guardian.authority,
        evidence=guardian.evidence.strip(),
        checked_by=by,
    )
    link.full_clean(exclude=["person", "guardian", "checked_by"])
    link.save(force_insert=True)
    record("guardian.name", object_type=GUARDIAN_LINK, object_id=link.pk)
    if guardian.email and (known.login is None or _counts(link)):
        _write(link, known, guardian.email, by)
    return link


def _runs(person: Person, place: Membership) -> bool:
    """Return whether a person helps to run the group of a place, now or from a day to come."""
    running = Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())
    return Facilitation.objects.filter(running, as_one("person", [person.pk]), group_id=place.group_id).exists()


def _counts(link: GuardianLink) -> bool:
    """Return whether the guardian's answer counts: under a court order that of those alone whom it names."""
    basis = decides_for([link.person_id]).get(link.person_id)
    by_order = basis is not None and basis.guardians == SignersPolicy.COURT_ORDER
    return not by_order or link.authority == GuardianLink.Authority.COURT


@unit_of_work()
def end_guardian(*, group_id: UUID, membership_id: UUID, link_id: UUID, by: Person) -> GuardianLink:
    """End a guardian's link now: what they signed counts no more, and they see nothing of it from this moment on.

    Raises:
        Refused: absent, of another young person, or ``by`` does not manage the group.
        InvalidTransition: it has ended already.
    """
    place = place_to_decide(by, group_id, membership_id, "guardian.end", lock=True)
    found = GuardianLink.objects.select_for_update(no_key=True).filter(pk=link_id, person_id=place.person_id).first()
    if found is None:
        raise Refused("guardian.end", GUARDIAN_LINK, link_id)
    if found.ended_at is not None:
        raise InvalidTransition(_("This has ended already."))
    return _end(found, by)


def _end(link: GuardianLink, by: Person) -> GuardianLink:
    link.ended_at, link.ended_by = timezone.now(), by
    link.save(update_fields=["ended_at", "ended_by"])
    record("guardian.end", object_type=GUARDIAN_LINK, object_id=link.pk)
    return link


def _name_of(guardian: NewGuardian) -> str:
    """Return the name as it was written, before any address is looked up: a wrong one says nothing of an address.

    Raises:
        ValidationError: there is none, or it is too long.
    """
    name = guardian.used_name.strip()
    if not name:
        raise ValidationError({"used_name": _("Write the guardian's name.")})
    if len(name) > LONGEST_GUARDIANS_NAME:
        raise ValidationError({"used_name": _("Write a shorter name, of at most 120 letters.")})
    return name


def _new_person(name: str, place: Membership, by: Person) -> Person:
    return create_person(used_name=name, by=by, language=place.group.language, time_zone=practice().time_zone)


def _write(link: GuardianLink, guardian: Person, email: str, by: Person) -> None:
    """Queue one neutral message: a notice for those who sign in, an invitation for all others."""
    if guardian.login is None:
        invite(person=guardian, email=email, by=by, role=None)
        return
    key = f"guardian:{link.pk}"
    queue(recipient=guardian, kind="agreement_waiting", key=key, link=Link("agreements", link.pk, 0))
