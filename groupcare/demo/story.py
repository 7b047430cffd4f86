"""What happens in the demo practice, day by day; every step goes through the services."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from consent.kinds import GROUP_AGREEMENT
from consent.services import publish_version
from groupcare.access import Role, acting_as, acting_as_system, give_role
from groupcare.accounts.models import Person
from groupcare.accounts.services import create_person, invite
from groupcare.audit import recording
from groupcare.demo.clock import clock_at
from groupcare.demo.evenings import Evenings
from groupcare.demo.promises import Promises
from groupcare.demo.stage import Step
from groupcare.practice.models import Practice, Site
from groupcare.practice.services import add_site, name_external_reviewer, set_up_practice
from groups.models import GroupSession, Membership, TherapyGroup
from groups.services import (
    SeriesPlan,
    Where,
    add_facilitator,
    create_group,
    keep_contact_card,
    plan_series,
    schedule_session,
    schedule_weekly,
    write_process_note,
    write_progress_note,
    write_will,
)
from incidents.services import acknowledge, raise_concern

# Our choice: more than a year, so that one signature can be past its validity of 365 days.
OPENED_DAYS_AGO = 400


@dataclass
class Story(Promises, Evenings):
    """The demo while it is being made: what the file says, and who and what exists already."""

    @classmethod
    def read(cls, password: str) -> "Story":
        """Return the story of practice.toml, told from now on."""
        text = (Path(__file__).parent / "practice.toml").read_text(encoding="utf-8")
        return cls(password=password, today=timezone.now(), script=tomllib.loads(text))

    def tell(self) -> None:
        """Make everything, in the order of its days: the trail's times only grow."""
        self._at(self._before(OPENED_DAYS_AGO), self._open)
        self._at(self._before(OPENED_DAYS_AGO - 5), self._make_groups)
        steps = [*self.promise_steps(), *self._session_steps(), *self._note_steps()]
        steps += [*self.evening_steps(), *self.joining_steps()]
        steps.append((self._before(2), self._raise_concerns))
        steps.append((self._before(1), self._prepare_for_absence))
        for moment, step in sorted(steps, key=lambda pair: pair[0]):
            self._at(moment, step)
        self._plan_coming()

    @staticmethod
    def _at(moment: datetime, step: Callable[[], None]) -> None:
        with clock_at(moment):
            step()

    # --- the practice and the people who work there --------------------------------------------------
    def _open(self) -> None:
        with acting_as_system("demo") as system, recording():
            set_up_practice(by=system, **self.script["practice"])
            for entry in self.script["staff"]:
                self._add_staff(entry, system)
        ada = self.people["ada"]
        with acting_as(ada), recording():
            for entry in self.script["sites"]:
                add_site(by=ada, **entry)
            name_external_reviewer(person=self.people["xavier"], by=ada)
            for kind in self.script["documents"]:
                publish_version(group_id=None, kind_key=kind, by=ada)

    def _add_staff(self, entry: dict[str, Any], system: Any) -> None:
        zone = self.script["practice"]["time_zone"]
        person = create_person(used_name=entry["name"], pronouns=entry["pronouns"], time_zone=zone, by=system)
        first, *others = [Role(role) for role in entry["roles"]]
        # The external reviewer's role is given when an administrator names them.
        wanted = None if first is Role.EXTERNAL_REVIEWER else first
        self._account(entry["key"], invite(person=person, email=self._email(entry["key"]), role=wanted, by=system))
        for role in others:
            give_role(person=person, role=role, by=system)

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
                self._publish(entry, group, by=lead)
            self.groups[entry["key"]] = group

    def _publish(self, entry: dict[str, Any], group: TherapyGroup, *, by: Person) -> None:
        if "informed_consent" in entry["documents"]:
            # It says how long a session takes, so the first evening stands before it.
            evening = datetime.combine(self._today() + timedelta(days=1), time.fromisoformat(entry["at"]), self.zone)
            schedule_session(
                group=group, starts_at=evening, ends_at=evening + timedelta(minutes=entry["minutes"]), by=by
            )
        for kind in (GROUP_AGREEMENT, *entry["documents"]):
            found = publish_version(group_id=group.pk, kind_key=kind, by=by)
            self.versions[entry["key"], kind] = found

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
            self._series(entry, self._next(entry))

    def _series(self, entry: dict[str, Any], first: datetime) -> None:
        lead, group = self._lead(entry["key"]), self.groups[entry["key"]]
        wanted = SeriesPlan(
            rhythm="weekly",
            every=1,
            first_day=first.date(),
            starts=first.time(),
            minutes=entry["minutes"],
            where=Where(group.site),
            many=entry["coming_sessions"],
        )
        with acting_as(lead), recording():
            plan_series(group=group, wanted=wanted, by=lead)

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
