"""A colleague or reception calls tonight's session off, or hands it over; no note is near."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Role, RoleHolding, acting_as_system
from groupcare.access.findings import findings
from groupcare.accounts.models import Person
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Address, Message
from groupcare.outbox.services import set_address
from groups.models import Cancellation, GroupSession, SessionGrant, Substitution, SubstitutionStep
from groups.services import schedule_session
from tests.factories import make_staff
from tests.world import World, at_work

Browser = Callable[..., Client]


@pytest.fixture
def rita(world: World) -> Person:
    """Return somebody at reception."""
    return make_staff("Rita Moss", Role.RECEPTION)


@pytest.fixture
def session(world: World) -> GroupSession:
    """Return a session of Thursday that starts in three hours; its lead and its substitute can be written to."""
    for person in (world.nadia, world.tom, world.olga):
        with at_work(world.ada) as ada:
            set_address(person=person, value=person.login.email, by=ada, verified=True)
    start = timezone.now() + timedelta(hours=3)
    with at_work(world.nadia) as nadia:
        return schedule_session(group=world.thursday, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)


def url(name: str, session: GroupSession) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": session.pk})


def ask(browser: Client, session: GroupSession, person: Person, seen: object = "") -> int:
    return browser.post(url("tonight-hand-over", session), {"person_id": str(person.pk), "seen": seen}).status_code


def answer(browser: Client, session: GroupSession, word: str) -> int:
    return browser.post(url("session-answer", session), {"answer": word}).status_code


def told(kind: str) -> set[object]:
    return set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_reception_sees_times_rooms_and_who_leads_and_nothing_else(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk = client_for(rita)
    assert desk.get("/").headers["Location"] == "/tonight/"
    shown = desk.get("/tonight/").content.decode()
    assert "Thursday B" in shown
    assert "Linden House" in shown
    assert "Nadia Rahmani" in shown
    assert "Three people are expected." in shown
    for name in ("Ben", "Chiara", "Dev", "/notes/", "/groups/"):
        assert name not in shown
    for closed in ("session-detail", "session-notes", "emergency-sheet", "session-pack", "session-attendance"):
        assert desk.get(url(closed, session)).status_code == 404
        assert client_for(world.nadia).get(url("session-detail", session)).status_code == 200
    assert desk.get("/groups/").status_code == 404
    assert desk.get("/today/").status_code == 404


def test_a_colleague_sees_label_and_time_only(world: World, session: GroupSession, client_for: Browser) -> None:
    shown = client_for(world.olga).get("/tonight/").content.decode()
    assert "Thursday B" in shown
    assert "expected" not in shown
    assert "Nadia" not in shown
    assert client_for(world.ben).get("/tonight/").status_code == 404
    assert client_for(world.ada).get("/tonight/").status_code == 404


def test_two_sessions_of_one_group_are_told_apart_by_ear(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    with at_work(world.nadia) as nadia:
        start = session.starts_at + timedelta(hours=2)
        other = schedule_session(group=world.thursday, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)
    shown = client_for(rita).get("/tonight/").content.decode()
    moments = []
    for one in (session, other):
        assert f'aria-labelledby="s-{one.pk} w-{one.pk}"' in shown
        moments.append(re.search(f'id="w-{one.pk}">(.+?)</span>', shown, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert moments[0] != moments[1]


def test_only_sessions_of_today_and_tomorrow_can_be_reached(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk = client_for(rita)
    assert desk.get(url("tonight-cancel", session)).status_code == 200
    later = world.coming_session_of_thursday
    assert desk.get(url("tonight-cancel", later)).status_code == 404
    assert desk.post(url("tonight-cancel", later), {"reason": "room"}).status_code == 404
    assert ask(desk, later, world.olga) == 404
    assert not Cancellation.objects.exists()


@pytest.mark.req("REQ-148")
def test_reception_calls_a_session_off_and_everyone_is_told_once(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk = client_for(rita)
    assert desk.post(url("tonight-cancel", session), {"reason": "because Nadia has flu"}).status_code == 422
    assert not Cancellation.objects.exists()
    for _again in range(2):
        assert desk.post(url("tonight-cancel", session), {"reason": "facilitator_ill"}).status_code == 302
    session.refresh_from_db()
    assert session.state == "cancelled"
    done = Cancellation.objects.get()
    assert (done.reason, done.called_off_by_id) == ("facilitator_ill", rita.pk)
    found = Message.objects.filter(kind="visit_cancelled")
    assert sorted(one.recipient_id for one in found) == sorted([world.ben.pk, world.chiara.pk, world.dev.pk])
    assert told("plan_changed") == {world.nadia.pk, world.tom.pk}
    late = client_for(world.tom).post(url("tonight-cancel", session), {"reason": "room"})
    assert late.status_code == 409
    assert "cannot be called off any more" in late.content.decode()
    assert ask(desk, session, world.olga) == 409


def test_whom_no_message_reaches_stands_on_the_call_list_and_each_reading_is_in_the_trail(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    client_for(world.dev).post("/my/contact/", {"own_number": "+1 555 0100", "contact_name": "", "contact_number": ""})
    Address.objects.filter(person=world.dev).update(ended_at=timezone.now())
    desk = client_for(rita)
    assert desk.get(url("tonight-calls", session)).status_code == 404
    desk.post(url("tonight-cancel", session), {"reason": "weather"})
    assert world.dev.pk not in told("visit_cancelled")
    shown = desk.get(url("tonight-calls", session)).content.decode()
    assert "tel:%2B1%20555%200100" in shown
    assert "DP" in shown
    for name in ("Dev", "Patel", "Ben", "BT"):
        assert name not in shown
    event = TrailEvent.objects.filter(action="contact_card.read").latest("sequence")
    assert (event.actor, event.object_id) == (str(rita.pk), str(world.membership("dev").pk))
    assert client_for(world.nadia).get(url("tonight-calls", session)).status_code == 200
    assert client_for(world.olga).get(url("tonight-calls", session)).status_code == 404


@pytest.mark.req("REQ-158", "SEC-2", "SEC-5")
def test_a_handed_over_session_shows_no_notes_and_no_other_session(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk, olga = client_for(rita), client_for(world.olga)
    assert olga.get(url("session-detail", session)).status_code == 404
    assert ask(desk, session, world.olga) == 302
    assert told("stand_in_asked") == {world.olga.pk}
    assert told("plan_changed") == {world.nadia.pk, world.tom.pk}
    before = olga.get(url("session-detail", session)).content.decode()
    assert "Can you step in" in before
    assert "Ben Tanaka" not in before
    assert answer(olga, session, "yes") == 302
    after = olga.get(url("session-detail", session)).content.decode()
    assert "Ben Tanaka" in after
    for closed in ("session-notes", "process-note-create"):
        assert olga.get(url(closed, session)).status_code == 404
        assert client_for(world.nadia).get(url(closed, session)).status_code == 200
    assert olga.get(url("session-detail", world.coming_session_of_thursday)).status_code == 404
    assert olga.get(reverse("groups:group-detail", kwargs={"pk": world.thursday.pk})).status_code == 404
    assert f"/groups/{world.thursday.pk}/" not in after
    assert findings_of_grants() == []


def findings_of_grants() -> list[str]:
    with acting_as_system("tests"):
        return [line for line in findings() if "grant" in line]


def test_the_substitute_is_out_two_hours_after_the_end_though_no_sweep_ran(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    ask(client_for(rita), session, world.olga)
    answer(client_for(world.olga), session, "yes")
    with time_machine.travel(session.ends_at + timedelta(hours=1, minutes=59)):
        assert client_for(world.olga).get(url("session-detail", session)).status_code == 200
    with time_machine.travel(session.ends_at + timedelta(hours=2)):
        assert client_for(world.olga).get(url("session-detail", session)).status_code == 404
        assert client_for(world.nadia).get(url("session-detail", session)).status_code == 200


def test_a_single_grant_counts_for_nothing_once_the_role_has_ended(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    ask(client_for(rita), session, world.olga)
    olga = client_for(world.olga)
    assert answer(olga, session, "yes") == 302
    assert olga.get(url("session-detail", session)).status_code == 200
    RoleHolding.objects.filter(person=world.olga).update(valid_until=timezone.now())
    assert olga.get(url("session-detail", session)).status_code == 404
    assert SessionGrant.objects.filter(user=world.olga.login).exists()


def test_who_declines_sees_the_session_no_more_and_somebody_else_can_be_asked(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk, olga, sven = client_for(rita), client_for(world.olga), make_staff("Sven Aho", Role.FACILITATOR)
    ask(desk, session, world.olga)
    answer(olga, session, "yes")
    assert answer(olga, session, "no") == 302
    assert olga.get(url("session-detail", session)).status_code == 404
    assert answer(olga, session, "yes") == 404
    assert ask(desk, session, sven) == 302
    assert client_for(sven).get(url("session-detail", session)).status_code == 200
    assert findings_of_grants() == []


def test_the_first_wins_and_the_second_sees_a_clear_conflict(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    sven = make_staff("Sven Aho", Role.FACILITATOR)
    assert ask(client_for(rita), session, world.olga) == 302
    assert ask(client_for(rita), session, world.olga) == 302
    assert Substitution.objects.count() == 1
    refused = client_for(world.tom).post(url("tonight-hand-over", session), {"person_id": str(sven.pk), "seen": ""})
    assert refused.status_code == 409
    assert "Somebody else was quicker" in refused.content.decode()
    assert "Olga Petrov was asked" in refused.content.decode()
    standing = Substitution.objects.get()
    assert ask(client_for(world.tom), session, sven, standing.pk) == 302
    assert SubstitutionStep.objects.get().kind == "replaced"
    assert client_for(world.olga).get(url("session-detail", session)).status_code == 404
    assert client_for(sven).get(url("session-detail", session)).status_code == 200


def test_nobody_takes_a_group_for_themselves_and_no_member_or_stranger_is_asked(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk = client_for(rita)
    for person in (world.olga, world.ben, world.ada, world.tom, world.root):
        assert ask(client_for(world.olga), session, person) == 422
    assert not Substitution.objects.exists()
    assert ask(desk, session, world.olga) == 302


def test_the_session_called_off_cannot_be_accepted_any_more(
    world: World, session: GroupSession, rita: Person, client_for: Browser
) -> None:
    desk, olga = client_for(rita), client_for(world.olga)
    ask(desk, session, world.olga)
    desk.post(url("tonight-cancel", session), {"reason": "emergency"})
    assert answer(olga, session, "yes") == 302
    assert not SubstitutionStep.objects.exists()
    assert "called off" in olga.get(url("session-detail", session)).content.decode()


def test_an_empty_night_says_what_will_stand_there(world: World, rita: Person, client_for: Browser) -> None:
    GroupSession.objects.all().update(starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
    shown = client_for(rita).get("/tonight/").content.decode()
    assert "Nothing today or tomorrow" in shown
