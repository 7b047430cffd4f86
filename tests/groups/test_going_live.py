"""A group that meets already comes here: its members, its past sessions, and those who get no message."""

from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, NotCleared, Refused
from groupcare.outbox.models import Message
from groups import services
from groups.models import GroupSession, Membership, Observance, SessionCall
from groups.services import NewMember
from groups.tasks import send_reminders
from tests.world import ZONE, at_work, today

pytestmark = pytest.mark.django_db


def enter(world, *members):
    with at_work(world.nadia) as nadia:
        return services.add_members(group=world.thursday, members=members, by=nadia)


def walter(world):
    return enter(world, NewMember("Walter Ono", today() - timedelta(days=500)))[0]


def url(name, *args):
    return reverse(f"groups:{name}", args=args)


# --- members ---------------------------------------------------------------------------------------------------
def test_several_people_are_entered_with_a_name_and_nobody_is_written_to(world, client_for):
    page, mails = url("member-already", world.thursday.pk), Message.objects.count()
    client = client_for(world.nadia)
    assert "This group meets already" in client.get(page).content.decode()
    typed = {
        "rows": 4,
        "0_used_name": " Walter  Ono ",
        "0_since": "2024-03-01",
        "2_used_name": "نور 🌙",
        "2_since": "2023-01-01",
        "3_used_name": "=1+1",
        "3_since": "2023-01-01",
    }
    assert client.post(page, typed).status_code == 302
    found = {one.alias: one for one in Membership.objects.filter(group=world.thursday, person__user=None)}
    assert set(found) == {"Walter Ono", "نور 🌙", "=1+1"}
    place = found["Walter Ono"]
    assert (place.state, place.person.login) == ("active", None)
    assert place.joined_at.astimezone(ZONE) == datetime(2024, 3, 1, tzinfo=ZONE)
    assert Message.objects.count() == mails
    people = client.get(url("member-list", world.thursday.pk)).content.decode()
    assert people.count("No sign-in: on paper and by voice") == 3
    assert TrailEvent.objects.filter(action="membership.enter", object_id=str(place.pk)).exists()


def test_one_wrong_row_keeps_all_rows_out_and_everything_typed(world, client_for):
    page, client = url("member-already", world.thursday.pk), client_for(world.nadia)
    before = Membership.objects.count()
    future = (today() + timedelta(days=2)).isoformat()
    typed = {
        "rows": 4,
        "0_used_name": "Ana Uno",
        "0_since": "2024-03-01",
        "2_used_name": "Bea Dos",
        "2_since": future,
        "3_email": "late@example.org",
    }
    shown = client.post(page, typed)
    assert shown.status_code == 422
    assert "Write the name, or empty the row." in shown.content.decode()
    typed["3_email"] = ""
    shown = client.post(page, typed)
    text = shown.content.decode()
    assert shown.status_code == 422
    assert "Choose a day that has come already." in text
    assert 'id="id_2_since_error"' in text or "id_2_since" in text
    assert 'value="Ana Uno"' in text
    assert f'value="{future}"' in text
    assert Membership.objects.count() == before


def test_sending_the_form_twice_enters_nobody_twice(world, client_for):
    page, client = url("member-already", world.thursday.pk), client_for(world.nadia)
    typed = {"rows": 1, "0_used_name": "Walter Ono", "0_since": "2024-03-01"}
    assert client.post(page, typed).status_code == 302
    again = client.post(page, typed)
    assert again.status_code == 422
    assert "Somebody of this name has a place already." in again.content.decode()
    assert sum(one.alias == "Walter Ono" for one in Membership.objects.filter(group=world.thursday)) == 1


def test_more_rows_keep_what_was_typed(world, client_for):
    page, client = url("member-already", world.thursday.pk), client_for(world.nadia)
    text = client.post(page, {"rows": 8, "0_used_name": "Walter Ono", "more": "1"}).content.decode()
    assert 'value="Walter Ono"' in text
    assert 'name="11_used_name"' in text
    assert 'name="12_used_name"' not in text
    for nonsense in ("x", "-3", "99999999"):
        assert client.post(page, {"rows": nonsense}).status_code == 422


