"""Persons: adding somebody, and what somebody says about themselves."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.accounts import permissions
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused


@unit_of_work()
def create_person(
    *,
    used_name: str,
    by: Actor,
    language: str = "en",
    time_zone: str = "UTC",
    legal_name: str = "",
    pronouns: str = "",
    date_of_birth: str = "",
) -> Person:
    """Return a new person without an account.

    Args:
        used_name: what the person is called here.
        by: an administrator, a facilitator, or the system.
        language: of pages and messages, a code of settings.LANGUAGES.
        time_zone: an IANA name.
        legal_name: for signatures, when it differs.
        pronouns: as the person writes them.
        date_of_birth: YYYY-MM-DD, or empty.

    Raises:
        Refused: ``by`` may not add people.
        ValidationError: a value cannot be used.
    """
    permissions.check_can_add_people(by)
    person = Person(
        used_name=used_name.strip(),
        legal_name=legal_name.strip(),
        pronouns=pronouns.strip(),
        date_of_birth=date_of_birth,
        language=language,
        time_zone=time_zone,
    )
    _check(person)
    person.save(force_insert=True)
    record("person.create", object_type="person", object_id=person.pk)
    return person


@unit_of_work()
def update_profile(
    *, person: Person, used_name: str, pronouns: str, language: str, time_zone: str, by: Person
) -> Person:
    """Change what somebody says about themselves, and return them as they are now.

    Raises:
        Refused: ``by`` is somebody else.
        ValidationError: a value cannot be used.
    """
    row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by.pk != row.pk:
        raise Refused("person.update", "person", row.pk)
    row.used_name, row.pronouns = used_name.strip(), pronouns.strip()
    row.language, row.time_zone = language, time_zone
    _check(row)
    row.save(update_fields=["used_name", "pronouns", "language", "time_zone"])
    record("person.update", object_type="person", object_id=row.pk)
    return row


def _check(person: Person) -> None:
    """Raise ValidationError when a value cannot be used."""
    if not person.used_name:
        raise ValidationError({"used_name": _("Write the name to use here.")})
    if person.time_zone not in zoneinfo.available_timezones():
        raise ValidationError({"time_zone": _("Choose a time zone from the list.")})
    person.full_clean()
