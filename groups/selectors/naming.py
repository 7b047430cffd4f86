"""How a member is called in each of their groups, for the member."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import ChosenName, Membership

PLACE = "groups.Membership"


def newest_choice(field: str) -> Subquery:
    """Return a column of a membership: ``field`` of the newest choice of a name, or None."""
    newest = ChosenName.objects.filter(membership=OuterRef("pk")).order_by("-chosen_at", "-pk")
    return Subquery(newest.values(field)[:1])


def own_named_places(viewer: Person) -> QuerySet[Membership]:
    """Return the viewer's open places, longest first, each with ``choice`` (its id) and ``pronouns_shown``."""
    found = Membership.objects.filter(person=viewer, ended_at__isnull=True).select_related("person")
    return found.annotate(choice=newest_choice("pk"), pronouns_shown=newest_choice("pronouns_shown")).order_by(
        "created_at", "pk"
    )


def own_named_place(viewer: Person, pk: UUID) -> Membership:
    """Return one of ``own_named_places``.

    Raises:
        Refused: absent, ended, or somebody else's.
    """
    found = own_named_places(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("membership.name", PLACE, pk)
    return found
