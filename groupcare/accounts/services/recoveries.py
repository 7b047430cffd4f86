"""Ways back in: asked for by one, agreed to by another, after a waiting time, with word to the old address."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.access import Role, acting_as_system, holder_ids, is_system, roles_by_person
from groupcare.accounts import permissions, tokens
from groupcare.accounts.factors import has_second_factor
from groupcare.accounts.models import Person, Recovery, RecoveryStep, User
from groupcare.accounts.recovery_kinds import GOING_ON, Kind, State, Step, kinds
from groupcare.accounts.services.effects import EFFECTS, check_free
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import Link, end_proposal, propose_address, queue


@unit_of_work()
def open_recovery(*, kind: str, person: Person, check_made: str, by: Actor, new_email: str = "") -> Recovery:
    """Ask for a way back in for ``person``, tell them at the address known so far, and return the request.

    Args:
        kind: a key of recoveries.toml.
        person: who cannot sign in; for a missing administrator, who should administer too.
        check_made: how ``by`` made sure who is asking.
        by: whom the kind names, never the person unless it is for them.
        new_email: the new address, where the kind is about one.

    Raises:
        Refused: ``by`` may not, or there is no such kind.
        ValidationError: it cannot help, or one is on its way already.
    """
    about = kinds().get(kind)
    if about is None:
        raise Refused("recovery.open", "recovery", "")
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    permissions.check_can_open_recovery(by, kind=about, person_id=person.pk)
    assert by.id is not None  # noqa: S101 - the system was refused above
    user = _check_can_help(about, person, check_made)
    row = Recovery(kind=kind, person=person, check_made=check_made, opened_by_id=by.id, opened_at=timezone.now())
    if about.does == "give_administrator":
        row.missing = _missing_administrator(person)
    if about.needs_address:
        row.address = propose_address(person=person, value=_other_address(new_email, user), by=person)
    row.full_clean(exclude=["opened_by"])
    row.save()
    record("recovery.open", object_type="recovery", object_id=row.pk, purpose=kind)
    _write(row)
    return row


@unit_of_work()
def approve_recovery(*, recovery_id: UUID, by: Actor) -> Recovery:
    """Agree to it as the second person, and return it.

    Raises:
        Refused: ``by`` may not, or it is absent.
        InvalidTransition: it is over, or somebody agreed already.
    """
    row = _locked(recovery_id, "recovery.approve")
    if Step.APPROVED not in row.about.needs or not permissions.may_approve(by, row):
        raise Refused("recovery.approve", "recovery", recovery_id)
    return _take(row, Step.APPROVED, by=by)


@unit_of_work()
def stop_recovery(*, recovery_id: UUID, by: Actor) -> Recovery:
    """Stop it, and return it.

    Raises:
        Refused: ``by`` may not, or it is absent.
        InvalidTransition: it is over.
    """
    row = _locked(recovery_id, "recovery.stop")
    if not permissions.may_stop(by, row):
        raise Refused("recovery.stop", "recovery", recovery_id)
    return _stop(row, by=by)


def stop_by_link(*, recovery_id: UUID, token: str) -> Recovery:
    """Stop it from the message to the address known so far; nobody is signed in, the token speaks.

    Raises:
        Refused: the link opens nothing.
        InvalidTransition: it is over.
    """
    with acting_as_system("recovery_stop"), unit_of_work():
        if not tokens.fits_recovery(recovery_id, "stop", token):
            raise Refused("recovery.stop", "recovery", recovery_id)
        return _stop(_locked(recovery_id, "recovery.stop"), by=None)


def confirm_address(*, recovery_id: UUID, token: str) -> Recovery:
    """Take the word of whoever reads the new mailbox that it is theirs, and return the request.

    Raises:
        Refused: the link opens nothing.
        InvalidTransition: it is over, or was confirmed already.
        ValidationError: another account signs in with this address.
    """
    with acting_as_system("recovery_confirm"), unit_of_work():
        if not tokens.fits_recovery(recovery_id, "confirm", token):
            raise Refused("recovery.confirm", "recovery", recovery_id)
        row = _locked(recovery_id, "recovery.confirm")
        if row.address is None:
            raise Refused("recovery.confirm", "recovery", recovery_id)
        check_free(row.address.value, User.objects.get(person_id=row.person_id))
        return _take(row, Step.CONFIRMED, by=None)


@unit_of_work()
def carry_out(*, recovery_id: UUID, by: Actor) -> Recovery:
    """Do what it is about, now that its time has come, and return it.

    Raises:
        Refused: ``by`` may not, or it is absent.
        InvalidTransition: its time has not come, or it is over.
        ValidationError: it cannot be done any more.
    """
    row = _locked(recovery_id, "recovery.carry_out")
    if not permissions.may_carry_out(by, row):
        raise Refused("recovery.carry_out", "recovery", recovery_id)
    if row.state is not State.READY:
        raise InvalidTransition(_("The time for this has not come, or it is over."))
    EFFECTS[row.about.does](row)
    _keep(row, Step.CARRIED_OUT, by)
    return _locked(recovery_id, "recovery.carry_out")


def find_by_link(*, recovery_id: UUID, purpose: str, token: str) -> Recovery | None:
    """Return the request that this link is for while it goes on, or None: wrong, used and over look the same."""
    fits = tokens.fits_recovery(recovery_id, purpose, token)
    row = Recovery.objects.select_related("person").prefetch_related("steps").filter(pk=recovery_id).first()
    if row is None or not fits or row.state not in GOING_ON:
        return None
    asked = row.about.needs_address and Step.CONFIRMED not in row.taken()
    return row if purpose == "stop" or asked else None


def _check_can_help(kind: Kind, person: Person, check_made: str) -> User:
    """Return the person's account.

    Raises:
        ValidationError: this kind does not help them, the check is none of it, or one is on its way.
    """
    user = User.objects.filter(person=person, is_active=True).first()
    if user is None:
        raise ValidationError({"__all__": _("This person has no account that is switched on.")})
    if check_made not in kind.checks:
        raise ValidationError({"check_made": _("Say how you made sure who is asking.")})
    if kind.does == "remove_factors" and not has_second_factor(user):
        raise ValidationError({"__all__": _("This account has no second step that could be lost.")})
    if any(row.state in GOING_ON for row in Recovery.objects.not_ended().filter(person=person)):
        raise ValidationError({"__all__": _("Something like this is on its way for this person already.")})
    return user


def _other_address(new_email: str, user: User) -> str:
    """Return the new address, if it is another one than now."""
    if new_email.strip().lower() == user.email:
        raise ValidationError({"new_email": _("This is the address that is used now.")})
    return new_email


def _missing_administrator(person: Person) -> Person | None:
    """Return the only administrator, or None where nobody is left.

    Raises:
        ValidationError: another administrator is here, or the person works outside or not at all.
    """
    held = roles_by_person([person.pk]).get(person.pk, frozenset())
    if not held or Role.EXTERNAL_REVIEWER in held:
        raise ValidationError({"__all__": _("Choose somebody who works inside of the practice.")})
    found = holder_ids(Role.ADMINISTRATOR)
    if len(found) > 1 or person.pk in found:
        raise ValidationError({"__all__": _("Another administrator is here. They can give the role.")})
    return Person.objects.filter(pk__in=found).first()


def _write(row: Recovery) -> None:
    """Tell whom it touches at the address known so far, and ask the owner of a new one to confirm it."""
    told = row.missing or row.person
    if current_address(told) is not None:
        link = Link("recovery_stop", row.pk)
        queue(recipient=told, kind="sign_in_change", key=f"recovery:{row.pk}:stop", link=link, to=current_address(told))
    if row.address is not None:
        link = Link("recovery_confirm", row.pk)
        queue(recipient=row.person, kind="address_confirm", key=f"recovery:{row.pk}:confirm", link=link, to=row.address)


def _stop(row: Recovery, *, by: Actor | None) -> Recovery:
    """Take the last step of a request that goes on, and let go of its address."""
    stopped = _take(row, Step.STOPPED, by=by)
    if row.address is not None:
        end_proposal(address=row.address)
    return stopped


def _locked(recovery_id: UUID, action: str) -> Recovery:
    """Return the request with its steps, while its person's row is locked: steps not there yet cannot be."""
    found = Recovery.objects.filter(pk=recovery_id).first()
    if found is None:
        raise Refused(action, "recovery", recovery_id)
    Person.objects.select_for_update(no_key=True).get(pk=found.person_id)
    return Recovery.objects.select_related("person", "address", "missing").prefetch_related("steps").get(pk=recovery_id)


def _take(row: Recovery, step: Step, *, by: Actor | None) -> Recovery:
    """Keep a step of a request that goes on, once, and return the request as it is now."""
    if row.state not in GOING_ON or step in row.taken():
        raise InvalidTransition(_("Somebody was faster, or it is over. Look at it again."))
    _keep(row, step, by)
    return _locked(row.pk, f"recovery.{step}")


def _keep(row: Recovery, step: Step, by: Actor | None) -> None:
    """Write the step and its event."""
    person_id = None if by is None or is_system(by) else by.id
    RecoveryStep.objects.create(recovery=row, step=step, by_id=person_id, at=timezone.now())
    record(f"recovery.{step.value}", object_type="recovery", object_id=row.pk, purpose=row.kind)