def test_rows_that_do_not_do_are_named_one_by_one(world):
    day = today()
    with pytest.raises(ValidationError) as wrong:
        enter(
            world,
            NewMember("Ben Tanaka", day),
            NewMember("Ana", day + timedelta(days=1)),
            NewMember("ANA ", day, "a@example.org"),
            NewMember("Bea", day, "a@example.org"),
        )
    assert set(wrong.value.error_dict) == {"0_used_name", "1_since", "2_used_name", "3_email"}
    with pytest.raises(ValidationError, match="at least one"):
        enter(world)
    with pytest.raises(ValidationError, match="10 places"):
        enter(world, *(NewMember(f"Person {number}", day) for number in range(8)))
    with pytest.raises(ValidationError) as wrong:
        enter(world, NewMember("Ana", day), NewMember("Somebody", day, world.ben.login.email))
    assert set(wrong.value.error_dict) == {"1_email"}
    assert not any(one.alias == "Ana" for one in Membership.objects.filter(group=world.thursday))


def test_whoever_has_an_address_gets_one_message_and_belongs_since_then_too(world):
    mails = Message.objects.count()
    known, new = enter(
        world,
        NewMember("Zed", today(), world.zoe.login.email),
        NewMember("Nell", today() - timedelta(days=9), "nell@example.org"),
    )
    assert known.person_id == world.zoe.pk
    assert new.person.invitations.count() == 1
    assert Message.objects.count() == mails + 2
    assert (known.state, new.state) == ("active", "active")


def test_one_person_is_entered_like_several(world):
    with at_work(world.nadia) as nadia:
        place = services.add_member(group=world.thursday, member=NewMember("Walter Ono", today()), by=nadia)
    assert place.joined_at <= timezone.now()


def test_an_address_can_be_given_later_and_only_once(world, client_for):
    place = walter(world)
    page, client = url("member-address", world.thursday.pk, place.pk), client_for(world.nadia)
    assert client.post(page, {"email": "w@example.org", "email_again": "v@example.org"}).status_code == 422
    assert not place.person.invitations.exists()
    assert client.post(page, {"email": "w@example.org", "email_again": "W@example.org"}).status_code == 302
    assert place.person.invitations.count() == 1
    assert Message.objects.filter(recipient=place.person, kind="invitation").count() == 1
    with at_work(world.nadia) as nadia:
        ben = world.membership("ben")
        with pytest.raises(InvalidTransition):
            services.give_address(membership_id=ben.pk, group=world.thursday, email="b@example.org", by=nadia)
        with pytest.raises(Refused):
            services.give_address(
                membership_id=world.membership("zoe").pk, group=world.thursday, email="b@example.org", by=nadia
            )
    taken = client.post(
        url("member-address", world.thursday.pk, ben.pk), {"email": "b@x.org", "email_again": "b@x.org"}
    )
    assert taken.status_code == 302


# --- past sessions -----------------------------------------------------------------------------------------------
@pytest.fixture
def fresh(world):
    """Return a group of Nadia's that has no session yet."""
    with at_work(world.nadia) as nadia:
        return services.create_group(
            by=nadia,
            label="New here",
            kind="process",
            openness="closed",
            format="in_person",
            place="US-NY",
            capacity=10,
            language="en",
            site=world.site,
        )


def test_past_sessions_are_held_and_the_numbers_go_on(world, fresh, client_for):
    client = client_for(world.nadia)
    first = today() - timedelta(days=22)
    typed = {"day": first.isoformat(), "starts": "18:30", "minutes": 90, "weeks": 3, "first_number": 20}
    mails = Message.objects.count()
    assert client.post(url("session-past", fresh.pk), typed).status_code == 302
    held = list(GroupSession.objects.filter(group=fresh).order_by("number"))
    assert [(one.number, one.state) for one in held] == [(20, "held"), (21, "held"), (22, "held")]
    assert [one.starts_at.astimezone(ZONE).time().isoformat() for one in held] == ["18:30:00"] * 3
    with at_work(world.nadia) as nadia:
        start = timezone.now() + timedelta(days=2)
        coming = services.schedule_session(group=fresh, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)
        note = services.write_process_note(session_id=held[0].pk, body="From before.", by=nadia)
    assert coming.number == 23
    assert note.session_id == held[0].pk
    send_reminders()
    assert Message.objects.count() == mails


def test_a_past_session_is_never_in_the_future_never_twice_and_in_order(world, client_for):
    client = client_for(world.nadia)
    page, before = url("session-past", world.thursday.pk), GroupSession.objects.count()
    for typed, said in (
        ({"day": (today() + timedelta(days=1)).isoformat(), "weeks": 1}, "Choose a day that has come already."),
        ({"day": (today() - timedelta(days=8)).isoformat(), "weeks": 3}, "The last of them is not over yet."),
        ({"day": (today() - timedelta(days=8)).isoformat(), "weeks": 1}, "earlier sessions have smaller numbers"),
        ({"day": "2025-03-09", "starts": "02:30", "weeks": 1}, "this time does not exist"),
    ):
        shown = client.post(page, {"starts": "18:30", "minutes": 90, **typed})
        assert shown.status_code == 422, typed
        assert said in shown.content.decode()
    assert GroupSession.objects.count() == before


