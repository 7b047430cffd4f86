"""Roles with periods, and the abstract grant with a period that other rooms give their objects."""

import uuid
from enum import StrEnum
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from groupcare.web.moments import RightNow


class Role(models.TextChoices):
    """What a person is for the whole practice; rights on one group are grants, not roles."""

    FACILITATOR = "facilitator", _("Facilitator")
    TRAINEE = "trainee", _("Trainee")
    ADMINISTRATOR = "administrator", _("Administrator")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    CUSTODIAN = "custodian", _("Custodian")
    EXTERNAL_REVIEWER = "external_reviewer", _("External reviewer")
    RECEPTION = "reception", _("Reception")


STAFF: frozenset[Role] = frozenset(Role)
# Roles inside of the practice, which no external reviewer holds: our choice, because a concern that
# nobody inside may see needs somebody who is not inside.
INSIDE: frozenset[Role] = frozenset(
    {Role.FACILITATOR, Role.TRAINEE, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.RECEPTION}
)


class Right(StrEnum):
    """The codenames of the rights on one object; the model's ``Meta.permissions`` lists the same."""

    SEE_GROUP = "see_group"
    MANAGE_GROUP = "manage_group"
    READ_NOTES = "read_notes"
    WRITE_NOTES = "write_notes"
    SEE_SESSION = "see_session"
    RUN_SESSION = "run_session"


def _current(at: object) -> Q:
    """Return the condition that a period holds at ``at``: from its start until just before its end."""
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


class RoleHoldingQuerySet(models.QuerySet["RoleHolding"]):
    """Role holdings."""

    def current(self) -> Self:
        """Return the holdings whose period holds now."""
        return self.filter(_current(RightNow()))


class RoleHolding(models.Model):
    """One period in which a person holds a role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="role_holdings")
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    # Empty when the system gave it at first set-up.
    given_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RoleHoldingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(valid_until__isnull=True), name="access_one_open_holding"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="access_holding_period",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="access_holding_role"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "valid_until"], name="access_holding_person")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_current(self) -> bool:
        """Return whether the period holds now."""
        now = timezone.now()
        return self.valid_from <= now and (self.valid_until is None or self.valid_until > now)


# guardian carries no types: the second bases, which it derives from anyway, tell the checker what these are.
class SpellsOfGrants(UserObjectPermissionManager, models.Manager["TimedGrant"]):  # type: ignore[misc]
    """All grants, past and coming too."""


class CurrentGrants(UserObjectPermissionManager, models.Manager["TimedGrant"]):  # type: ignore[misc]
    """Grants whose period holds now: what guardian sees, so that a stopped sweep opens nothing."""

    def get_queryset(self) -> "models.QuerySet[TimedGrant]":
        """Return the rows current at this moment."""
        found: models.QuerySet[TimedGrant] = super().get_queryset().filter(_current(timezone.now()))
        return found


class TimedGrant(UserObjectPermissionBase, models.Model):  # type: ignore[misc]
    """A right of one login on one object for one period; subclass it with ``content_object``.

    ``content_object`` is a ForeignKey to the model (without ``related_name="+"``, which would hide it
    from guardian). ``objects`` holds current rows only, ``spells`` all of them.
    """

    valid_from = models.DateTimeField()
    # Null: open. The end itself is outside of the period.
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = CurrentGrants()
    spells = SpellsOfGrants()

    class Meta:
        abstract = True
        unique_together: ClassVar = []
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "valid_from"],
                name="%(app_label)s_%(class)s_one_spell",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_period",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
