"""The therapy group, the people who run it and the people who belong to it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.access.models import TimedGrant
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groupcare.web.initials import initials


class TherapyGroup(models.Model):
    """One therapy group. Its label is discreet ("Thursday B") and never shown to members."""

    class Kind(models.TextChoices):
        """What sort of group it is (reference: the field's vocabulary of group types)."""

        PROCESS = "process", _("Process or interpersonal")
        PSYCHOEDUCATIONAL = "psychoeducational", _("Psychoeducational")
        SKILLS = "skills", _("Skills")
        COGNITIVE_BEHAVIOURAL = "cognitive_behavioural", _("Cognitive-behavioural")
        SUPPORT = "support", _("Support")
        TOPIC = "topic", _("One topic, for example grief")
        MULTI_FAMILY = "multi_family", _("Multi-family")
        COUPLES = "couples", _("Couples")
        PARENTS = "parents", _("Parents")
        ADOLESCENTS = "adolescents", _("Adolescents")
        PEER_LED = "peer_led", _("Peer-led, not treatment")

    class Openness(models.TextChoices):
        """Who may join while the group runs."""

        CLOSED = "closed", _("Closed: everyone starts together")
        OPEN = "open", _("Open: people join and leave at any time")
        SLOW_OPEN = "slow_open", _("Slow-open: a new person only when a place is free")

    class Course(models.TextChoices):
        """Whether its members start together (reference: 7.1, fixed and revolving membership)."""

        COHORT = "cohort", _("A cohort: everyone starts and ends together")
        ROLLING = "rolling", _("Rolling: people start and end at different times")

    class Format(models.TextChoices):
        """Where the group meets."""

        IN_PERSON = "in_person", _("In a room")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("Room and online")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = EncryptedTextField(
        bound_as="groups.therapy_group.label",
        owner=Owner.GROUP,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        max_length=60,
    )
    purpose_text = EncryptedTextField(
        bound_as="groups.therapy_group.purpose_text",
        owner=Owner.GROUP,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=2000,
    )
    kind = models.CharField(max_length=24, choices=Kind)
    openness = models.CharField(max_length=12, choices=Openness)
    format = models.CharField(max_length=12, choices=Format)
    place = models.CharField(max_length=16)
    capacity = models.PositiveSmallIntegerField()
    # Fewer than two present is not a group session. Source: domain reference, 7.3 and 7.5.
    minimum = models.PositiveSmallIntegerField(default=2)
    course = models.CharField(max_length=8, choices=Course, default=Course.ROLLING)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    site = models.ForeignKey("practice.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("groups.Room", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Keys of groups/policies/policies.toml and the chosen value of each; what is missing stands at its first value.
    policies = models.JSONField(default=dict, blank=True)
    # Keys of groups/rituals/parts.toml in order, each with its minutes; empty means as the file has it.
    rituals = models.JSONField(default=list, blank=True)
    # Counts the changes of its settings: who saves names the one that they saw.
    edition = models.PositiveIntegerField(default=0)
    online_link = EncryptedTextField(
        bound_as="groups.therapy_group.online_link",
        owner=Owner.GROUP,
        owner_from="id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=500,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("see_group", "See the group and its people"),
            ("manage_group", "Change the group, its people and its sessions"),
            ("read_notes", "Read the notes of the group"),
            ("write_notes", "Write notes of the group"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=2, capacity__lte=100), name="groups_group_capacity"),
            models.CheckConstraint(
                condition=Q(minimum__gte=2, minimum__lte=F("capacity")), name="groups_group_minimum"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def places(self) -> list[str]:
        """The codes of the places whose law it stands under: the chosen one, and that of its site if it is another."""
        return list(dict.fromkeys([self.place, *([self.site.place] if self.site else [])]))


class GroupGrant(TimedGrant):
    """A right on one group for a period; the period is that of the facilitation."""

    content_object: "models.ForeignKey[TherapyGroup, TherapyGroup]" = models.ForeignKey(
        TherapyGroup, on_delete=models.CASCADE, related_name="grants"
    )

    class Meta(TimedGrant.Meta):
        pass


class Facilitation(models.Model):
    """Who runs or attends a group by duty, as what, from when until when."""

    class Role(models.TextChoices):
        """The part a person plays in running the group."""

        LEAD = "lead", _("Lead")
        CO = "co", _("Co-facilitator")
        TRAINEE = "trainee", _("Trainee")
        SUPERVISOR = "supervisor", _("Supervisor")
        STAND_IN = "stand_in", _("Lead by a will, without notes")
        OBSERVER = "observer", _("Observer")
        INTERPRETER = "interpreter", _("Interpreter")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="facilitations")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="facilitations")
    role = models.CharField(max_length=12, choices=Role)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            # Equal times are allowed: a facilitation ended before it began never gave any right.
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="groups_facilitation_period",
            ),
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(valid_until__isnull=True),
                name="groups_facilitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Membership(models.Model):
    """One spell of one person in one group. A return is a new row."""

    class State(models.TextChoices):
        """How far the person is on the way into, or out of, the group."""

        INVITED = "invited", _("Invited")
        PREPARING = "preparing", _("Preparing")
        ACTIVE = "active", _("Active")
        ON_LEAVE = "on_leave", _("On leave")
        ENDED = "ended", _("Ended")

    #: state -> states it may turn into
    TRANSITIONS: dict[str, frozenset[str]] = {
        State.INVITED: frozenset({State.PREPARING, State.ACTIVE, State.ENDED}),
        State.PREPARING: frozenset({State.ACTIVE, State.ENDED}),
        State.ACTIVE: frozenset({State.ON_LEAVE, State.ENDED}),
        State.ON_LEAVE: frozenset({State.ACTIVE, State.ENDED}),
        State.ENDED: frozenset(),
    }
    #: those who may come to a session, if cleared
    COMING: frozenset[str] = frozenset({State.INVITED, State.PREPARING, State.ACTIVE})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="memberships")
    alias = EncryptedTextField(
        bound_as="groups.membership.alias",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=80,
    )
    state = models.CharField(max_length=12, choices=State, default=State.INVITED)
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(ended_at__isnull=True),
                name="groups_membership_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="groups_membership_ended",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """What this group calls the person: the alias, else the name the person uses."""
        return self.alias or self.person.used_name

    @property
    def initials(self) -> str:
        """At most two capital letters of the name, for the person's seat."""
        return initials(self.name)
