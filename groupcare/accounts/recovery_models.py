"""Requests for a way back in, and the steps taken on them; both tables only grow."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from groupcare.accounts import recovery_kinds
from groupcare.accounts.recovery_kinds import ENDS, LIVES, Check, Kind, State, Step
from groupcare.audit.models import AppendOnly
from groupcare.web.moments import RightNow


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Requests."""

    def not_ended(self) -> "RecoveryQuerySet":
        """Return those neither carried out nor stopped, and young enough to matter."""
        longest = max((kind.wait for kind in recovery_kinds.kinds().values()), default=timedelta())
        ended = RecoveryStep.objects.filter(recovery=OuterRef("pk"), step__in=ENDS)
        moved = RecoveryStep.objects.filter(recovery=OuterRef("pk"), at__gt=RightNow(-longest - LIVES))
        young = Q(opened_at__gt=RightNow(-LIVES))
        return self.filter(young | Q(Exists(moved))).exclude(Exists(ended))


class Recovery(AppendOnly):
    """Somebody asked for a way back in for a person, or for a new address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="recoveries")
    # The administrator who cannot be reached, where it is about one.
    missing = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.ForeignKey("outbox.Address", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    check_made = models.CharField(max_length=20, choices=Check.choices)
    opened_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["opened_at"], name="accounts_recovery_opened")]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)

    @property
    def about(self) -> Kind:
        """Return its kind."""
        return recovery_kinds.kinds()[self.kind]

    def taken(self) -> dict[str, datetime]:
        """Return when each step was taken; one query, or none where the steps were fetched before."""
        return {one.step: one.at for one in self.steps.all()}

    @property
    def due_at(self) -> datetime | None:
        """Return when it may take effect, or None while a step is missing."""
        return recovery_kinds.due_at(self.about, self.taken())

    @property
    def state(self) -> State:
        """Return where it stands now."""
        return recovery_kinds.state_of(self.about, opened_at=self.opened_at, steps=self.taken(), now=timezone.now())


class RecoveryStep(AppendOnly):
    """One step; of two at the same moment the unique keys let one in."""

    id = models.BigAutoField(primary_key=True)
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20, choices=Step.choices)
    # Nobody: a link spoke, or the clock.
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recovery", "step"], name="accounts_recovery_step_once"),
            models.UniqueConstraint(
                fields=["recovery"], condition=Q(step__in=ENDS), name="accounts_recovery_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(step=Step.APPROVED), name="accounts_recovery_approved_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


def open_for(person_id: OuterRef) -> Subquery:
    """Return the id of a request about this person that goes on, for a query of accounts."""
    about = Q(person=person_id) | Q(missing=person_id)
    return Subquery(Recovery.objects.not_ended().filter(about).order_by("-opened_at").values("pk")[:1])


def had_factors_removed(person_id: OuterRef) -> Exists:
    """Return whether a way back in took this person's second factors away, for a query of accounts."""
    done = RecoveryStep.objects.filter(step=Step.CARRIED_OUT, recovery__person=person_id)
    return Exists(done.filter(recovery__kind__in=factor_kinds()))


def factor_kinds() -> list[str]:
    """Return the kinds that take second factors away."""
    return [key for key, kind in recovery_kinds.kinds().items() if kind.does == "remove_factors"]
