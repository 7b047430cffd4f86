"""What happens in the demo practice, day by day; every step goes through the services."""

import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from consent.models import ActKind, DocumentVersion
from consent.services import (
    Paper,
    StepUpEvidence,
    Wording,
    ask_to_talk,
    decline,
    present,
    publish_version,
    record_paper,
    sign,
    withdraw,
)
from groupcare.access import Role, acting_as, acting_as_system, give_role
from groupcare.accounts.models import Person, User
from groupcare.accounts.services import accept_invitation, create_person, invite
from groupcare.accounts.tokens import invitation_token
from groupcare.audit import recording
from groupcare.demo.clock import clock_at
from groupcare.practice.models import Practice, Site
from groupcare.practice.services import add_site, name_external_reviewer, set_up_practice
from groups.models import GroupSession, Membership, TherapyGroup
from groups.services import (
    NewMember,
    add_facilitator,
    add_member,
    create_group,
    invite_member,
    keep_contact_card,
    schedule_session,
    schedule_weekly,
    write_process_note,
    write_progress_note,
    write_will,
)
from incidents.services import acknowledge, raise_concern

Step = tuple[datetime, Callable[[], None]]

# Our choice: more than a year, so that one signature can be past its validity of 365 days.
OPENED_DAYS_AGO = 400

