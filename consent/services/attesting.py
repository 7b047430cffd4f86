"""What recording an answer given on paper or by voice has in common: who answers, which words, and on which day."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consent.kinds import load_kind
from consent.models import Act, ActKind, DocumentVersion
from consent.permissions import ACT, check_can_record
from consent.selectors import Answerer, answerers, last_valid_answer, version_for_place
from consent.services.ledger import lock_document_of
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groups.localtime import practice_zone, today_in


def found(
    group_id: UUID, membership_id: UUID, version_id: UUID, action: str, *, by: Person, signer_id: UUID | None = None
) -> tuple[Answerer, DocumentVersion]:
    """Return who answers and the version, with its document locked.

    Args:
        group_id: the group.
        membership_id: the place of the member that it is about.
        version_id: a version of the group, or of a paper made out for this member.
        action: what is tried, for the trail.
        by: who writes it down.
        signer_id: the guardian who answered; the member, or the only one who can answer, if not given.

    Raises:
        Refused: no such place or version, ``by`` does not work with the group, or the signer does not answer this kind.
        ValidationError: several guardians answer, and none is named.
    """
    lock_document_of(version_id)
    place = check_can_record(by, group_id, membership_id, action)
    version = version_for_place(place, version_id, action)
    people = answerers(place).of(load_kind(version.document.kind))
    if signer_id is None and len(people) > 1 and not people[0].line.is_own:
        raise ValidationError({"signer": _("Choose who answered.")})
    chosen = next((one for one in people if signer_id in (None, one.person.pk)), None)
    if chosen is None:
        raise Refused(action, ACT, signer_id or place.person_id)
    return chosen, version


def again(before: Act | None, act: ActKind, version: DocumentVersion, day: date) -> Act | None:
    """Return the latest answer if it is this very one, as after a second press."""
    if before is None or (before.act, before.version_id, before.dated_on) != (act, version.pk, day):
        return None
    return before


def day_problem(version: DocumentVersion, day: date, field: str, *, may_be_older: bool = False) -> dict[str, str]:
    """Return what is wrong with a day, by the name of its field; nothing if it will do."""
    if day > today_in(practice_zone()):
        return {field: _("Choose a day that has come already.")}
    if not may_be_older and day < version.published_at.astimezone(practice_zone()).date():
        return {field: _("This version was not published yet on that day.")}
    return {}


# Answers that are no promise. Written down after one of these, a promise needs a later day.
_NO = (ActKind.DECLINED, ActKind.WITHDRAWN, ActKind.TALK_FIRST)


def check_is_later(version: DocumentVersion, who: Answerer, day: date, *, promise: bool = True) -> None:
    """Refuse to put an older answer before a newer one, and a promise on the very day of a no.

    An answer that was found not valid, and that finding itself, count for nothing here: the day is compared with that
    of the last answer before them. Which of two answers of one day came first, a day cannot say; so a no stands.

    Args:
        version: what is answered.
        who: who answers.
        day: the day that is written down.
        promise: whether it is a promise that is written down.

    Raises:
        InvalidTransition: the person answered on a later day, or said no on that day.
    """
    last = last_valid_answer(version.document_id, who.line)
    if last is None:
        return
    answered = last.dated_on or last.at.astimezone(practice_zone()).date()
    if day < answered:
        raise InvalidTransition(_("The person has answered after that day. Their later answer counts."))
    if promise and day == answered and last.act in _NO:
        raise InvalidTransition(
            _(
                "On that day the person said no, took it back or asked to talk. That counts. Write down a promise of a"
                " later day, or let them sign themselves."
            )
        )
