"""Giving and ending roles."""

from datetime import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import acting
from groupcare.access.models import INSIDE, Role, RoleHolding, RoleHoldingQuerySet
from groupcare.access.people import Person, is_system
from groupcare.access.selectors import may_administer
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused


@unit_of_work()
def give_role(
    *,
    person: Person,
    role: Role,
    by: Person,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> RoleHolding:
    """Give ``person`` a role from ``valid_from`` (now) until ``valid_until`` (open).

    Args:
        person: who gets it.
        role: the role.
        by: an administrator, never the person themselves; or the system.
        valid_from: first moment, aware; None means now.
        valid_until: first moment outside of the period; None leaves it open.

    Raises:
        Refused: ``by`` may not.
        ValidationError: the person holds the role already, the period is empty, or the role and the
            ones already held must lie in different hands.
    """
    start = valid_from or timezone.now()
    # The person's own row is the lock: holdings that are not there yet cannot be locked.
    apps.get_model("accounts", "Person")._base_manager.select_for_update(no_key=True).get(pk=person.id)
    held = list(_not_over(person, start))
    _check_giver("role.give", person, by)
    if any(holding.role == role for holding in held):
        raise ValidationError({"role": _("This person holds this role already.")})
    together = {holding.role for holding in held} | {role}
    if Role.EXTERNAL_REVIEWER in together and together & INSIDE:
        raise ValidationError({"role": _("An external reviewer works outside of the practice. Choose somebody else.")})
    if valid_until is not None and valid_until <= start:
        raise ValidationError({"valid_until": _("Choose an end that is later than the start.")})
    assert person.id is not None  # noqa: S101 - its row was found above
    holding = RoleHolding(person_id=person.id, role=role, valid_from=start, valid_until=valid_until, given_by_id=by.id)
    holding.full_clean()
    holding.save(force_insert=True)
    acting.forget_roles()
    record("role.give", object_type="role_holding", object_id=holding.id)
    return holding


@unit_of_work()
def end_role(*, person: Person, role: Role, by: Person, at: datetime | None = None) -> int:
    """End the role of ``person`` at ``at`` (now); returns how many holdings were ended.

    Args:
        person: whose role.
        role: the role.
        by: an administrator, or the system.
        at: first moment without it, aware; None means now.

    Raises:
        Refused: ``by`` may not.
        ValidationError: the last administrator would go.
    """
    end = at or timezone.now()
    # The administrators' rows are locked together, so that two of them cannot remove each other at once.
    peers = list(
        RoleHolding.objects.filter(role=role).filter(_open_at(end)).order_by("id").select_for_update(no_key=True)
    )
    if not may_administer(by):
        raise Refused("role.end", "person", person.id)
    mine = [holding for holding in peers if holding.person_id == person.id]
    stays = [holding for holding in peers if holding.person_id != person.id and holding.valid_from <= end]
    if mine and role == Role.ADMINISTRATOR and not stays:
        raise ValidationError({"role": _("Somebody must be administrator. Name another one first.")})
    for holding in mine:
        holding.valid_until = max(end, holding.valid_from)
        holding.save(update_fields=["valid_until"])
        record("role.end", object_type="role_holding", object_id=holding.id)
    acting.forget_roles()
    return len(mine)


def _check_giver(action: str, person: Person, by: Person) -> None:
    """Raise Refused unless ``by`` is the system, or an administrator who is not ``person``."""
    if not may_administer(by) or (by.id == person.id and not is_system(by)):
        raise Refused(action, "person", person.id)


def _open_at(at: datetime) -> Q:
    """Return the condition that a holding is not over at ``at``."""
    return Q(valid_until__isnull=True) | Q(valid_until__gt=at)


def _not_over(person: Person, at: datetime) -> RoleHoldingQuerySet:
    """Return the holdings of ``person`` that are not over at ``at``."""
    return RoleHolding.objects.filter(_open_at(at), person_id=person.id)  # type: ignore[misc]
