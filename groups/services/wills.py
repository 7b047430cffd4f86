"""A professional will: written by the facilitator, opened by two others, after a time, and stopped by its writer."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Role, acting_as_system, end_grants, holds
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import Draft, Link, queue_many
from groups.models import Facilitation, Membership, ProfessionalWill, TherapyGroup, WillOpening, WillStep
from groups.selectors.wills import (
    OPENING,
    WILL,
    Opening,
    colleagues,
    folded,
    get_opening,
    led_groups,
    may_confirm,
    may_stop,
    own_led_groups,
    ready_openings,
    will_to_open,
)
from groups.services.people import grant_by_role
from groups.wills import Stage, conditions


@unit_of_work()
def write_will(
    *,
    delegate: UUID,
    second: UUID | None,
    when: Collection[str],
    groups: Collection[UUID],
    notes: bool,
    instructions: str,
    by: Person,
) -> ProfessionalWill:
    """Write a new version of the caller's will; writing it is also its yearly review.

    Raises:
        Refused: ``by`` is no facilitator.
        ValidationError: a delegate, group or condition cannot be chosen.
    """
    if not holds(by, Role.FACILITATOR):
        raise Refused("will.write", WILL)
    known = {one.pk for one in colleagues(by)}
    if delegate not in known or (second is not None and (second not in known or second == delegate)):
        raise ValidationError({"delegate": _("Choose colleagues from the list, and two different ones.")})
    if not groups or not set(groups) <= {one.pk for one in own_led_groups(by)}:
        raise ValidationError({"groups": _("Choose groups that you lead.")})
    if not when or not set(when) <= set(conditions()):
        raise ValidationError({"when": _("Choose when this may be opened.")})
    will = ProfessionalWill(
        facilitator=by,
        terms={
            "delegate": str(delegate),
            "second": str(second) if second else "",
            "when": sorted(when),
            "groups": sorted(str(one) for one in groups),
            "notes": notes,
        },
        instructions=instructions,
    )
    will.full_clean()
    will.save()
    record("will.write", object_type=WILL, object_id=will.pk)
    return will


@unit_of_work()
def ask_to_open_will(*, will_id: UUID, condition: str, how_checked: str, by: Person) -> WillOpening:
    """Say that a condition of somebody's will is met. Alone it opens nothing; the writer is told at once.

    Raises:
        Refused: ``by`` oversees no wills, it is their own, or it does not exist.
        ValidationError: the will does not name the condition, or nothing says how it was checked.
        InvalidTransition: an opening is under way or was carried out.
    """
    will = will_to_open(by, will_id)
    Person.objects.select_for_update(no_key=True).get(pk=will.facilitator_id)
    others = WillOpening.objects.filter(facilitator=will.facilitator_id).prefetch_related("steps")
    if any(one.stage != Stage.STOPPED for one in folded(list(others))):
        raise InvalidTransition(_("This was asked already. Wait for the second person, or stop it first."))
    if condition not in will.terms["when"]:
        raise ValidationError({"condition": _("The will does not name this. Nothing can be opened for it.")})
    asked = WillOpening(
        will=will, facilitator=will.facilitator, condition=condition, how_checked=how_checked, asked_by=by
    )
    asked.full_clean()
    asked.save()
    record("will.ask", object_type=OPENING, object_id=asked.pk)
    _tell(asked, {will.facilitator_id, *(UUID(one) for one in (will.terms["delegate"], will.terms["second"]) if one)})
    return asked


def _tell(asked: WillOpening, people: set[UUID], step: str = "asked") -> None:
    """Queue one neutral notice for each of these people whom a message reaches."""
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="will_changed",
                key=f"will:{asked.pk}:{step}:{person_id}",
                link=Link("will", asked.pk, 0),
            )
            for person_id in sorted(reachable(people))
        ]
    )


def _locked(by: Person, opening_id: UUID, action: str, may: Callable[[Person, Opening], bool]) -> Opening:
    """Return an opening with which ``by`` may do ``action``, locked with its writer's row.

    Raises:
        Refused: absent, it does not concern them, or they may not.
    """
    # Asked before the lock too, so that the forbidden costs what the absent costs.
    found = get_opening(by, opening_id, action, may)
    Person.objects.select_for_update(no_key=True).get(pk=found.row.facilitator_id)
    return get_opening(by, opening_id, action, may)


@unit_of_work()
def confirm_will(*, opening_id: UUID, by: Person) -> Opening:
    """Be the second person; from now the hours of the condition run. With no hours it opens at once.

    Raises:
        Refused: ``by`` asked for it, wrote it, or is neither a delegate nor the external reviewer.
        InvalidTransition: it was confirmed, stopped or opened already.
    """
    found = _locked(by, opening_id, "will.confirm", may_confirm)
    if found.stage != Stage.ASKED:
        raise InvalidTransition(_("This was answered already."))
    WillStep(opening=found.row, kind=WillStep.Kind.CONFIRMED, actor=by).save()
    record("will.confirmed", object_type=OPENING, object_id=opening_id)
    _tell(found.row, {found.row.facilitator_id}, "confirmed")
    if not found.condition.wait:
        _open(found.row)
    return found


@unit_of_work()
def stop_will(*, opening_id: UUID, by: Person) -> None:
    """Stop an opening at any time, also after it was carried out: the rights it gave end now. Harmless twice.

    Raises:
        Refused: ``by`` is not the facilitator whose will it is.
    """
    found = _locked(by, opening_id, "will.stop", may_stop)
    if found.stage == Stage.STOPPED:
        return
    opened = found.row.steps.filter(kind=WillStep.Kind.OPENED).first()
    if opened is not None:
        _close(found.row, opened.taken_at)
    WillStep(opening=found.row, kind=WillStep.Kind.STOPPED, actor=by).save()
    record("will.stopped", object_type=OPENING, object_id=opening_id)


def open_ready_wills() -> int:
    """Open what two people confirmed and whose hours are over; safe twice, late and beside itself."""
    with acting_as_system("open_wills"):
        return sum(_open_if_ready(one.row.pk) for one in ready_openings())


@unit_of_work()
def _open_if_ready(opening_id: UUID) -> int:
    """Open one, if it is still ready once its writer's row is held."""
    row = WillOpening.objects.select_related("will").get(pk=opening_id)
    Person.objects.select_for_update(no_key=True).get(pk=row.facilitator_id)
    if folded([WillOpening.objects.prefetch_related("steps").get(pk=opening_id)])[0].stage != Stage.READY:
        return 0
    _open(row)
    return 1


