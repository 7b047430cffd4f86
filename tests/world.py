"""One small practice of named people, made through the services; tests read like stories about them.

Thursday is Nadia's group, with Tom beside her; Ben, Chiara and Dev are its members and have signed.
Tuesday is Olga's group; Zoe is its member and has signed. Ex was a member of Thursday.
Ada administers, Petra is the privacy officer, Xavier reviews from outside, Root is a superuser
without any role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from consent.models import DocumentVersion
from consent.selectors import asked_back, device_codes
from consent.services import StepUpEvidence, agree_to_screen, present, publish_version, say_back, sign
from groupcare.access import Role, acting_as, acting_as_system
from groupcare.accounts.models import Person
from groupcare.audit import recording
from groupcare.outbox.services import set_address
from groupcare.practice.models import Practice, Site
from groupcare.practice.services import add_site, name_external_reviewer, set_up_practice
from groups.localtime import today_in
from groups.models import GroupSession, Membership, ProcessNote, ProgressNote, TherapyGroup
from groups.services import (
    add_facilitator,
    create_group,
    end_membership,
    invite_member,
    schedule_session,
    write_process_note,
    write_progress_note,
)
from tests.factories import make_member, make_staff

#: The clocks of the practice.
ZONE = ZoneInfo("America/New_York")
PEOPLE = ("nadia", "tom", "olga", "ada", "petra", "xavier", "root", "ben", "chiara", "dev", "zoe", "ex")


@contextmanager
def at_work(person: Person) -> Iterator[Person]:
    """Let ``person`` be at work, with a trail to record into, as a request would."""
    with acting_as(person), recording():
        yield person


@dataclass(frozen=True)
class World:
    """Ids of everything, by name; attributes fetch the row anew, so that no test sees another's changes."""

    ids: dict[str, tuple[type[Any], UUID]]

    def __getattr__(self, name: str) -> Any:
        """Return the named row, fresh from the database."""
        try:
            model, pk = self.ids[name]
        except KeyError:
            raise AttributeError(name) from None
        if model is Person:
            return Person.objects.select_related("user").get(pk=pk)
        return model._default_manager.get(pk=pk)

    def membership(self, name: str) -> Membership:
        """Return the newest place of the named member."""
        return Membership.objects.filter(person=self.ids[name][1]).latest("created_at")

    def person(self, name: str) -> Person:
        """Return the named person."""
        found: Person = getattr(self, name)
        return found

    def exists(self) -> bool:
        """Return whether the world is in the database now (a flush takes it away)."""
        model, pk = self.ids["nadia"]
        return bool(model.objects.filter(pk=pk).exists())


def proof() -> StepUpEvidence:
    """Return a proof of identity given just now."""
    return StepUpEvidence(method="password", at=timezone.now(), event="00000000-0000-4000-8000-000000000001")


def understand(person: Person, version: DocumentVersion) -> None:
    """Answer the short questions about a text rightly, where it has any."""
    say_back(version_id=version.pk, chosen={one.key: one.right for one in asked_back(version)}, by=person)


def sign_for(person: Person, version: DocumentVersion) -> Any:
    """Let ``person`` read and sign ``version`` as the pages would."""
    with at_work(person):
        agree_to_screen(code=device_codes(person)[0], language=version.language, by=person)
        present(version_id=version.pk, by=person)
        understand(person, version)
        return sign(version_id=version.pk, typed_name=person.used_name, meant=True, step_up=proof(), by=person)


def _staff() -> dict[str, Person]:
    return {
        "nadia": make_staff("Nadia Rahmani", Role.FACILITATOR),
        "tom": make_staff("Tom Becker", Role.FACILITATOR),
        "olga": make_staff("Olga Petrov", Role.FACILITATOR),
        "ada": make_staff("Ada Quist", Role.ADMINISTRATOR),
        "petra": make_staff("Petra Lund", Role.PRIVACY_OFFICER),
        "xavier": make_staff("Xavier Oduya", Role.EXTERNAL_REVIEWER),
        "root": make_staff("Root Admin", superuser=True),
    }


