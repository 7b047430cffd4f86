"""Sessions: how long they live, whose they are, and what ends them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from groupcare.access import Role
from groupcare.accounts.models import SessionRecord, User
from tests.accounts.conftest import PASSWORD, PREFIX, give

HERE = f"{PREFIX}profile/"


def is_in(client: Client) -> bool:
    return client.get(HERE).status_code == 200


def at(start: timezone.datetime, **later: int) -> time_machine.travel:
    return time_machine.travel(start + timedelta(**later), tick=False)


@pytest.mark.req("SEC-46")
@pytest.mark.parametrize(("who", "idle"), [("nadia", 15), ("ben", 30)])
def test_a_session_ends_after_a_pause(office, at_desk, who, idle):
    start = timezone.now()
    with at(start):
        client = at_desk(getattr(office, who))
        assert is_in(client)
    with at(start, minutes=idle - 1):
        assert is_in(client)
    with at(start, minutes=2 * idle - 3):
        assert is_in(client)
    with at(start, minutes=3 * idle):
        assert not is_in(client)
        assert not is_in(client)
    assert not SessionRecord.objects.filter(user=getattr(office, who).login).exists()


@pytest.mark.req("SEC-46")
@pytest.mark.parametrize(("who", "hours"), [("nadia", 8), ("ben", 12)])
def test_a_session_ends_at_last_however_busy_it_is(office, at_desk, who, hours):
    start = timezone.now()
    with at(start):
        client = at_desk(getattr(office, who))
    for minute in range(0, hours * 60, 10):
        with at(start, minutes=minute):
            assert is_in(client)
    with at(start, hours=hours):
        assert not is_in(client)


def test_a_session_without_a_beginning_is_over(office, at_desk):
    client = at_desk(office.ben)
    session = client.session
    del session["gc_started"]
    session.save()
    assert not is_in(client)


def test_the_use_is_noted_to_the_minute(office, at_desk):
    start = timezone.now()
    with at(start):
        client = at_desk(office.ben)
        is_in(client)
    first = client.session["gc_seen"]
    with at(start, seconds=59):
        is_in(client)
    assert client.session["gc_seen"] == first
    with at(start, seconds=61):
        is_in(client)
    assert client.session["gc_seen"] == int(start.timestamp()) + 61


def test_a_quiet_route_leaves_the_session_as_it_is(office, at_desk, settings):
    from groupcare.access.policies import routes

    quiet = [route for route in routes() if route.policy and route.policy.quiet and "<" not in route.pattern]
    if not quiet:
        pytest.skip("no quiet route is installed")
    from groupcare.access import acting_as_system
    from groupcare.audit import recording
    from groupcare.practice.services import set_up_practice

    with acting_as_system("test") as system, recording():
        set_up_practice(
            name="House", public_name="House", time_zone="UTC", contact="Desk", crisis_text="Call help.", by=system
        )
    start = timezone.now()
    with at(start):
        client = at_desk(office.ben)
        is_in(client)
    before = Session.objects.get(pk=client.session.session_key).session_data
    for minutes in (10, 45):
        with at(start, minutes=minutes):
            client.get("/" + quiet[0].pattern)
        assert Session.objects.get(pk=client.session.session_key).session_data == before


def test_the_content_of_a_session_cannot_be_read_in_the_database(office):
    client = Client()
    client.post(f"{PREFIX}login/", {"login": "ben@example.org", "password": PASSWORD})
    assert is_in(client)
    raw = Session.objects.get(pk=client.session.session_key).session_data
    from django.contrib.sessions.backends.db import SessionStore as Plain

    assert Plain().decode(raw) == {}


def test_a_session_moved_under_another_key_is_nobodys(office, at_desk):
    mine, theirs = at_desk(office.ben), at_desk(office.chiara)
    stolen = Session.objects.get(pk=theirs.session.session_key).session_data
    Session.objects.filter(pk=mine.session.session_key).update(session_data=stolen)
    assert not is_in(mine)
    assert is_in(theirs)


def test_somebody_sees_and_ends_their_own_sessions_only(office, at_desk):
    here, there, other = at_desk(office.ben), at_desk(office.ben), at_desk(office.chiara)
    page = here.get(f"{PREFIX}sessions/").content.decode()
    assert page.count("Another browser") == 1
    assert there.session.session_key not in page
    foreign = SessionRecord.objects.get(session_id=other.session.session_key)
    own = SessionRecord.objects.get(session_id=there.session.session_key)
    assert here.post(f"{PREFIX}sessions/{foreign.handle}/end/").status_code == 404
    assert is_in(other)
    assert here.post(f"{PREFIX}sessions/{own.handle}/end/").status_code == 302
    assert not is_in(there)
    assert is_in(here)


def test_everywhere_else_is_ended_at_once(office, at_desk):
    here, there = at_desk(office.ben), at_desk(office.ben)
    here.post(f"{PREFIX}sessions/end-others/")
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.req("SEC-47")
def test_a_changed_password_ends_the_other_sessions_and_tells_the_owner(office, at_desk):
    from groupcare.outbox.models import Message

    here, there = at_desk(office.ben), at_desk(office.ben)
    new = {"oldpassword": PASSWORD, "password1": "quite another phrase", "password2": "quite another phrase"}
    assert here.post(f"{PREFIX}password/change/", new).status_code == 302
    assert is_in(here)
    assert not Session.objects.filter(pk=there.session.session_key).exists()
    assert Message.objects.filter(recipient=office.ben, kind="account_changed").count() == 1
    assert "Only here" in here.get(f"{PREFIX}sessions/").content.decode()


@pytest.mark.req("SEC-47")
def test_a_changed_second_factor_ends_the_other_sessions(office, at_desk):
    here, there = at_desk(office.nadia), at_desk(office.nadia)
    here.post(f"{PREFIX}step-up/", {"method": "password", "password-password": PASSWORD})
    assert here.post(f"{PREFIX}2fa/totp/deactivate/").status_code == 302
    assert not Session.objects.filter(pk=there.session.session_key).exists()
    assert here.get(HERE).headers["Location"] == f"{PREFIX}2fa/"


@pytest.mark.req("SEC-47")
def test_a_given_role_and_a_switched_off_account_end_every_session(office, at_desk):
    ben, chiara = at_desk(office.ben), at_desk(office.chiara)
    give(office.ben, Role.TRAINEE)
    assert not is_in(ben)
    user = User.objects.get(person=office.chiara)
    user.is_active = False
    user.save()
    assert not SessionRecord.objects.filter(user=user).exists()
    assert not is_in(chiara)


def test_an_account_switched_off_behind_our_back_is_signed_out(office, at_desk):
    client = at_desk(office.ben)
    User.objects.filter(person=office.ben).update(is_active=False)
    assert not is_in(client)


def test_signing_out_removes_the_session(office, at_desk):
    client = at_desk(office.ben)
    assert client.get(f"{PREFIX}logout/").status_code == 200
    assert is_in(client)
    client.post(f"{PREFIX}logout/")
    assert not is_in(client)
    assert not SessionRecord.objects.exists()


def test_people_write_how_they_are_called_and_read_pages_in_their_language_and_zone(office, at_desk):
    client = at_desk(office.ben)
    typed = {"used_name": "Benedikt", "pronouns": "he", "language": "es", "time_zone": "America/New_York"}
    assert client.post(HERE, typed).status_code == 302
    page = client.get(HERE).content.decode()
    assert "Benedikt" in page
    assert '<html lang="es"' in page
    assert client.post(HERE, typed | {"time_zone": "Mars/Base"}).status_code == 422
