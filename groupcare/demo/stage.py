"""What every part of the demo's story needs: who and what exists already, and when it happened."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from consent.models import DocumentVersion
from consent.services import StepUpEvidence
from groupcare.accounts.models import Person, User
from groupcare.accounts.services import accept_invitation
from groupcare.accounts.tokens import invitation_token
from groups.models import Enrolment, Membership, TherapyGroup

Step = tuple[datetime, Callable[[], None]]


@dataclass
class Stage:
    """The demo while it is being made: what the file says, and who and what exists already."""

    password: str
    today: datetime
    script: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, TherapyGroup] = field(default_factory=dict)
    versions: dict[tuple[str, str], list[DocumentVersion]] = field(default_factory=dict)
    # Who may join a group, by name.
    asked: dict[str, Enrolment] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the zone of the practice's clocks."""
        return ZoneInfo(self.script["practice"]["time_zone"])

    def _before(self, days: float) -> datetime:
        return self.today - timedelta(days=days)

    def _today(self) -> date:
        return timezone.now().astimezone(self.zone).date()

    def _account(self, key: str, invitation: Any) -> None:
        user = accept_invitation(
            invitation_id=invitation.pk,
            token=invitation_token(invitation.pk, invitation.issue),
            password=self.password,
        )
        # Without a second factor, which nobody could hand over to a newcomer; void outside of a demo.
        User.objects.filter(pk=user.pk).update(demo_exempt=True)
        self.people[key] = Person.objects.select_related("user").get(pk=user.person_id)

    @staticmethod
    def _email(key: str) -> str:
        return f"{key}@demo.example"

    def _lead(self, group: str) -> Person:
        entry = next(entry for entry in self.script["groups"] if entry["key"] == group)
        return self.people[entry["lead"]]

    def _member(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in self.script["members"] if one["key"] == key)
        return found

    def _place(self, key: str) -> Membership:
        return Membership.objects.get(person=self.people[key])

    @staticmethod
    def _proof() -> StepUpEvidence:
        return StepUpEvidence(method="password", at=timezone.now(), event=str(uuid.uuid4()))
