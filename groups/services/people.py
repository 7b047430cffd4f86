"""People of a group: who runs it, and who has a place in it."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, end_grants, grant, roles_by_person
from groupcare.access import Role as AccessRole
from groupcare.accounts.merge_models import as_one, kept_ids
from groupcare.accounts.models import Person
from groupcare.accounts.services import create_person, invite
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.selectors import person_ids_for
from groupcare.outbox.services import Link, queue
from groupcare.practice.selectors import practice
from groups.enrolment_states import OPEN
from groups.models import Facilitation, Membership, TherapyGroup
from groups.permissions import NAMED_FROM, WORKING_ROLES, locked_group
from groups.roles import IN_THE_CIRCLE, ROLE_RIGHTS
from groups.selectors.enrolment import with_state
from groups.services.overlap_checks import ask_check
from groups.services.still_open import check_open_on


def grant_by_role(facilitation: Facilitation) -> None:
    """Give the rights of the facilitation's role for exactly its period (foundation F4)."""
    for right in sorted(ROLE_RIGHTS[facilitation.role]):
        grant(
            person=facilitation.person,
            right=right,
            obj=facilitation.group,
            valid_from=facilitation.valid_from,
            valid_until=facilitation.valid_until,
        )


@unit_of_work()
def add_facilitator(
    *,
    group: TherapyGroup,
    person: Person,
    role: str,
    by: Person,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Facilitation:
    """Let a colleague help to run the group for a period; the rights follow the period.

    Args:
        group: the group.
        person: a colleague who holds the role facilitator or trainee; or reception, to watch or to interpret.
        role: a value of ``Facilitation.Role``.
        by: who manages the group.
        valid_from: first moment, aware; None means now.
        valid_until: first moment after the period, aware; None leaves it open.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: the person is no colleague, has a place in the group, helps already in that
            period, or the period is empty.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "facilitation.start")
    start = valid_from or timezone.now()
    if valid_until is not None and valid_until <= start:
        raise ValidationError({"valid_until": _("Choose an end that is later than the start.")})
    _check_works_as(person, role)
    if Membership.objects.filter(group=group, person=person, ended_at__isnull=True).exists():
        raise ValidationError({"person": _("Someone with a place in the group cannot run it.")})
    after = Q(valid_until__isnull=True) | Q(valid_until__gt=start)
    before = Q() if valid_until is None else Q(valid_from__lt=valid_until)
    if Facilitation.objects.filter(after, before, group=group, person=person).exists():
        raise ValidationError({"person": _("This person runs the group already in that time.")})
    facilitation = Facilitation(group=group, person=person, role=role, valid_from=start, valid_until=valid_until)
    facilitation.full_clean()
    facilitation.save(force_insert=True)
    grant_by_role(facilitation)
    record("facilitation.start", object_type="groups.Facilitation", object_id=facilitation.pk)
    return facilitation


def _check_works_as(person: Person, role: str) -> None:
    """Raise ``ValidationError`` unless the person works with groups; someone in training only as a trainee.

    To watch or to interpret gives no right, so reception may be named too.
    """
    held = roles_by_person([person.pk]).get(person.pk, frozenset())
    if held & NAMED_FROM and role in IN_THE_CIRCLE:
        return
    if not held & WORKING_ROLES:
        raise ValidationError({"person": _("Choose someone who works here as a facilitator or trainee.")})
    if AccessRole.FACILITATOR not in held and role != Facilitation.Role.TRAINEE:
        raise ValidationError({"role": _("Someone in training is added as a trainee.")})


@unit_of_work()
def end_facilitation(*, facilitation_id: UUID, group: TherapyGroup, by: Person) -> Facilitation:
    """End a facilitation now: its period and its rights end at the same moment.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such facilitation.
        InvalidTransition: it has ended already.
        ValidationError: the last lead would go.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "facilitation.end")
    found = Facilitation.objects.select_for_update(no_key=True).filter(group=group, pk=facilitation_id).first()
    if found is None:
        raise Refused("facilitation.end", "groups.Facilitation", facilitation_id)
    now = timezone.now()
    if found.valid_until is not None and found.valid_until <= now:
        raise InvalidTransition(_("This has ended already."))
    if found.role == Facilitation.Role.LEAD and not _another_lead(found, now):
        raise ValidationError({"__all__": _("The group needs a lead. Add another lead first.")})
    # One that has not begun keeps an empty period, for history.
    found.valid_until = max(now, found.valid_from)
    found.full_clean()
    found.save(update_fields=["valid_until"])
    end_grants(person=found.person, obj=group, at=now)
    record("facilitation.end", object_type="groups.Facilitation", object_id=found.pk)
    return found


