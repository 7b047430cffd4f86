"""Who may do what with promises; absent and forbidden look the same."""

from uuid import UUID

from django.db.models import OuterRef, Subquery

from consent.kinds import GROUP_AGREEMENT, Kind, Scope, kind_keys, load_kind
from consent.models import ConsentBasis, Document
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.practice.selectors import check_can_administer
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with
from groups.selectors import get_group
from groups.selectors.groups import may_on

ACT = "consent.Act"
VERSION = "consent.DocumentVersion"
DOCUMENT = "consent.Document"
GUARDIAN_LINK = "consent.GuardianLink"
SPOKEN = "consent.SpokenAgreement"
PROMPT = "consent.ReconsentPrompt"
PLACE = "groups.Membership"


def check_can_publish(person: Person, group_id: UUID) -> TherapyGroup:
    """Return the group if ``person`` may publish its promises.

    Raises:
        Refused: absent, or the person does not manage the group.
    """
    return get_group(person, group_id, Right.MANAGE_GROUP, "document_version.publish")


def check_can_publish_kind(
    person: Person, group_id: UUID | None, kind_key: str, action: str = "document_version.publish"
) -> tuple[Kind, TherapyGroup | None]:
    """Return the kind and its group if ``person`` may publish it there; for the whole practice there is no group.

    Who manages a group publishes its texts, and administrators those of the practice.

    Args:
        person: who asks.
        group_id: the group; None for the whole practice.
        kind_key: the kind; a paper for one person is published by no one here.
        action: what is tried, for the trail.

    Raises:
        Refused: absent, of another scope, or forbidden.
    """
    group = get_group(person, group_id, Right.MANAGE_GROUP, action) if group_id is not None else None
    if group is None:
        check_can_administer(person, action)
    return check_kind_stands(kind_key, Scope.PRACTICE if group is None else Scope.GROUP, action), group


def check_kind_stands(kind_key: str, scope: Scope, action: str) -> Kind:
    """Return the kind if its texts stand in a group, or in the whole practice.

    Raises:
        Refused: absent, or of another scope.
    """
    if kind_key not in kind_keys() or load_kind(kind_key).scope != scope:
        raise Refused(action, DOCUMENT, kind_key[:64])
    return load_kind(kind_key)


def check_can_retire(person: Person, document_id: UUID) -> Document:
    """Return the document if ``person`` may publish its kind there, with ``group`` loaded.

    Raises:
        Refused: absent, a paper for one person, or forbidden.
    """
    found = Document.objects.select_related("group").filter(pk=document_id, person__isnull=True).first()
    # Asked for what is absent too, so that both answers cost the same.
    group_id, kind_key = (found.group_id, found.kind) if found else (document_id, GROUP_AGREEMENT)
    try:
        check_can_publish_kind(person, group_id, kind_key, "document.retire")
    except Refused as error:
        raise Refused("document.retire", DOCUMENT, document_id) from error
    if found is None:
        raise Refused("document.retire", DOCUMENT, document_id)
    return found


def check_can_record(person: Person, group_id: UUID, membership_id: UUID, action: str) -> Membership:
    """Return the open place if ``person`` may write down what its member answered on paper or by voice.

    It has ``decides`` and ``joined_by``: who decides for its member by the basis that holds and how the answers of
    guardians are joined, None where there is none; and ``can_manage``: whether ``person`` manages the group.

    Our choice: who may write notes of the group may do this too; a supervisor only reads.

    Raises:
        Refused: absent, ended, of another group, or forbidden.
    """
    mine = groups_with(person, Right.WRITE_NOTES).filter(pk=group_id)
    basis = ConsentBasis.objects.filter(person=OuterRef("person")).order_by("-decided_at", "-pk")
    found = (
        Membership.objects.filter(pk=membership_id, group__in=mine, ended_at__isnull=True)
        .select_related("person__user", "group")
        .annotate(
            can_manage=may_on(person, Right.MANAGE_GROUP, "group_id"),
            decides=Subquery(basis.values("decides")[:1]),
            joined_by=Subquery(basis.values("guardians")[:1]),
        )
        .first()
    )
    if found is None:
        raise Refused(action, "groups.Membership", membership_id)
    found.group.can_manage = found.can_manage  # type: ignore[attr-defined]
    return found


def place_to_decide(
    person: Person, group_id: UUID, membership_id: UUID, action: str, *, lock: bool = False
) -> Membership:
    """Return the open place of a member about whom ``person`` may decide: who answers for them, and an override.

    Our choice: the lead alone, as with everything that changes who may come.

    Args:
        person: who decides.
        group_id: the group.
        membership_id: the place.
        action: what is tried, for the trail.
        lock: whether to hold the place until the end of the transaction, so that decisions follow one another.

    Raises:
        Refused: absent, ended, of another group, or forbidden.
    """
    places = Membership.objects.select_for_update(of=("self",), no_key=True) if lock else Membership.objects.all()
    mine = groups_with(person, Right.MANAGE_GROUP).filter(pk=group_id).values("pk")
    found = (
        places.filter(pk=membership_id, group__in=mine, ended_at__isnull=True).select_related("person", "group").first()
    )
    if found is None:
        raise Refused(action, "groups.Membership", membership_id)
    return found


def check_can_make_out(person: Person, group_id: UUID, membership_id: UUID, *, issues: bool = False) -> Membership:
    """Return the open place if ``person`` may make out a paper for its member.

    Our choice: who writes notes may; a notice of a breach is sent out by who manages the group.

    Raises:
        Refused: absent, ended, of another group, or forbidden.
    """
    place = check_can_record(person, group_id, membership_id, "paper.make_out")
    if issues and not can_manage(person, group_id):
        raise Refused("paper.make_out", PLACE, membership_id)
    return place


def can_read_papers(person: Person, group_id: UUID) -> bool:
    """Return whether ``person`` works with the group now, and so may look at its papers."""
    return groups_with(person, Right.WRITE_NOTES).filter(pk=group_id).exists()


def can_manage(person: Person, group_id: UUID) -> bool:
    """Return whether ``person`` manages the group now, and so may find an answer in it not valid."""
    return groups_with(person, Right.MANAGE_GROUP).filter(pk=group_id).exists()
