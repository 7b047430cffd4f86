"""The way into a group up to the offer: each step is a row, the newest says where somebody stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.merge_models import as_one, kept_ids
from groupcare.accounts.models import Person
from groupcare.accounts.services import create_person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import queue, set_address
from groupcare.practice.selectors import practice
from groups.enrolment_states import COMPARED, State, Who, may_follow
from groups.models import Enrolment, EnrolmentStep, Membership, TherapyGroup
from groups.permissions import locked_group
from groups.screening import ends, priorities, questions
from groups.selectors.enrolment import ENROLMENT, Opened, get_enrolment, opened_from
from groups.services.overlap import check_group
from groups.services.overlap_checks import ask_check
from groups.services.people import check_can_have_place, check_not_on_the_way, person_at
from groups.services.still_open import check_open_on

#: Letters in one answer or reason. Our choice: a page of a report, not the report.
LONGEST = 2000


def meanwhile() -> str:
    """Return what somebody is told whose page shows a step that is not the newest any more."""
    return _("Somebody took a step here in the meantime. Look at where it stands now.")


@unit_of_work()
def open_enrolment(
    *, group_id: UUID, name: str, by: Person, email: str = "", referred: bool = False, language: str = ""
) -> Enrolment:
    """Keep that somebody asked about a group or was sent to it; nothing is sent to them.

    Args:
        group_id: the group.
        name: what this group calls them.
        by: who manages the group.
        email: where they may be written to; "" for somebody who is called.
        referred: whether somebody else sent them.
        language: of pages and messages; that of the group when left out.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: they have a place or are on their way already, the address is none, or the group has ended.
    """
    group = locked_group(by, group_id, Right.MANAGE_GROUP, "enrolment.open")
    check_open_on(group)
    called = " ".join(name.split())
    if not called:
        raise ValidationError({"name": _("Write what to call them.")})
    known = person_at(email) if email else None
    if known is not None:
        check_can_have_place(known, group)
        check_not_on_the_way(known, group)
    zone = practice().time_zone
    person = known or create_person(used_name=called, by=by, language=language or group.language, time_zone=zone)
    if email and known is None:
        _write_down_address(person, email, by)
    return start(group, person, called, State.REFERRED if referred else State.INQUIRY, by=by)


def _write_down_address(person: Person, email: str, by: Person) -> None:
    try:
        set_address(person=person, value=email, by=by)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from None


def start(
    group: TherapyGroup, person: Person, name: str, state: str, *, by: Person, comes_from: Membership | None = None
) -> Enrolment:
    """Write an enrolment of a locked group with its first step."""
    made = Enrolment(group=group, person=person, name=name, opened_by=by, comes_from=comes_from)
    made.full_clean()
    made.save(force_insert=True)
    step = EnrolmentStep(enrolment=made, person=person, number=1, state=state, taken_by=by)
    step.full_clean()
    step.save(force_insert=True)
    record("enrolment.open", object_type=ENROLMENT, object_id=made.pk, purpose=state)
    return made


def add_step(opened: Opened, to: str, by: Person | None, **facts: Any) -> EnrolmentStep:
    """Write the next step of an enrolment whose group is locked, and record it; the caller checked who may."""
    step = EnrolmentStep(
        enrolment=opened.row,
        person_id=opened.row.person_id,
        number=opened.newest.number + 1,
        state=to,
        taken_by=by,
        **facts,
    )
    step.full_clean()
    step.save(force_insert=True)
    if opened.state in COMPARED and to not in (*COMPARED, State.PREPARING):
        ask_check(opened.row.person_id)
    record(f"enrolment.{to}", object_type=ENROLMENT, object_id=opened.row.pk)
    return step


def locked_enrolment(by: Person, group_id: UUID, pk: UUID, action: str, seen: UUID | None) -> Opened:
    """Return an enrolment of a group that ``by`` manages, its group locked.

    Raises:
        Refused: absent, of another group, or forbidden.
        InvalidTransition: ``seen`` is not its newest step.
    """
    locked_group(by, group_id, Right.MANAGE_GROUP, action)
    found = get_enrolment(by, group_id, pk, action)
    check_seen(found, seen)
    return found


def check_seen(found: Opened, seen: UUID | None) -> None:
    """Raise ``InvalidTransition`` if the newest step is another one than the one that was shown."""
    if found.newest.pk != seen:
        raise InvalidTransition(meanwhile())


@unit_of_work()
def take_step(  # noqa: PLR0913 - a step is this many facts; all but five have a default
    *,
    enrolment_id: UUID,
    group_id: UUID,
    to: str,
    seen: UUID | None,
    by: Person,
    reason: str = "",
    code: str = "",
    due_at: datetime | None = None,
    answers: Mapping[str, str] | None = None,
    tell: bool = False,
) -> EnrolmentStep:
    """Take a step that offers nothing: plan or hold the first talk, decide, put on the list, or end.

    Args:
        enrolment_id: the enrolment.
        group_id: its group.
        to: where the step leads.
        seen: the newest step that ``by`` was shown.
        by: who manages the group.
        reason: in words; needed for a decision.
        code: the priority on the waiting list, or why it ends.
        due_at: when the talk is, or when to look again.
        answers: what was said in the first talk, by key of the questions.
        tell: whether somebody who does not fit is asked by mail to call; else nothing is sent.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such enrolment.
        InvalidTransition: the step may not follow, or somebody took one in the meantime.
        ValidationError: a reason, code or time is missing or none of those there are.
    """
    found = locked_enrolment(by, group_id, enrolment_id, "enrolment.step", seen)
    offers = to in (State.OFFERED, State.PREPARING) or found.state == State.OFFERED
    if offers or not may_follow(found.state, to, Who.LEAD):
        raise InvalidTransition(_("This step cannot follow. Look at where it stands now."))
    _check_facts(to, reason=reason, code=code, due_at=due_at)
    told = {key: value.strip() for key, value in (answers or {}).items() if key in questions() and value.strip()}
    details = {name: kept for name, kept in {"reason": reason.strip(), "answers": told}.items() if kept}
    step = add_step(found, to, by, code=code, due_at=due_at, details=details or None)
    if to == State.SUITABLE:
        check_group(group_id)
    if to == State.NOT_SUITABLE and tell:
        _ask_to_call(found.row)
    return step


def _check_facts(to: str, *, reason: str, code: str, due_at: datetime | None) -> None:
    """Raise ``ValidationError`` where a step lacks what belongs to it."""
    if to in (State.SUITABLE, State.NOT_SUITABLE, State.DEFER) and not reason.strip():
        raise ValidationError(
            {
                "reason": _(
                    "Write why, in a sentence. Those who manage the group read it, and the person in a copy of their record."
                )
            }
        )
    if len(reason) > LONGEST:
        raise ValidationError({"reason": _("Write at most %(most)d letters.") % {"most": LONGEST}})
    if to == State.SCREENING_SCHEDULED and due_at is None:
        raise ValidationError({"due_at": _("Choose a day and a time.")})
    if to == State.SCREENING_SCHEDULED and due_at is not None and due_at <= timezone.now():
        raise ValidationError({"due_at": _("Choose a time that is still to come.")})
    known = {State.WAITLISTED: priorities(), State.WITHDRAWN: ends()}.get(State(to), {"": None})
    if code not in known:
        raise ValidationError({"code": _("Choose one from the list.")})


def _ask_to_call(row: Enrolment) -> None:
    """Queue a neutral message that asks to call, where a message reaches them."""
    if reachable([row.person_id]):
        queue(recipient=row.person, kind="please_call", key=f"enrolment:{row.pk}:call")


def human_of(row: Enrolment) -> Person:
    """Return the person as they are kept, also where the entry was put together with another one."""
    kept = kept_ids([row.person_id])[row.person_id]
    return Person.objects.select_related("user").get(pk=kept)


def check_own(by: Person, pk: UUID, action: str) -> Enrolment:
    """Return the caller's own enrolment, nothing locked; one query where there is none of theirs.

    Raises:
        Refused: absent, or somebody else's; both cost the same.
    """
    mine = Enrolment.objects.select_related("person__user", "group", "comes_from")
    row = mine.filter(as_one("person", [by.pk]), pk=pk).first()
    if row is None:
        raise Refused(action, ENROLMENT, pk)
    return row


def own_enrolment(by: Person, pk: UUID, action: str) -> Opened:
    """Return the caller's own enrolment with its steps, its group locked.

    Raises:
        Refused: absent, or somebody else's.
    """
    row = check_own(by, pk, action)
    TherapyGroup.objects.select_for_update(no_key=True).get(pk=row.group_id)
    return opened_from(row)