def _practice(people: dict[str, Person]) -> tuple[Practice, Site]:
    with acting_as_system("set_up") as system, recording():
        practice = set_up_practice(
            name="Linden Street Practice",
            public_name="Linden House",
            time_zone=ZONE.key,
            contact="The front desk",
            crisis_text="Call your local emergency number.",
            by=system,
        )
    with at_work(people["ada"]) as ada:
        site = add_site(name="Linden House", place="US-NY", by=ada)
        name_external_reviewer(person=people["xavier"], by=ada)
    return practice, site


def _join(group: TherapyGroup, lead: Person, name: str) -> Person:
    person = make_member(name)
    assert person.login is not None
    with acting_as_system("tests") as system, recording():
        set_address(person=person, value=person.login.email, by=system, verified=True)  # type: ignore[arg-type]
    with at_work(lead):
        invite_member(group=group, used_name=name, email=person.login.email, by=lead)
    return person


def today() -> date:
    """Return the day that the clocks of the practice show: late in its evening it is tomorrow already in UTC."""
    return today_in(ZONE)


def next_evening(days: int) -> datetime:
    """Return half past six in the evening (UTC), ``days`` from now."""
    return (timezone.now() + timedelta(days=days)).replace(hour=18, minute=30, second=0, microsecond=0)


def build() -> World:
    """Make the practice and return its ids."""
    people = _staff()
    practice, site = _practice(people)
    groups = {}
    versions = {}
    for label, lead in (("thursday", "nadia"), ("tuesday", "olga")):
        with at_work(people[lead]) as by:
            groups[label] = create_group(
                by=by,
                label=f"{label.title()} B",
                kind="process",
                openness="slow_open",
                format="in_person",
                place="US-NY",
                capacity=10,
                language="en",
                site=site,
            )
            versions[label] = next(v for v in publish_version(group_id=groups[label].pk, by=by) if v.language == "en")
    with at_work(people["nadia"]) as nadia:
        add_facilitator(group=groups["thursday"], person=people["tom"], role="co", by=nadia)
    for person in people.values():
        with at_work(person):
            agree_to_screen(code=device_codes(person)[0], language="en", by=person)
    for name in ("Ben Tanaka", "Chiara Leone", "Dev Patel", "Ex Member"):
        people[name.split()[0].lower()] = _join(groups["thursday"], people["nadia"], name)
    people["zoe"] = _join(groups["tuesday"], people["olga"], "Zoe Marsh")
    acts = {f"act_of_{n}": sign_for(people[n], versions["thursday"]) for n in ("ben", "chiara", "dev")}
    acts["act_of_zoe"] = sign_for(people["zoe"], versions["tuesday"])
    with at_work(people["nadia"]) as nadia:
        end_membership(membership_id=Membership.objects.get(person=people["ex"]).pk, group=groups["thursday"], by=nadia)
    rows: dict[str, Any] = {"practice": practice, "site": site, **people, **groups, **acts}
    rows |= {f"version_of_{label}": version for label, version in versions.items()}
    rows |= _sessions_and_notes(people, groups)
    return World({name: (type(row), row.pk) for name, row in rows.items()})


def _sessions_and_notes(people: dict[str, Person], groups: dict[str, TherapyGroup]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for label, lead, member in (("thursday", "nadia", "ben"), ("tuesday", "olga", "zoe")):
        with at_work(people[lead]) as by:
            start = timezone.now() - timedelta(minutes=10)
            now: GroupSession = schedule_session(
                group=groups[label], starts_at=start, ends_at=start + timedelta(minutes=90), by=by
            )
            later = next_evening(7)
            coming = schedule_session(
                group=groups[label], starts_at=later, ends_at=later + timedelta(minutes=90), by=by
            )
            place = Membership.objects.get(person=people[member], group=groups[label])
            process: ProcessNote = write_process_note(session_id=now.pk, body=f"What happened on {label}.", by=by)
            progress: ProgressNote = write_progress_note(
                session_id=now.pk, membership_id=place.pk, body="Stayed with the own story.", by=by
            )
        made |= {
            f"session_of_{label}": now,
            f"coming_session_of_{label}": coming,
            f"process_note_of_{label}": process,
            f"progress_note_of_{label}": progress,
        }
    return made
