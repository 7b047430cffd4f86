"""A member chooses how one group calls them, and who there may see their pronouns."""

from difflib import SequenceMatcher
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups.models import ChosenName, Membership, TherapyGroup
from groups.name_scan import folded
from groups.selectors.naming import PLACE, own_named_place
from groups.services.overlap_checks import ask_check

#: From this likeness on two names are mistaken for each other. Our choice: "Marta" and "Martha" are, "Ana" and "Ada"
#: are not.
TOO_ALIKE = 0.85


def alike(one: str, other: str) -> bool:
    """Tell whether two names read the same, or nearly: without case, accents, spaces and invisible signs."""
    left, right = ("".join(folded(name)[0].split()) for name in (one, other))
    return left == right or SequenceMatcher(None, left, right).ratio() > TOO_ALIKE


@unit_of_work()
def choose_name(*, membership_id: UUID, name: str, pronouns_shown: str, seen: UUID | None, by: Person) -> ChosenName:
    """Let a group call the caller by another name from now on; the names before are kept beside it.

    Args:
        membership_id: the own place.
        name: what the group says; "" for the name that the person uses everywhere.
        pronouns_shown: a value of ``ChosenName.Shown``.
        seen: the choice that was shown, or None where there was none.
        by: whose place it is.

    Raises:
        Refused: absent, ended, or somebody else's place.
        InvalidTransition: it was changed in the meantime.
        ValidationError: the name is too like one in the group, whosever it is, or there is no such choice.
    """
    place = own_named_place(by, membership_id)
    # The group's row, so that of two who choose the same at once the second is told.
    TherapyGroup.objects.select_for_update(no_key=True).get(pk=place.group_id)
    place = own_named_place(by, membership_id)
    if place.choice != seen:  # type: ignore[attr-defined] # from the query
        raise InvalidTransition(_("You changed this in the meantime. Look at what stands now."))
    unlock(place)
    called = " ".join(name.split())
    _check_free(place, called or place.person.used_name)
    row = ChosenName(
        membership=place,
        group_id=place.group_id,
        name=called,
        before=place.alias,
        pronouns_shown=pronouns_shown,
        chosen_by=by,
    )
    row.full_clean()
    row.save(force_insert=True)
    place.alias = called
    place.save(update_fields=["alias"])
    ask_check(by.pk)
    record("membership.name", object_type=PLACE, object_id=place.pk)
    return row


def _check_free(place: Membership, name: str) -> None:
    """Raise ``ValidationError`` if somebody else in the group is called so, or nearly; it says no more than that."""
    others = list(
        Membership.objects.filter(group=place.group_id, ended_at__isnull=True)
        .exclude(pk=place.pk)
        .select_related("person")
    )
    unlock(others)
    # Every name is compared, so that the time tells nothing of where the like one stands.
    taken = [other for other in others if alike(name, other.name)]
    if taken:
        raise ValidationError({"name": _("Please choose another name for this group.")})
