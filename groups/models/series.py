"""Rooms, series of sessions, and each time that a session was moved."""

import uuid
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groups.models.group import TherapyGroup
from groups.recurrence import Rhythm, Rule


class Room(AppendOnly, models.Model):
    """A room of a site. Its name is that of a room, not of a person, and everybody who plans sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="groups_room_name")]

    def __str__(self) -> str:
        return str(self.pk)


class SessionSeries(AppendOnly, models.Model):
    """What was planned of a series, from one day on. A change is a new row that supersedes it; the last one counts.

    All rows of one series share ``line``, the id of the first of them. A day of the rule up to ``last_day`` has one
    session, which may have been moved or called off since.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="series")
    line = models.UUIDField(db_index=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    rhythm = models.CharField(max_length=12, choices=Rhythm)
    every = models.PositiveSmallIntegerField(default=1)
    first_day = models.DateField()
    # Before the first day: the series ended before it met.
    last_day = models.DateField()
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=64)
    format = models.CharField(max_length=12, choices=TherapyGroup.Format)
    site = models.ForeignKey("practice.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    planned_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(supersedes__isnull=True), name="groups_series_one_beginning"
            ),
            models.CheckConstraint(condition=Q(every__gte=1) & Q(minutes__gte=1), name="groups_series_rule"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def rule(self) -> Rule:
        """Return its days and times as data."""
        return Rule(self.rhythm, self.every, self.first_day, self.starts, self.minutes, ZoneInfo(self.zone))


class SessionMove(AppendOnly, models.Model):
    """That a session was moved: from when and where to when and where, why, and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("groups.GroupSession", on_delete=models.PROTECT, related_name="moved")
    # The how-manieth time it was moved, from 1.
    number = models.PositiveSmallIntegerField()
    # The change of a whole series that moved it; empty where it was moved by itself.
    series = models.ForeignKey(SessionSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="moves")
    old_starts_at = models.DateTimeField()
    old_ends_at = models.DateTimeField()
    old_site = models.ForeignKey("practice.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    old_room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_starts_at = models.DateTimeField()
    new_ends_at = models.DateTimeField()
    new_site = models.ForeignKey("practice.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # A key of groups/absence/reasons.toml: nobody writes a reason in words.
    reason = models.CharField(max_length=24)
    moved_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="groups_session_move_number"),
            models.CheckConstraint(
                condition=Q(new_ends_at__gt=F("new_starts_at")) & Q(old_ends_at__gt=F("old_starts_at")),
                name="groups_session_move_times",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
