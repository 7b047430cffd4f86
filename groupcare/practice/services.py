"""Changes to the practice."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from groupcare.access import Person, Role, end_role, give_role, roles_by_person
from groupcare.accounts.models import Person as PersonRow
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.practice.models import Installation, Practice, Site
from groupcare.practice.places import places
from groupcare.practice.selectors import check_can_administer, forget_practice
from groupcare.web.meanwhile import check_seen


@unit_of_work()
def set_up_practice(
    *,
    name: str,
    public_name: str,
    time_zone: str,
    by: Person,
    language: str = "en",
    contact: str = "",
    crisis_text: str = "",
) -> Practice:
    """Make the practice, and write down whether this database is a demo (foundation F11).

    Args:
        name: the practice's own name, for staff.
        public_name: the neutral name that members see.
        time_zone: an IANA zone, for example "Europe/Dublin".
        by: an administrator, or the system at the first start.
        language: the language of new pages and mail.
        contact: how members reach the practice.
        crisis_text: what a member in danger should do.

    Raises:
        Refused: ``by`` may not.
        ValidationError: there is a practice already, or a field is wrong.
    """
    check_can_administer(by, "practice.set_up")
    if Practice.objects.exists():
        raise ValidationError({"name": _("There is a practice already. Change it in the settings.")})
    practice = Practice(
        name=name,
        public_name=public_name,
        time_zone=time_zone,
        language=language,
        contact=contact,
        crisis_text=crisis_text,
    )
    _clean(practice)
    practice.save(force_insert=True)
    Installation.objects.create(is_demo=settings.DEMO)
    record("practice.set_up", object_type="practice", object_id=practice.id)
    transaction.on_commit(forget_practice)
    return practice


# What an administrator may change in the settings.
EDITABLE = frozenset({"name", "public_name", "time_zone", "language", "contact", "crisis_text"})


@unit_of_work()
def update_practice(*, by: Person, seen: str = "", **fields: str) -> Practice:
    """Change the named fields of the practice.

    Args:
        by: an administrator.
        seen: the mark of what they saw (``web.meanwhile``); empty: they write whatever stands there.
        fields: some of ``EDITABLE``.

    Raises:
        Refused: ``by`` may not.
        ValidationError: a field is wrong, or somebody changed the practice meanwhile.
        TypeError: a field cannot be changed.
        Practice.DoesNotExist: before the first set-up.
    """
    practice = Practice.objects.select_for_update(no_key=True).get()
    check_can_administer(by, "practice.update")
    if unknown := set(fields) - EDITABLE:
        raise TypeError(f"update_practice cannot change {', '.join(sorted(unknown))}.")
    check_seen(seen, {name: getattr(practice, name) for name in EDITABLE})
    for name, value in fields.items():
        setattr(practice, name, value)
    _clean(practice)
    practice.save(update_fields=list(fields))
    record("practice.update", object_type="practice", object_id=practice.id)
    transaction.on_commit(forget_practice)
    return practice


@unit_of_work()
def add_site(*, name: str, place: str, by: Person, address_text: str = "") -> Site:
    """Add a place where people meet in a room.

    Args:
        name: how staff and members call it.
        place: a code of places.toml: whose law holds there.
        by: an administrator.
        address_text: how to get there.

    Raises:
        Refused: ``by`` may not.
        ValidationError: a field is wrong, or the name is taken.
    """
    check_can_administer(by, "site.create")
    if place not in places():
        raise ValidationError({"place": _("Choose a place from the list.")})
    site = Site(name=name, place=place, address_text=address_text)
    site.full_clean()
    site.save(force_insert=True)
    record("site.create", object_type="site", object_id=site.id)
    return site


@unit_of_work()
def name_external_reviewer(*, person: Person, by: Person) -> Practice:
    """Let ``person`` receive the concerns that nobody inside may see; their predecessor's role ends.

    Args:
        person: somebody who works outside of the practice.
        by: an administrator, never the person themselves.

    Raises:
        Refused: ``by`` may not, or is the person.
        ValidationError: the person works inside of the practice.
        Practice.DoesNotExist: before the first set-up.
    """
    practice = Practice.objects.select_for_update(no_key=True).get()
    check_can_administer(by, "practice.name_external_reviewer")
    before = practice.external_reviewer
    if before is not None and before.id != person.id:
        end_role(person=before, role=Role.EXTERNAL_REVIEWER, by=by)
    if person.id is None:
        raise Refused("practice.name_external_reviewer", "person")
    held = roles_by_person([person.id])
    if not any(Role.EXTERNAL_REVIEWER in roles for roles in held.values()):
        _give_reviewer_role(person, by)
    practice.external_reviewer = PersonRow.objects.get(pk=person.id)
    practice.save(update_fields=["external_reviewer"])
    record("practice.name_external_reviewer", object_type="person", object_id=person.id)
    transaction.on_commit(forget_practice)
    return practice


def _give_reviewer_role(person: Person, by: Person) -> None:
    """Give the role; an error about it belongs to the field ``person`` here."""
    try:
        give_role(person=person, role=Role.EXTERNAL_REVIEWER, by=by)
    except ValidationError as error:
        raise ValidationError({"person": error.messages}) from None


def _clean(practice: Practice) -> None:
    """Check the fields of the practice.

    Raises:
        ValidationError: by field.
    """
    errors: dict[str, Any] = {}
    if practice.time_zone not in available_timezones():
        errors["time_zone"] = _("Choose a time zone from the list, for example Europe/Dublin.")
    if practice.language not in dict(settings.LANGUAGES):
        errors["language"] = _("Choose a language from the list.")
    try:
        practice.full_clean()
    except ValidationError as error:
        errors = {**error.update_error_dict({}), **errors}
    if errors:
        raise ValidationError(errors)
