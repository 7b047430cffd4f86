"""When somebody cannot come: a session is called off, or handed to a colleague for one evening."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, end_grants, grant
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.services import Draft, Link, drop_overtaken, queue_many
from groups.absence import reasons
from groups.models import Cancellation, GroupSession, Substitution, SubstitutionStep
from groups.permissions import SESSION, groups_with
from groups.selectors.absence import asked_to_run, open_substitutions, substitutes_to_choose_from, tonight
from groups.selectors.entry import SHUTS_AFTER
from groups.services import notices

SUBSTITUTION = "groups.Substitution"


def _locked(by: Person, session_id: UUID, action: str) -> GroupSession:
    """Return the session, locked, for whoever manages its group or may stand in tonight.

    Raises:
        Refused: absent, or neither.
    """
    found = GroupSession.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    managed = groups_with(by, Right.MANAGE_GROUP)
    if found is None or not (managed.filter(pk=found.group_id).exists() or tonight(by).filter(pk=session_id).exists()):
        raise Refused(action, SESSION, session_id)
    return found


def _check_to_come(session: GroupSession, told: str) -> None:
    """Raise ``InvalidTransition`` with ``told`` if the session was called off or is over."""
    if session.state == GroupSession.State.CANCELLED or session.ends_at <= timezone.now():
        raise InvalidTransition(told)


@unit_of_work()
def cancel_session(*, session: GroupSession, reason: str, by: Person) -> GroupSession:
    """Call a session off and tell everyone who can be written to, one by one; harmless twice by the same person.

    Its number is not used again, its link stays shut, and it is not taken back: plan a new one.

    Args:
        session: the session.
        reason: a key of the reasons of ``groups.absence``.
        by: who manages the group; or reception or a facilitator, for a session of today or tomorrow.

    Raises:
        Refused: ``by`` may not, or the session does not exist.
        InvalidTransition: it is over, or somebody else called it off already.
        ValidationError: there is no such reason.
    """
    found = _locked(by, session.pk, "session.cancel")
    if Cancellation.objects.filter(session=found, called_off_by=by).exists():
        return found
    told = _("This session cannot be called off any more.")
    _check_to_come(found, told)
    if GroupSession.State.CANCELLED not in GroupSession.TRANSITIONS[found.state]:
        raise InvalidTransition(told)
    check_reason(reason)
    done = call_off(found, reason, by)
    notices.tell_cancelled(found)
    asked = {one.person_id for one in open_substitutions([found]).values()}
    people = notices.staff_then(found.group_id, found.starts_at, found.ends_at) | asked
    notices.tell_staff(people - {by.pk}, found, f"cancelled:{done.pk}", link="start")
    return found


def call_off(session: GroupSession, reason: str, by: Person) -> Cancellation:
    """Write that a locked session was called off, and record it; the caller has checked who may, and tells everybody."""
    session.state = GroupSession.State.CANCELLED
    session.full_clean()
    session.save(update_fields=["state"])
    done = Cancellation(session=session, reason=reason, called_off_by=by)
    done.full_clean()
    done.save()
    # Nobody is asked any more to run it for a colleague.
    drop_overtaken(object_ids=(session.pk,), kinds=("stand_in_asked",))
    record("session.cancel", object_type=SESSION, object_id=session.pk)
    return done


def check_reason(reason: str) -> None:
    """Raise ``ValidationError`` unless this is one of the fixed reasons."""
    if reason not in reasons():
        raise ValidationError({"reason": _("Choose one of the reasons.")})


def _tell_staff(session: GroupSession, key: str, *, without: set[UUID], also: frozenset[UUID] = frozenset()) -> None:
    """Queue a neutral notice for those who lead the group now, and for ``also``; those in ``without`` know already."""
    asked = {one.person_id for one in open_substitutions([session]).values()}
    notices.tell_staff((notices.staff_now(session.group_id) | asked | also) - without, session, key)


@unit_of_work()
def hand_over(*, session_id: UUID, person_id: UUID, seen: UUID | None, by: Person) -> Substitution:
    """Ask a colleague to run one session; harmless twice by the same person for the same colleague.

    The colleague sees at once that the session is, and after accepting who comes; both end two hours after
    the session, or when they decline. They see no note and no other session of the group.

    Args:
        session_id: the session.
        person_id: the colleague.
        seen: the substitution that stood when ``by`` looked; it is taken back. None: nobody was asked then.
        by: who manages the group; or reception or a facilitator, for a session of today or tomorrow.

    Raises:
        Refused: ``by`` may not, or the session does not exist.
        InvalidTransition: it is over or called off, or somebody else was asked in the meantime.
        ValidationError: this colleague cannot be asked.
    """
    session = _locked(by, session_id, "session.hand_over")
    standing = open_substitutions([session]).get(session.pk)
    if standing and (standing.person_id, standing.asked_by_id) == (person_id, by.pk):
        return standing
    _check_to_come(session, _("This session cannot be handed over any more."))
    if (standing.pk if standing else None) != seen:
        raise InvalidTransition(_("Somebody else was quicker. Look at who was asked, then decide again."))
    person = next((one for one in substitutes_to_choose_from(by, session) if one.pk == person_id), None)
    if person is None:
        raise ValidationError({"person": _("Choose one of the colleagues on the list.")})
    if standing:
        end_substitution(standing, SubstitutionStep.Kind.REPLACED, by)
    asked = Substitution(session=session, person=person, asked_by=by, until=session.ends_at + SHUTS_AFTER)
    asked.full_clean()
    asked.save()
    grant(person=person, right=Right.SEE_SESSION, obj=session, valid_from=asked.asked_at, valid_until=asked.until)
    record("session.hand_over", object_type=SUBSTITUTION, object_id=asked.pk)
    _ask(asked)
    _tell_staff(session, f"asked:{asked.pk}", without={by.pk, person.pk})
    return asked


def _ask(asked: Substitution) -> None:
    """Queue the neutral question for the colleague."""
    queue_many(
        [
            Draft(
                recipient_id=asked.person_id,
                kind="stand_in_asked",
                key=f"stand-in:{asked.pk}",
                link=Link("work", asked.session_id, 0),
                when=asked.session.starts_at,
                expires_at=asked.session.ends_at,
            )
        ]
    )


def end_substitution(standing: Substitution, kind: str, by: Person) -> None:
    """Write the step that ends a substitution, and end its rights."""
    step = SubstitutionStep(substitution=standing, kind=kind, taken_by=by)
    step.full_clean()
    step.save()
    end_grants(person=standing.person, obj=standing.session, at=step.taken_at)
    # The question would name an hour that is nobody's any more.
    drop_overtaken(object_ids=(standing.session_id,), kinds=("stand_in_asked",))
    record(f"substitution.{kind}", object_type=SUBSTITUTION, object_id=standing.pk)


@unit_of_work()
def answer_substitution(*, session_id: UUID, accept: bool, by: Person) -> Substitution:
    """Accept or decline to run a session for somebody; harmless twice. Who accepted may still decline.

    Raises:
        Refused: ``by`` is not asked (any more), or the session does not exist.
        InvalidTransition: the session was called off or is over.
    """
    session = GroupSession.objects.select_for_update(no_key=True).filter(asked_to_run(by), pk=session_id).first()
    if session is None:
        raise Refused("substitution.answer", SESSION, session_id)
    # Whoever replaces it needs the same lock.
    standing = open_substitutions([session])[session.pk]
    _check_to_come(session, _("This session was called off or is over. You need to do nothing."))
    if accept:
        _accept(standing, by)
    else:
        end_substitution(standing, SubstitutionStep.Kind.DECLINED, by)
    _tell_staff(session, f"answered:{standing.pk}:{accept}", without={by.pk}, also=frozenset({standing.asked_by_id}))
    return standing


def _accept(standing: Substitution, by: Person) -> None:
    """Write that the colleague accepted, and give the right to run the session; nothing if it was written before."""
    step, made = SubstitutionStep.objects.get_or_create(
        substitution=standing, kind=SubstitutionStep.Kind.ACCEPTED, defaults={"taken_by": by}
    )
    if made:
        grant(
            person=standing.person,
            right=Right.RUN_SESSION,
            obj=standing.session,
            valid_from=step.taken_at,
            valid_until=standing.until,
        )
        record("substitution.accepted", object_type=SUBSTITUTION, object_id=standing.pk)