def _open(row: WillOpening) -> None:
    """Give the delegate the groups of the will, as far as its writer still leads them, and write the step."""
    now = timezone.now()
    terms = row.will.terms
    WillStep(opening=row, kind=WillStep.Kind.OPENED, taken_at=now).save()
    record("will.opened", object_type=OPENING, object_id=row.pk)
    person = Person.objects.select_related("user").get(pk=_who_takes_over(row))
    for group in led_groups(row.facilitator_id).filter(pk__in=terms["groups"]):
        if not Membership.objects.filter(group=group, person=person, ended_at__isnull=True).exists():
            _give(group, person, notes=terms["notes"], at=now)
    _tell(row, {row.facilitator_id, person.pk}, "opened")


def _who_takes_over(row: WillOpening) -> UUID:
    """Return the first delegate with a login that works, else the first."""
    named = [UUID(one) for one in (row.will.terms["delegate"], row.will.terms["second"]) if one]
    working = Person.objects.filter(pk__in=named, user__is_active=True).values_list("pk", flat=True)
    return next((one for one in named if one in set(working)), named[0])


def _give(group: TherapyGroup, person: Person, *, notes: bool, at: datetime) -> None:
    """Let a person lead a group from ``at``; who could read its notes before keeps that."""
    held = Facilitation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at), group=group, person=person
    ).first()
    if held is not None and held.role == Facilitation.Role.LEAD:
        return
    if held is not None:
        held.valid_until = max(at, held.valid_from)
        held.save(update_fields=["valid_until"])
        end_grants(person=person, obj=group, at=at)
        notes = True
    role = Facilitation.Role.LEAD if notes else Facilitation.Role.STAND_IN
    made = Facilitation(group=group, person=person, role=role, valid_from=at)
    made.full_clean()
    made.save(force_insert=True)
    grant_by_role(made)
    record("facilitation.start", object_type="groups.Facilitation", object_id=made.pk, purpose="will")


def _close(row: WillOpening, opened_at: datetime) -> None:
    """End the facilitations that the opening made."""
    now, person_id = timezone.now(), _who_takes_over(row)
    made = Facilitation.objects.filter(
        person=person_id, group__in=row.will.terms["groups"], valid_from=opened_at, valid_until__isnull=True
    )
    for one in made.select_related("person__user", "group"):
        one.valid_until = now
        one.save(update_fields=["valid_until"])
        end_grants(person=one.person, obj=one.group, at=now)
        record("facilitation.end", object_type="groups.Facilitation", object_id=one.pk, purpose="will")
