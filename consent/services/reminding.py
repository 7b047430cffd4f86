"""Reminding one person of one document with one click: once a day, in the neutral words of every prompt."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from consent.permissions import check_can_record
from consent.selectors import Answer, standings
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.ports import Link
from groupcare.outbox.services import Draft, queue_many
from groups.localtime import practice_zone, today_in


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many were written to now, and how many today already; those without a sign-in are served on paper."""

    written: int
    already: int
    without_sign_in: int


@unit_of_work()
def remind(*, group_id: UUID, membership_id: UUID, document_id: UUID, by: Person) -> Reminded:
    """Write once to everybody whose signature under a document is owed for the member of a place.

    The same click on the same day writes nothing more: the message is known by person, document and day.

    Raises:
        Refused: absent, not asked of this person, or ``by`` may not write about the group.
        InvalidTransition: nothing is owed: it is in order, or somebody chose otherwise and gets a talk.
    """
    place = check_can_record(by, group_id, membership_id, "agreement.remind")
    standing = standings(None, [group_id], [place.person_id])[group_id, place.person_id]
    answers = [one for one in standing.answers if one.rule.document_id == document_id]
    if not answers:
        raise Refused("agreement.remind", "consent.Document", document_id)
    owed = {slot.signer_id: one for one in answers for slot in one.owed}
    if not owed:
        raise InvalidTransition(_("Nothing to remind of: it is in order, or somebody chose to talk or to say no."))
    people = Person.objects.filter(pk__in=owed, user__isnull=False, user__is_active=True).values_list("pk", flat=True)
    day = today_in(practice_zone())
    drafts = [_draft(pk, owed[pk], f"remind:{document_id}:{pk}:{day}") for pk in people]
    written = queue_many(drafts)
    record("agreement.remind", object_type="consent.Document", object_id=document_id)
    return Reminded(written, len(drafts) - written, len(owed) - len(drafts))


def _draft(person_id: UUID, answer: Answer, key: str) -> Draft:
    rule = answer.rule
    return Draft(
        recipient_id=person_id, kind="agreement_waiting", key=key, link=Link("agreement", rule.document_id, rule.number)
    )
