"""Makes the practice of the named people long: many members, sessions, notes, concerns, people, groups."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from consent.models import Act
from consent.services import ask_to_talk, decline, withdraw
from groupcare.access import RoleHolding
from groupcare.accounts import services as accounts
from groupcare.accounts.models import SessionRecord
from groupcare.practice.models import LawNotice, LawTold
from groups.models import (
    Enrolment,
    EnrolmentStep,
    Facilitation,
    GroupSession,
    Membership,
    OverlapFinding,
    ProcessNote,
    ProgressNote,
    TherapyGroup,
)
from groups.services.people import grant_by_role
from incidents import services as incidents
from tests.conftest import sign_in
from tests.factories import make_member, make_person
from tests.world import World, at_work, sign_for


class Grown:
    """How long the practice is by now; ``to(rows)`` makes every list at least as long as that."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows = 0
        self.last = {"process": world.process_note_of_thursday.pk}

    def to(self, rows: int) -> None:
        """Add to every list until it has ``rows`` rows; through the services where a list depends on them."""
        for number in range(self.rows, rows):
            self._people(number)
            self._sessions(number)
            self._notes(number)
            self._concerns(number)
            self._answers(number)
            self._groups(number)
            self._law(number)
            self._on_the_way(number)
        self.rows = rows

    def _law(self, number: int) -> None:
        """Add a change of law that the facilitators were told of."""
        changes = [{"path": "structured.child_oral", "old": "immediate", "new": f"within {number}"}]
        notice = LawNotice.objects.create(pack="US-NY", cause=f"grown:{number}", changes=changes)
        for person in (self.world.nadia, self.world.tom):
            LawTold.objects.create(notice=notice, person=person)

    def _on_the_way(self, number: int) -> None:
        """Add somebody on the waiting list, and a possible overlap."""
        world = self.world
        person = make_person(f"Asker{number} Long")
        asked = Enrolment.objects.create(group=world.thursday, person=person, name=f"A{number}", opened_by=world.nadia)
        EnrolmentStep.objects.create(
            enrolment=asked, person=person, number=1, state="waitlisted", code="none", taken_by=world.nadia
        )
        one, other = sorted([person.pk, world.ben.pk])
        OverlapFinding.objects.create(group=world.thursday, one_id=one, other_id=other, basis="0" * 64)

    def _people(self, number: int) -> None:
        """Add a member who has signed every other time, somebody invited, and a member's open session."""
        world = self.world
        member = make_member(f"Member{number} Long")
        RoleHolding.objects.create(person=make_member(f"Colleague{number} Long"), role="facilitator")
        TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=100)
        if Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count() < 100:
            Membership.objects.create(group=world.thursday, person=member, alias=f"Alias {number}", state="active")
            if number % 2:
                sign_for(member, world.version_of_thursday)
        with at_work(world.ada) as ada:
            accounts.invite(person=make_person(f"Waiting{number} Long"), email=f"waiting{number}@example.org", by=ada)
        for person in (world.ben, world.nadia):
            sign_in(Client(), person).get("/account/sessions/")
            assert SessionRecord.objects.filter(user__person=person).exists()

    def _sessions(self, number: int) -> None:
        """Add a session that is over and one that comes."""
        group, now = self.world.thursday, timezone.now()
        first = GroupSession.objects.filter(group=group).count() + 1
        for at, days in ((first, -10 - number), (first + 1, 10 + number)):
            start = now + timedelta(days=days)
            GroupSession.objects.create(
                group=group,
                number=at,
                starts_at=start,
                ends_at=start + timedelta(minutes=90),
                format="in_person",
                site=self.world.site,
            )
        # Within the week that Today looks at.
        start = now + timedelta(hours=3 + number)
        GroupSession.objects.create(
            group=group,
            number=first + 2,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            format="in_person",
            site=self.world.site,
        )

    def _notes(self, number: int) -> None:
        """Add a revision of the process note, and a progress note about another member."""
        world = self.world
        note = ProcessNote.objects.create(
            group=world.thursday,
            session=world.session_of_thursday,
            author=world.tom,
            body=f"Revision {number}",
            supersedes_id=self.last["process"],
        )
        self.last["process"] = note.pk
        place = Membership.objects.filter(group=world.thursday, progress_notes__isnull=True).last()
        if place is not None:
            ProgressNote.objects.create(
                group=world.thursday,
                session=world.session_of_thursday,
                membership=place,
                about=place.person,
                author=world.tom,
                body=f"Part {number}",
            )

    def _concerns(self, number: int) -> None:
        """Add a concern of Ben's for the desk, one for outside, and one that was closed."""
        world = self.world
        with at_work(world.ben) as ben:
            kept = [
                incidents.raise_concern(by=ben, what_happened=f"Story {number}", named=[person.pk])
                for person in (world.nadia, world.petra, world.tom)
            ]
        with at_work(world.petra) as petra:
            incidents.acknowledge(concern_id=kept[2].pk, by=petra)
            incidents.assess(concern_id=kept[2].pk, reasons="We asked.", by=petra)
            incidents.close(concern_id=kept[2].pk, outcome="nothing_found", told_reporter="Nothing.", by=petra)

    def _answers(self, number: int) -> None:
        """Add an answer of Chiara's, so that her own list grows."""
        world = self.world
        with at_work(world.chiara) as chiara:
            last = world.act_of_chiara
            if not Act.objects.filter(supersedes=last).exists():
                # A promise that holds is neither declined nor talked away.
                withdraw(act_id=last.pk, by=chiara)
            answer = ask_to_talk if number % 2 else decline
            answer(version_id=world.version_of_thursday.pk, by=chiara)

    def _groups(self, number: int) -> None:
        """Add a group that Nadia leads and Ben belongs to, with a session soon."""
        world, start = self.world, timezone.now() + timedelta(hours=4)
        group = TherapyGroup.objects.create(
            label=f"Long {number}",
            kind="process",
            openness="closed",
            format="in_person",
            place="US-NY",
            capacity=10,
            language="en",
            site=world.site,
        )
        lead = Facilitation.objects.create(group=group, person=world.nadia, role="lead", valid_from=timezone.now())
        grant_by_role(lead)
        Membership.objects.create(group=group, person=world.ben, state="active")
        GroupSession.objects.create(
            group=group,
            number=1,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            format="in_person",
            site=world.site,
        )
        past = start - timedelta(days=2)
        GroupSession.objects.create(
            group=group,
            number=2,
            starts_at=past,
            ends_at=past + timedelta(hours=1),
            format="in_person",
            site=world.site,
        )