# What stands for the scan of a paper: an empty page, as small as a PDF can be that readers open.
_BLANK_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class Story:
    """The demo while it is being made: what the file says, and who and what exists already."""

    password: str
    today: datetime
    script: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, TherapyGroup] = field(default_factory=dict)
    versions: dict[str, list[DocumentVersion]] = field(default_factory=dict)

    @classmethod
    def read(cls, password: str) -> "Story":
        """Return the story of practice.toml, told from now on."""
        text = (Path(__file__).parent / "practice.toml").read_text(encoding="utf-8")
        return cls(password=password, today=timezone.now(), script=tomllib.loads(text))

    def tell(self) -> None:
        """Make everything, in the order of its days: the trail's times only grow."""
        self._at(self._before(OPENED_DAYS_AGO), self._open)
        self._at(self._before(OPENED_DAYS_AGO - 5), self._make_groups)
        steps = [*self._member_steps(), *self._paper_steps(), *self._session_steps(), *self._note_steps()]
        steps.append((self._before(2), self._raise_concerns))
        steps.append((self._before(1), self._prepare_for_absence))
        for moment, step in sorted(steps, key=lambda pair: pair[0]):
            self._at(moment, step)
        self._plan_coming()

    def _before(self, days: float) -> datetime:
        return self.today - timedelta(days=days)

    @staticmethod
    def _at(moment: datetime, step: Callable[[], None]) -> None:
        with clock_at(moment):
            step()

    # --- the practice and the people who work there --------------------------------------------------
    def _open(self) -> None:
        with acting_as_system("demo") as system, recording():
            practice = set_up_practice(by=system, **self.script["practice"])
            for entry in self.script["staff"]:
                self._add_staff(entry, system)
        ada = self.people["ada"]
        with acting_as(ada), recording():
            for entry in self.script["sites"]:
                add_site(by=ada, **entry)
            name_external_reviewer(person=self.people["xavier"], by=ada)
        self.zone = ZoneInfo(practice.time_zone)

    def _add_staff(self, entry: dict[str, Any], system: Any) -> None:
        zone = self.script["practice"]["time_zone"]
        person = create_person(used_name=entry["name"], pronouns=entry["pronouns"], time_zone=zone, by=system)
        first, *others = [Role(role) for role in entry["roles"]]
        # The external reviewer's role is given when an administrator names them.
        wanted = None if first is Role.EXTERNAL_REVIEWER else first
        self._account(entry["key"], invite(person=person, email=self._email(entry["key"]), role=wanted, by=system))
        for role in others:
            give_role(person=person, role=role, by=system)

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

    # --- groups and promises ---------------------------------------------------------------------------
    def _make_groups(self) -> None:
        site = Site.objects.get()
        for entry in self.script["groups"]:
            lead = self.people[entry["lead"]]
            with acting_as(lead), recording():
                group = create_group(
                    by=lead,
                    label=entry["label"],
                    purpose_text=entry["purpose"],
                    kind=entry["kind"],
                    openness=entry["openness"],
                    format=entry["format"],
                    place=site.place,
                    capacity=entry["capacity"],
                    language="en",
                    site=None if entry["format"] == "online" else site,
                    online_link=entry.get("link", ""),
                )
                for role in ("co", "trainee"):
                    for helper in entry[role]:
                        add_facilitator(group=group, person=self.people[helper], role=role, by=lead)
                self.versions[entry["key"]] = list(publish_version(group_id=group.pk, by=lead))
            self.groups[entry["key"]] = group

    def _lead(self, group: str) -> Person:
        entry = next(entry for entry in self.script["groups"] if entry["key"] == group)
        return self.people[entry["lead"]]

    # --- members -----------------------------------------------------------------------------------------
    def _member_steps(self) -> list[Step]:
        steps: list[Step] = []
        for number, entry in enumerate(self.script["members"]):
            answered = entry.get("signed", 6)
            later = number / 1000  # one after the other, never at the same moment
            steps.append((self._before(answered + 3 - later), partial(self._join, entry)))
            if "signed" in entry:
                steps.append((self._before(answered - later), partial(self._sign, entry)))
            if "act" in entry:
                steps.append((self._before(3 - later), partial(self._answer, entry)))
            if entry.get("then") == "withdraw":
                steps.append((self._before(4 - later), partial(self._withdraw, entry)))
        return steps

    def _join(self, entry: dict[str, Any]) -> None:
        group, lead = self.groups[entry["group"]], self._lead(entry["group"])
        with acting_as(lead), recording():
            place = invite_member(
                group=group,
                used_name=entry["name"],
                email=self._email(entry["key"]),
                by=lead,
                language=entry.get("language", "en"),
            )
        self._account(entry["key"], place.person.invitations.get())

    def _version(self, entry: dict[str, Any]) -> DocumentVersion:
        wanted = entry.get("language", "en")
        return next(version for version in self.versions[entry["group"]] if version.language == wanted)

    def _sign(self, entry: dict[str, Any]) -> None:
        person, version = self.people[entry["key"]], self._version(entry)
        proof = StepUpEvidence(method="password", at=timezone.now(), event=str(uuid.uuid4()))
        with acting_as(person), recording():
            present(version_id=version.pk, by=person)
            sign(version_id=version.pk, typed_name=entry["name"], meant=True, step_up=proof, by=person)

    def _answer(self, entry: dict[str, Any]) -> None:
        person, version = self.people[entry["key"]], self._version(entry)
        with acting_as(person), recording():
            present(version_id=version.pk, by=person)
            (ask_to_talk if entry["act"] == "talk_first" else decline)(version_id=version.pk, by=person)

    def _withdraw(self, entry: dict[str, Any]) -> None:
        person, version = self.people[entry["key"]], self._version(entry)
        with acting_as(person), recording():
            act = version.acts.get(act=ActKind.SIGNED, signer=person)
            withdraw(act_id=act.pk, by=person)

    # --- people on paper ----------------------------------------------------------------------------------
    def _paper_steps(self) -> list[Step]:
        """Enter those who do not sign in, and keep the papers of those who signed one."""
        return [
            (self._before(entry.get("signed", 6) - number / 1000), partial(self._on_paper, entry))
            for number, entry in enumerate(self.script["on_paper"])
        ]

    def _on_paper(self, entry: dict[str, Any]) -> None:
        group, lead = self.groups[entry["group"]], self._lead(entry["group"])
        today = timezone.now().astimezone(self.zone).date()
        with acting_as(lead), recording():
            place = add_member(group=group, member=NewMember(entry["name"], today - timedelta(days=30)), by=lead)
            if "signed" in entry:
                record_paper(
                    group_id=group.pk,
                    membership_id=place.pk,
                    version_id=self._version(entry).pk,
                    paper=Paper(signed_on=today, wording=Wording.PRINTED, scan=_BLANK_PAGE, compared=True),
                    by=lead,
                )

    # --- sessions, notes, concerns --------------------------------------------------------------------------
    def _session_steps(self) -> list[Step]:
        """Plan what lies in the past by now, each series the day before it began."""
        steps: list[Step] = []
        for entry in self.script["groups"]:
            first = self._next(entry) - timedelta(weeks=entry["past_sessions"])
            plan = partial(self._weekly, entry, first, entry["past_sessions"])
            steps.append((first - timedelta(days=1), plan))
        return steps

    def _plan_coming(self) -> None:
        """Plan today's session first: sessions are numbered in the order in which they are planned."""
        soon = self.today.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=25)
        lead = self._lead("thursday")
        with acting_as(lead), recording():
            schedule_session(
                group=self.groups["thursday"], starts_at=soon, ends_at=soon + timedelta(minutes=90), by=lead
            )
        for entry in self.script["groups"]:
            self._weekly(entry, self._next(entry), entry["coming_sessions"])

    def _next(self, entry: dict[str, Any]) -> datetime:
        """Return the group's next usual start, from tomorrow on."""
        tomorrow = self.today.astimezone(self.zone).date() + timedelta(days=1)
        day = tomorrow + timedelta(days=(entry["weekday"] - tomorrow.weekday()) % 7)
        return datetime.combine(day, time.fromisoformat(entry["at"]), self.zone)

    def _weekly(self, entry: dict[str, Any], first: datetime, weeks: int) -> None:
        lead = self._lead(entry["key"])
        with acting_as(lead), recording():
            schedule_weekly(
                group=self.groups[entry["key"]],
                day=first.astimezone(self.zone).date(),
                starts=time.fromisoformat(entry["at"]),
                minutes=entry["minutes"],
                weeks=weeks,
                by=lead,
            )

    def _last_end(self, group: str) -> datetime:
        """Return when the group's last past session ended, before any of them is planned."""
        entry = next(entry for entry in self.script["groups"] if entry["key"] == group)
        return self._next(entry) - timedelta(weeks=1) + timedelta(minutes=entry["minutes"])

    def _note_steps(self) -> list[Step]:
        after = timedelta(minutes=20)
        steps: list[Step] = [
            (self._last_end(entry["group"]) + after, partial(self._write_process, entry))
            for entry in self.script["notes"]
        ]
        groups = {entry["key"]: entry["group"] for entry in self.script["members"]}
        for entry in self.script["progress"]:
            group = groups[entry["member"]]
            steps.append((self._last_end(group) + 2 * after, partial(self._write_progress, entry, group)))
        return steps

    def _last_session(self, group: str) -> GroupSession:
        return GroupSession.objects.filter(group=self.groups[group]).latest("starts_at")

    def _write_process(self, entry: dict[str, Any]) -> None:
        lead = self._lead(entry["group"])
        with acting_as(lead), recording():
            write_process_note(session_id=self._last_session(entry["group"]).pk, body=entry["process"], by=lead)

    def _write_progress(self, entry: dict[str, Any], group: str) -> None:
        lead = self._lead(group)
        place = Membership.objects.get(person=self.people[entry["member"]])
        with acting_as(lead), recording():
            write_progress_note(
                session_id=self._last_session(group).pk, membership_id=place.pk, body=entry["text"], by=lead
            )

    def _raise_concerns(self) -> None:
        raised = []
        for entry in self.script["concerns"]:
            person = self.people[entry["by"]]
            named = [self.people[key].pk for key in entry.get("naming", [])]
            with acting_as(person), recording():
                raised.append(raise_concern(by=person, what_happened=entry["text"], named=named))
        petra = self.people["petra"]
        with acting_as(petra), recording():
            acknowledge(concern_id=raised[0].pk, by=petra)

    # --- when somebody cannot come --------------------------------------------------------------------------
    def _prepare_for_absence(self) -> None:
        for entry in self.script["wills"]:
            writer = self.people[entry["by"]]
            with acting_as(writer), recording():
                write_will(
                    delegate=self.people[entry["delegate"]].pk,
                    second=None,
                    when=entry["when"],
                    groups=[self.groups[key].pk for key in entry["groups"]],
                    notes=entry["notes"],
                    instructions=entry["instructions"],
                    by=writer,
                )
        for entry in self.script["contacts"]:
            person = self.people[entry["member"]]
            with acting_as(person), recording():
                keep_contact_card(by=person, **{key: value for key, value in entry.items() if key != "member"})


def is_empty() -> bool:
    """Return whether nobody is in the database yet: the only one into which a demo may be put."""
    return not (Practice.objects.exists() or Person.objects.exists())