def _another_lead(leaving: Facilitation, now: datetime) -> bool:
    """Tell whether somebody else leads the group now, without an end."""
    return (
        Facilitation.objects.filter(
            group_id=leaving.group_id, role=Facilitation.Role.LEAD, valid_from__lte=now, valid_until__isnull=True
        )
        .exclude(pk=leaving.pk)
        .exists()
    )


@unit_of_work()
def invite_member(
    *, group: TherapyGroup, used_name: str, email: str, by: Person, language: str | None = None
) -> Membership:
    """Give somebody a place in the group and write to them once.

    A person the practice knows by this address gets a neutral notice, anyone else an invitation. The
    caller sees the same either way: the group calls them by the name given here (the alias).

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: no place is free, the group has ended, or the person has one already, runs the group or
            is on the way into it: then the place is offered there.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "membership.invite")
    check_open_on(group)
    taken = Membership.objects.filter(group=group, ended_at__isnull=True)
    if taken.count() >= group.capacity:
        raise ValidationError({"__all__": _("All places of this group are taken. End a place first.")})
    person = person_at(email)
    if person is not None:
        check_can_have_place(person, group)
        check_not_on_the_way(person, group)
    else:
        zone = practice().time_zone
        person = create_person(used_name=used_name, by=by, language=language or group.language, time_zone=zone)
    membership = Membership(group=group, person=person, alias=used_name)
    membership.full_clean()
    membership.save(force_insert=True)
    ask_check(person.pk)
    write_to_member(membership, email, by)
    record("membership.invite", object_type="groups.Membership", object_id=membership.pk)
    return membership


def person_at(email: str) -> Person | None:
    """Return the person reached at an address; with several, the one who signs in with it.

    An entry that is merged into another one stands for the one that is kept.
    """
    ids = set(kept_ids(person_ids_for(email)).values())
    known = list(Person.objects.filter(pk__in=ids).select_related("user").order_by("created_at"))
    with_login = [person for person in known if person.login and person.login.email == email.strip().lower()]
    return next(iter(with_login or known), None)


def check_can_have_place(person: Person, group: TherapyGroup) -> None:
    """Raise ``ValidationError`` if the person has a place in the group or runs it."""
    if Membership.objects.filter(group=group, person=person, ended_at__isnull=True).exists():
        raise ValidationError({"email": _("Somebody with this address has a place in this group already.")})
    check_does_not_run(person, group)


def check_does_not_run(person: Person, group: TherapyGroup) -> None:
    """Raise ``ValidationError`` if the person runs the group, now or later."""
    running = Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())
    if Facilitation.objects.filter(running, group=group, person=person).exists():
        raise ValidationError({"email": _("Someone who runs this group cannot have a place in it.")})


def check_not_on_the_way(person: Person, group: TherapyGroup) -> None:
    """Raise ``ValidationError`` if somebody, under any of their entries, is on the way into a locked group already."""
    mine = as_one("person", [kept_ids([person.pk])[person.pk]])
    if with_state().filter(mine, group=group, step_state__in=OPEN).exists():
        raise ValidationError({"email": _("Somebody with this address is on the list already.")})


def write_to_member(membership: Membership, email: str, by: Person) -> None:
    """Queue one neutral message: a notice for those who sign in, an invitation for all others."""
    if membership.person.login is None:
        invite(person=membership.person, email=email, by=by, role=None)
        return
    queue(
        recipient=membership.person,
        kind="agreement_waiting",
        key=f"membership:{membership.pk}",
        link=Link("membership", membership.pk, 0),
    )


def advance(membership: Membership, to: str) -> None:
    """Move a locked membership to another state of its table; the caller records it.

    Raises:
        InvalidTransition: the table has no such step.
    """
    if to not in Membership.TRANSITIONS[membership.state]:
        raise InvalidTransition(_("This place cannot change in this way any more."))
    now = timezone.now()
    membership.state = to
    if to == Membership.State.ACTIVE and membership.joined_at is None:
        membership.joined_at = now
    if to == Membership.State.ENDED:
        membership.ended_at = now
    membership.full_clean()
    membership.save(update_fields=["state", "joined_at", "ended_at"])


@unit_of_work()
def start_preparing(*, group_id: UUID, by: Person) -> None:
    """Mark the caller's own place as being prepared, once they did something for it; harmless twice."""
    mine = (
        Membership.objects.select_for_update(no_key=True)
        .filter(group_id=group_id, person=by, state=Membership.State.INVITED)
        .first()
    )
    if mine is not None:
        advance(mine, Membership.State.PREPARING)
        record("membership.prepare", object_type="groups.Membership", object_id=mine.pk)