def test_numbers_and_lengths_that_do_not_do(world, fresh):
    with at_work(world.nadia) as nadia:
        given = {
            "group": fresh,
            "by": nadia,
            "day": today() - timedelta(days=30),
            "starts": time(18, 30),
        }
        services.enter_past_sessions(minutes=90, first_number=5, **given)
        with pytest.raises(ValidationError, match="another session"):
            services.enter_past_sessions(minutes=90, first_number=6, **given)
        for wrong in ({"minutes": 0}, {"minutes": 90, "weeks": 0}, {"minutes": 90, "first_number": 9999, "weeks": 2}):
            with pytest.raises(ValidationError):
                services.enter_past_sessions(**{**given, **wrong})
        earlier = {**given, "day": today() - timedelta(days=40)}
        with pytest.raises(ValidationError, match="smaller numbers"):
            services.enter_past_sessions(minutes=90, first_number=6, **earlier)
        assert services.enter_past_sessions(minutes=90, first_number=4, **earlier)[0].number == 4


# --- by voice ----------------------------------------------------------------------------------------------------
def test_a_person_without_address_gets_no_reminder_and_no_message_fails(world):
    place = walter(world)
    with at_work(world.nadia) as nadia:
        start = timezone.now() + timedelta(hours=5)
        services.schedule_session(group=world.thursday, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)
    send_reminders()
    assert Message.objects.filter(recipient=world.ben, kind="session_reminder").exists()
    assert not Message.objects.filter(recipient=place.person).exists()


def test_the_call_list_says_what_to_tell_and_keeps_who_was_told_once(world, client_for):
    place, coming = walter(world), world.coming_session_of_thursday
    client = client_for(world.tom)
    page = url("session-voice", coming.pk)
    text = client.get(page).content.decode()
    assert "Walter Ono" in text
    assert "Ben Tanaka" not in text
    assert "Not told yet" in text
    script = text[text.index("<blockquote") : text.index("</blockquote>")]
    assert "You have an appointment on" in script
    assert "Thursday B" not in script
    assert "therapy" not in script
    tell = url("session-told", coming.pk, place.pk)
    client.post(tell)
    client.post(tell)
    call = SessionCall.objects.get(session=coming)
    assert (call.person_id, call.told_by_id) == (place.person_id, world.tom.pk)
    assert "Told on" in client.get(page).content.decode()
    assert TrailEvent.objects.filter(action="session.tell", object_id=str(coming.pk)).count() == 1


def test_the_rules_agreed_aloud_pass_the_same_gate_as_at_the_screen(world, client_for):
    place, now = walter(world), world.session_of_thursday
    client, aloud = client_for(world.nadia), url("session-aloud", now.pk, place.pk)
    shown = client.post(aloud, follow=True).content.decode()
    assert "a promise is missing" in shown
    assert not Observance.objects.filter(person=place.person).exists()
    ben = world.membership("ben")
    assert client.post(url("session-aloud", now.pk, ben.pk)).status_code == 302
    kept = Observance.objects.get(session=now, person=world.ben)
    assert kept.recorded_by_id == world.nadia.pk
    client.post(url("session-aloud", now.pk, ben.pk))
    assert Observance.objects.filter(session=now, person=world.ben).count() == 1
    early = client.post(url("session-aloud", world.coming_session_of_thursday.pk, ben.pk), follow=True)
    assert "one day before the session" in early.content.decode()


def test_who_does_not_work_with_the_group_tells_and_hears_nothing(world):
    place, session = walter(world), world.coming_session_of_thursday
    for name in ("olga", "ben", "zoe", "ada", "root"):
        with at_work(world.person(name)) as by:
            for act in (services.mark_told, services.acknowledge_aloud):
                with pytest.raises(Refused):
                    act(session_id=session.pk, membership_id=place.pk, by=by)
    with at_work(world.nadia) as nadia:
        with pytest.raises(Refused):
            services.mark_told(session_id=session.pk, membership_id=world.membership("zoe").pk, by=nadia)
        with pytest.raises(Refused):
            services.mark_told(session_id=world.nadia.pk, membership_id=place.pk, by=nadia)
        with pytest.raises(NotCleared):
            services.acknowledge_aloud(session_id=world.session_of_thursday.pk, membership_id=place.pk, by=nadia)
        services.cancel_session(session=session, reason="room", by=nadia)
        with pytest.raises(InvalidTransition):
            services.mark_told(session_id=session.pk, membership_id=place.pk, by=nadia)
    assert not SessionCall.objects.exists()
