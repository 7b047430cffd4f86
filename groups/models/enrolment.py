"""The way into a group before there is a place, and what is done about a place: rows that are written once."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose
from groupcare.web.initials import initials
from groups.models.group import Membership, TherapyGroup


class Enrolment(AppendOnly, models.Model):
    """That somebody may join a group, from the first word to the place. A second try is a second row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="enrolments")
    # What this group calls the person; whoever writes to the group must not learn what others call them.
    name = EncryptedTextField(
        bound_as="groups.enrolment.name",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.IDENTITY,
        max_length=80,
    )
    # The place in another group that this one takes the stead of.
    comes_from = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="moves")
    opened_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["group", "-opened_at"], name="groups_enrolment_of_group")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def initials(self) -> str:
        """At most two capital letters of the name, for a screen that others may see."""
        return initials(self.name)


class EnrolmentStep(AppendOnly, models.Model):
    """One step of an enrolment; the newest is its state. ``groups.enrolment_states`` says which may follow which."""

    class State(models.TextChoices):
        """Where the step led. From ``preparing`` on the place itself says how far it is."""

        INQUIRY = "inquiry", _("Asked about the group")
        REFERRED = "referred", _("Referred")
        SCREENING_SCHEDULED = "screening_scheduled", _("First talk planned")
        SCREENED = "screened", _("First talk held")
        SUITABLE = "suitable", _("Fits the group")
        NOT_SUITABLE = "not_suitable", _("Does not fit this group")
        DEFER = "defer", _("Not now, look again later")
        WAITLISTED = "waitlisted", _("On the waiting list")
        OFFERED = "offered", _("Place offered")
        PREPARING = "preparing", _("Has a place")
        WITHDRAWN = "withdrawn", _("Ended without a place")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="steps")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=State)
    # Empty when the clock took it.
    taken_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    # Why, as a code of groups/screening: the priority on the waiting list, or how it ended.
    code = models.CharField(max_length=20, blank=True)
    # When the talk is, when to look again, or when the offer ends.
    due_at = models.DateTimeField(null=True, blank=True)
    # What was answered in the first talk, and reasons in words.
    details = EncryptedJSONField(
        bound_as="groups.enrolment_step.details",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CLINICAL,
        null=True,
        blank=True,
    )
    place = models.OneToOneField(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolment_step"
    )

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="groups_enrolment_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="groups_enrolment_step_once"),
            models.CheckConstraint(
                condition=Q(state="preparing", place__isnull=False) | (~Q(state="preparing") & Q(place__isnull=True)),
                name="groups_enrolment_place_with_its_step",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) | ~Q(state__in=["offered", "screening_scheduled"]),
                name="groups_enrolment_offer_ends",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MembershipStep(AppendOnly, models.Model):
    """What was done about a place: leave, return, or how it ended and why."""

    class Kind(models.TextChoices):
        """What was done."""

        LEFT = "left", _("On leave")
        RETURNED = "returned", _("Back from leave")
        ENDED = "ended", _("Ended")

    class Ending(models.TextChoices):
        """How a place ended (reference: life cycle of an enrolment)."""

        GRADUATED = "graduated", _("The work is done, or the group ended")
        MUTUAL = "terminated_mutual", _("Agreed together")
        BY_MEMBER = "terminated_by_member", _("The member leaves")
        BY_FACILITATOR = "terminated_by_facilitator", _("The facilitator ends it")
        TRANSFERRED = "transferred", _("Goes on in another group")
        LAPSED = "lapsed", _("Stayed away")
        DECEASED = "deceased", _("Died")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="spell_steps")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    ending = models.CharField(max_length=28, choices=Ending, blank=True)
    # The day on which somebody on leave is expected back.
    back_on = models.DateField(null=True, blank=True)
    words = EncryptedTextField(
        bound_as="groups.membership_step.words",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CLINICAL,
        blank=True,
        max_length=2000,
    )
    # Empty when the clock took it.
    taken_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["membership", "-taken_at"], name="groups_step_of_place")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership"], condition=Q(kind="ended"), name="groups_place_ends_once"),
            models.CheckConstraint(
                condition=(Q(kind="ended") & ~Q(ending="")) | (~Q(kind="ended") & Q(ending="")),
                name="groups_ending_with_its_step",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
