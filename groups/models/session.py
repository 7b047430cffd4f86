"""The sessions of a group, and what was acknowledged in them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.access.models import TimedGrant
from groupcare.audit.models import AppendOnly
from groups.models.group import TherapyGroup


class GroupSession(models.Model):
    """One meeting of a group."""

    class State(models.TextChoices):
        """Whether it is to come, was called off, or took place."""

        SCHEDULED = "scheduled", _("Scheduled")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held")

    #: state -> states it may turn into
    TRANSITIONS: dict[str, frozenset[str]] = {
        State.SCHEDULED: frozenset({State.CANCELLED, State.HELD}),
        State.CANCELLED: frozenset(),
        State.HELD: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    format = models.CharField(max_length=12, choices=TherapyGroup.Format)
    site = models.ForeignKey("practice.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("groups.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The series that planned it, and the day of that series' rule which it stands for, wherever it was moved to.
    series = models.ForeignKey(
        "groups.SessionSeries", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    series_day = models.DateField(null=True, blank=True)
    # How often it was moved; each time is a ``SessionMove``.
    moves = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.SCHEDULED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        permissions = [
            ("see_session", "See the session"),
            ("run_session", "Run the session"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="groups_session_number"),
            models.UniqueConstraint(fields=["series", "series_day"], name="groups_session_one_for_a_day"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="groups_session_times"),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_day__isnull=True)
                | Q(series__isnull=False, series_day__isnull=False),
                name="groups_session_series_and_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_online(self) -> bool:
        """Whether at least some people come by video."""
        return self.format != TherapyGroup.Format.IN_PERSON


class SessionGrant(TimedGrant):
    """A right on one session for a period: substitutes and observers (foundation F4)."""

    content_object: "models.ForeignKey[GroupSession, GroupSession]" = models.ForeignKey(
        GroupSession, on_delete=models.CASCADE, related_name="grants"
    )

    class Meta(TimedGrant.Meta):
        pass


class Observance(AppendOnly, models.Model):
    """What a person read and agreed to for one session."""

    class Kind(models.TextChoices):
        """What was observed."""

        GROUND_RULES = "ground_rules", _("Ground rules")
        READ_ALOUD = "read_aloud", _("Ground rules, read aloud to the group")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="observances")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="observances")
    kind = models.CharField(max_length=16, choices=Kind)
    # Which text it was: format, language and the hash of the rules shown.
    text_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    at = models.DateTimeField(default=timezone.now)
    # Who heard it, where the person said it aloud; nobody where they did it themselves.
    recorded_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "kind"], name="groups_observance_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
